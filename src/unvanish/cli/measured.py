"""What was measured on a text, as a table or as JSON."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console

from .output import print_json
from .progress import results_table

if TYPE_CHECKING:
    from ..data import Corpus
    from ..evaluation import Evaluation
    from ..runs import Run

__all__ = ["figures", "show"]


def figures(
    run: "Run", texts: "Mapping[str, Corpus]", found: "Mapping[str, Evaluation]"
) -> dict[str, Any]:
    """Put figures together as ``results.json`` has them.

    Args:
        run: The run.
        texts: What was measured, by name.
        found: What came out, by the same names.
    """
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
        "splits": {
            name: {run.parameters: evaluation.summary()} for name, evaluation in found.items()
        },
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
    console.print(
        f"nats per sentence at beta = 1; the run is {run.path}", markup=False, soft_wrap=True
    )


def _finite(value: Any) -> Any:
    """Replace numbers that JSON has not by nothing."""
    if isinstance(value, Mapping):
        return {name: _finite(entry) for name, entry in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
