"""Tables of figures, however large those are."""

import io
from pathlib import Path

from rich.console import Console

from unvanish.cli.comparing import tables
from unvanish.cli.likelihood_table import likelihood_table
from unvanish.cli.progress import TerminalReporter, results_table
from unvanish.comparison import ComparisonPlan
from unvanish.comparison.found import tell_found
from unvanish.config import Config
from unvanish.experiments.reproducing.markdown import cells
from unvanish.training import Plan

PPL = 5.4321e108
FIGURES = {"rec": 2500.0, "kl": 0.5, "elbo": -2500.5, "ppl": PPL, "active_units": 1}


def printed(table):
    console = Console(width=120, file=io.StringIO())
    console.print(table)
    return console.file.getvalue()


def test_a_perplexity_of_a_hundred_digits_is_told_in_three():
    corpus = {"splits": {"test": {"sentences": 2}}}
    results = {"name": "a", "corpus": corpus, "splits": {"test": {"last": FIGURES}}}
    text = printed(results_table(results))
    assert "5.43e+108" in text
    assert "2500.000" in text


def test_so_it_is_in_a_comparison_and_in_an_experiment():
    spread = {name: {"mean": value, "standard_deviation": None} for name, value in FIGURES.items()}
    spread["ppl"]["standard_deviation"] = PPL / 2
    row = {"schedule": "constant", "seeds": [1, 2], "verdicts": {}, "figures": spread}
    plan = ComparisonPlan(("constant",), (1, 2), Config())
    results = {"summary": {"rows": [row], "differences": []}}
    _, figures = tables(tell_found(results, plan, Path("out")))
    assert "5.43e+108 ± 2.72e+108" in printed(figures)
    ours = {"ppl": {"mean": PPL, "standard_deviation": PPL / 2, "values": [1.0]}}
    row = {"label": "a", "ours": ours, "paper": None, "caveat": ""}
    assert cells({"columns": {"ppl": 2}, "rows": [row]})[0][2] == "5.43e+108 ± 2.72e+108"


def test_so_it_is_of_a_likelihood():
    figures = {
        **dict.fromkeys(("nll", "nll_fewer", "nats_per_token", "effective_sample_size"), 1.0),
        **dict.fromkeys(("samples", "fewer_samples", "sentences"), 1),
        **dict.fromkeys(("nll_standard_error", "bits_per_character")),
        "ppl": PPL,
        "precision": "fp32",
        "effective_sample_size_below_10": 1.0,
    }
    assert "5.43e+108" in printed(likelihood_table({"test": {"importance_weighted": figures}}))


def test_so_it_is_while_a_run_trains(capsys):
    reporter = TerminalReporter()
    reporter.started(Plan("a", 1, 1, 10, "epoch", 1, 10, "", "", "cpu", "fp32", ()))
    reporter.evaluated(1, "valid", FIGURES)
    reporter.finished()
    assert "ppl 5.43e+108  active" in capsys.readouterr().err
