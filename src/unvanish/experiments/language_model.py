"""Table 1 and Figure 5: language models on Penn Treebank, monotonic and cyclical.

As the paper says: beta from 0, one learning rate. As its code does: beta from 0.1, and with cycles
of beta a learning rate that falls and restarts with them.
"""

from typing import Any

from ..config import Config
from . import published
from .corpora import PTB
from .judging import Comparison, Expected, judge_comparisons
from .measurements.likelihood import Likelihood
from .pictures.training_curves import curves_by_epoch
from .problems.penn_treebank import COLUMNS, TreebankRuns, as_the_code, as_the_paper, text_files
from .reproducing import (
    Cell,
    Experiment,
    Extent,
    Findings,
    Request,
    ResultTable,
    Watcher,
    train_cells,
)

__all__ = ["CLAIMS", "LanguageModel", "settings_of"]

_QUICK_REFINEMENT = 2
"""Steps that refine q(z|x) in short; the 10 of the paper take four times as long."""

_WAYS = {"code": "as its code does", "paper": "as the paper says"}


class LanguageModel(Experiment):
    """VAE and SA-VAE, monotonic and cyclical."""

    name = "language-model"
    title = "Penn Treebank: language models under monotonic and cyclical beta"
    source = "Section 6.1, Table 1, Figure 5"
    files = PTB
    whole = Extent(3, "6 runs of a VAE a seed, more than an hour each; 4 of an SA-VAE")
    quick = Extent(1, "10 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        cells = [Cell(name, config) for name, config in settings_of(request).items()]
        seeds = self.seeds_of(request)
        likelihood, files = Likelihood.of(request), text_files(request)
        found = train_cells(cells, seeds, files, request, watcher, [likelihood])
        runs = TreebankRuns(found, found.measured(likelihood), _units(cells))
        return Findings(
            judge_comparisons(CLAIMS, runs),
            [*(_table(runs, way) for way in _WAYS), _half(runs)],
            curves_by_epoch(found, self.name, _labels(cells)),
            found.results(),
            (
                "Information is what z tells about the sentence, estimated on the test split; "
                "active units are dimensions whose posterior mean varies by more than 0.01; nll "
                "is -log p(x) by importance sampling. All three are of the encoder's q(z|x), rec, "
                "kl, elbo and ppl of an SA-VAE of the refined one.",
                "Time is that of an epoch as a multiple of the VAE's under monotonic beta; runs "
                "that shared a machine with others tell little by it.",
                "Beta of at most 0.5 was never published as code: here beta rises to 0.5 with the "
                "ramps of the paper's text.",
                *_in_short(request),
            ),
        )


def settings_of(request: Request) -> dict[str, Config]:
    """Give every setting by its name: WAY-ROW, the row as in the paper's table."""
    monotonic = {"objective.beta": "monotonic:0.25"}
    by_code = {
        "objective.beta": "fu2019-ptb-code-monotonic",
        "optimizer.schedule": "constant",
    }
    half: dict[str, dict[str, Any]] = {
        "monotonic": {"objective.beta": "monotonic:0.25,stop=0.5"},
        "cyclical": {"objective.beta": "cyclical:n_cycles=4,ratio=0.5,stop=0.5"},
    }
    found = {}
    for model, inference in (("vae", {}), ("sa-vae", _semi_amortized(request))):
        found[f"code-{model}-monotonic"] = as_the_code(request, {**by_code, **inference})
        found[f"code-{model}-cyclical"] = as_the_code(request, inference)
        found[f"paper-{model}-monotonic"] = as_the_paper(request, {**monotonic, **inference})
        found[f"paper-{model}-cyclical"] = as_the_paper(request, inference)
    for name, beta in half.items():
        found[f"paper-vae-{name}-half"] = as_the_paper(request, beta)
    # the rows of the VAE first: they take a fifteenth of the time
    return dict(sorted(found.items(), key=lambda item: "sa-vae" in item[0]))


def _in_short(request: Request) -> list[str]:
    told = f"In short, {_QUICK_REFINEMENT} steps refine q(z|x), not 10."
    return [told] if request.quick else []


def _semi_amortized(request: Request) -> dict[str, Any]:
    refined = {"inference.kind": "semi-amortized"}
    return {**refined, "inference.steps": _QUICK_REFINEMENT} if request.quick else refined


def _units(cells: list[Cell]) -> dict[str, str]:
    """Take the epoch of the VAE under monotonic beta for the unit of time, in each way."""
    rows = (cell.name for cell in cells if not cell.name.endswith("-half"))
    return {name: f"{name.partition('-')[0]}-vae-monotonic" for name in rows}


def _labels(cells: list[Cell]) -> dict[str, str]:
    return {cell.name: _label(cell.name) for cell in cells}


def _label(cell: str) -> str:
    way, _, row = cell.partition("-")
    model, _, beta = row.rpartition("vae-")
    return f"{model.upper()}VAE {beta.replace('-', ' ')}, {_WAYS[way]}"


def _table(runs: TreebankRuns, way: str) -> ResultTable:
    """Put the rows of Table 1 together; the best epoch is that of the validation split."""
    labels = {
        "vae-monotonic": "VAE, monotonic",
        "vae-cyclical": "VAE, cyclical",
        "sa-vae-monotonic-best": "SA-VAE, monotonic, best epoch",
        "sa-vae-monotonic": "SA-VAE, monotonic",
        "sa-vae-cyclical": "SA-VAE, cyclical",
    }
    rows = {row: runs.spreads(f"{way}-{row}", tuple(COLUMNS)) for row in labels}
    title = f"Penn Treebank, test split, last epoch, {_WAYS[way]} (nats per sentence)"
    return ResultTable(title, COLUMNS, rows, published.LANGUAGE_MODEL, labels)


def _half(runs: TreebankRuns) -> ResultTable:
    labels = {"vae-monotonic-half": "VAE, monotonic", "vae-cyclical-half": "VAE, cyclical"}
    return ResultTable(
        "Penn Treebank, test split, last epoch, beta of at most 0.5 (elbo and ppl at beta = 1)",
        COLUMNS,
        {name: runs.spreads(f"paper-{name}", tuple(COLUMNS)) for name in labels},
        published.BETA_HALF,
        labels,
    )


_SAID: tuple[tuple[str, Expected, str], ...] = (
    ("kl", "higher", "a higher KL"),
    ("elbo", "higher", "a better elbo"),
)
"""What section 6.1 says of cyclical beta, against monotonic.

It says so of rec and perplexity too: rec is -elbo less KL, and perplexity a function of the elbo.
"""


def _claim(
    way: str, pair: tuple[str, str], figure: str, expected: Expected, claim: str, where: str
) -> Comparison:
    """Compare two rows of Table 1, with one way of reading the settings."""
    first, second = (f"{way}-{row}" for row in pair)
    theirs = published.LANGUAGE_MODEL.difference(*pair, figure)
    told = f"{claim} ({_WAYS[way]})"
    return Comparison(told, where, first, second, figure, expected, theirs)


_OF_TABLE_1 = tuple(
    _claim(
        way,
        (f"{model}-cyclical", f"{model}-monotonic"),
        figure,
        expected,
        f"{model.upper()}: cyclical has {what} than monotonic",
        "Section 6.1, Table 1",
    )
    for way in _WAYS
    for model in ("vae", "sa-vae")
    for figure, expected, what in _SAID
)

_OF_BEST = tuple(
    _claim(
        way,
        ("sa-vae-cyclical", "sa-vae-monotonic-best"),
        "kl",
        "higher",
        "SA-VAE: cyclical has a higher KL at the end than monotonic at its best",
        "Table 1, its numbers (the paper's elbo and perplexity say the opposite)",
    )
    for way in _WAYS
)
"""Whether the last epoch of cycles keeps more KL than the best without (row M*)."""

CLAIMS = (
    *_OF_TABLE_1,
    *_OF_BEST,
    Comparison(
        "With beta of at most 0.5, cyclical has a lower perplexity than monotonic",
        "Section 6.1, Table 1 (the paper's two rows are of different splits)",
        "paper-vae-cyclical-half",
        "paper-vae-monotonic-half",
        "ppl",
        "lower",
    ),
)
"""What section 6.1 says of Table 1, with each way of reading the settings."""
