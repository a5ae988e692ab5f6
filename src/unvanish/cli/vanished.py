"""A hint for those who use a run whose latent variable has vanished."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .options import OutputOptions

if TYPE_CHECKING:
    from ..runs import Run

__all__ = ["hint_if_vanished"]

_DEAD = {"collapsed", "paper-only", "ignored"}
"""Verdicts with which sentences do not depend on z."""


def hint_if_vanished(run: "Run", written: Sequence[str], common: OutputOptions) -> None:
    """Say on standard error that what was written does not depend on z, if it seems so.

    It does where the diagnosis at the end of the training found that, or all sentences are the
    same though they come from different z.

    Args:
        run: The run.
        written: Sentences from different z.
        common: Whether hints are wanted.
    """
    if common.quiet or run.config.model.is_language_model:
        return
    found = _diagnosis(run)
    if found is not None:
        seen = f"the latent variable of this run is {found['verdict']}: {found['meaning']}"
    elif len(written) > 1 and len(set(written)) == 1:
        seen = "all sentences are the same: the decoder may make no use of z"
    else:
        return
    print(f"hint: {seen}; unvanish diagnose {run.path} says why", file=sys.stderr)


def _diagnosis(run: "Run") -> dict[str, str] | None:
    """Give the diagnosis of a run that has ended with a dead z, if its end is what is used."""
    if run.parameters != "last" or not (run.path / "results.json").is_file():
        return None
    found: dict[str, str] | None = run.results().get("diagnosis")
    return found if found is not None and found["verdict"] in _DEAD else None
