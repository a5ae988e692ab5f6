"""Hints for those who read what a run wrote."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .options import OutputOptions

if TYPE_CHECKING:
    from ..config import Decoding
    from ..runs import Run

__all__ = ["give_hints"]

_DEAD = {"collapsed", "paper-only", "ignored"}
"""Verdicts with which sentences do not depend on z."""


def give_hints(
    run: "Run", written: Sequence[str], decoding: "Decoding", common: OutputOptions
) -> None:
    """Say on standard error what one may not see in sentences that were written from z.

    That they do not depend on z, where the diagnosis at the end of the training found that, or all
    of them are the same though they come from different z. And that some had not ended.

    Args:
        run: The run.
        written: Sentences from different z.
        decoding: How they were written.
        common: Whether hints are wanted.
    """
    if common.quiet:
        return
    for hint in (*_of_dead_z(run, written), *_of_the_limit(run, written, decoding.max_words)):
        print(f"hint: {hint}", file=sys.stderr)


def _of_dead_z(run: "Run", written: Sequence[str]) -> Iterator[str]:
    if run.config.model.is_language_model:
        return
    why = f"unvanish diagnose {run.path} says why"
    found = _diagnosis(run)
    if found is not None:
        yield f"the latent variable of this run is {found['verdict']}: {found['meaning']}; {why}"
    elif len(written) > 1 and len(set(written)) == 1:
        yield f"all sentences are the same: the decoder may make no use of z; {why}"


def _of_the_limit(run: "Run", written: Sequence[str], most: int) -> Iterator[str]:
    if most < run.longest:
        return  # a shorter limit is one that was asked for
    cut = sum(len(run.tokens.cut(sentence)) >= most for sentence in written)
    if cut:
        yield (
            f"{cut:,} of {len(written):,} had not ended after {most:,} words and "
            f"{'is' if cut == 1 else 'are'} cut there: --max-words sets where"
        )


def _diagnosis(run: "Run") -> dict[str, str] | None:
    """Give the diagnosis of a run that has ended with a dead z, if its end is what is used."""
    if run.parameters != "last" or not (run.path / "results.json").is_file():
        return None
    found: dict[str, str] | None = run.results().get("diagnosis")
    return found if found is not None and found["verdict"] in _DEAD else None
