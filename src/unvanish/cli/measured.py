"""What was measured on a text, as a table or as JSON."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ..measures.figure_text import spread_text
from .likelihood_table import likelihood_table
from .output import print_json
from .progress import results_table

if TYPE_CHECKING:
    from ..data import Corpus
    from ..evaluation import Evaluation, ImportanceWeighted
    from ..runs import Run

__all__ = ["figures", "show"]


def figures(
    run: "Run",
    texts: "Mapping[str, Corpus]",
    found: "Mapping[str, Evaluation]",
    likelihoods: "Mapping[str, ImportanceWeighted]",
) -> dict[str, Any]:
    """Put figures together as ``results.json`` has them, the likelihood under a key of its own.

    The active units of a single sentence are ``None``: they are a matter of variances over
    sentences.

    Args:
        run: The run.
        texts: What was measured, by name.
        found: What came out, by the same names.
        likelihoods: The likelihood by importance sampling, where it was asked for.
    """
    from ..evaluation import sentence_characters

    measured = {}
    for name, evaluation in found.items():
        characters = sentence_characters(texts[name], run.tokens)
        total = None if characters is None else int(characters.sum())
        measured[name] = {**evaluation.summary(), **evaluation.in_other_units(total)}
        if len(texts[name]) == 1:
            measured[name]["active_units"] = None
    for name, likelihood in likelihoods.items():
        measured[name]["importance_weighted"] = likelihood.summary()
    return {
        "format": 1,
        "name": run.config.name or run.config.objective.beta,
        "run": str(run.path),
        "corpus": {
            "vocabulary": len(run.vocabulary),
            "splits": {
                name: {"sentences": len(corpus), "tokens": corpus.n_tokens}
                for name, corpus in texts.items()
            },
        },
        "splits": {name: {run.parameters: entry} for name, entry in measured.items()},
    }


def show(run: "Run", results: Mapping[str, Any], *, as_json: bool) -> None:
    """Print figures on standard output.

    Args:
        run: The run.
        results: What :func:`figures` gives.
        as_json: Print them for a program; a perplexity beyond all numbers is null.
    """
    if as_json:
        print_json(_finite(results))
        return
    console = Console(highlight=False)
    console.print(results_table(results))
    splits = {name: choices[run.parameters] for name, choices in results["splits"].items()}
    for name, entry in splits.items():
        console.print(f"{name}: {_in_other_units(entry)}", markup=False, soft_wrap=True)
    told = ["nats per sentence at beta = 1"]
    more = " (--importance-samples takes many)"
    if any("importance_weighted" in figures for figures in splits.values()):
        console.print(likelihood_table(splits))
        told, more = _explained(splits), ""
    if run.config.model.is_language_model:
        told.append("a language model: -elbo is exactly -log p(x)")
    elif any(figures["active_units"] is None for figures in splits.values()) and not (
        run.config.model.is_autoencoder  # which draws nothing
    ):
        told.append(
            "one sentence: rec, -elbo and ppl are of a single draw of z, and another draw may be "
            f"nats away{more}; active units need more sentences"
        )
    console.print("; ".join([*told, f"the run is {run.path}"]), markup=False, soft_wrap=True)


def _in_other_units(entry: Mapping[str, Any]) -> str:
    """Write the elbo of a split with its error, by token and by character."""
    error, bits = entry["elbo_standard_error"], entry["bits_per_character"]
    parts = [
        f"-elbo {spread_text(-entry['elbo'], error, 3)}"
        + ("" if error is None else " over sentences"),
        f"{entry['nats_per_token']:.4f} nats per token",
        *([] if bits is None else [f"{bits:.4f} bits per character"]),
    ]
    if "amortized_rec" in entry:
        rec, kl = entry["amortized_rec"], entry["amortized_kl"]
        parts.append(f"by the encoder alone, not refined: rec {rec:.3f}, kl {kl:.3f}")
    return ", ".join(parts)


def _explained(splits: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say what the figures of the likelihood mean, and why some are missing."""
    told = [
        "nats per sentence at beta = 1, ± standard error over sentences",
        "ppl above is of -elbo and below of -log p(x), not to be compared with each other",
    ]
    if any(entry["importance_weighted"]["bits_per_character"] is None for entry in splits.values()):
        told.append("no bits per character where words of the text are unknown to the run")
    return told


def _finite(value: Any) -> Any:
    """Replace numbers that JSON has not by nothing."""
    if isinstance(value, Mapping):
        return {name: _finite(entry) for name, entry in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
