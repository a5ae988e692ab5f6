"""Sentences between two sentences, and sentences by analogy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..config import UsageError
from ..generation import analogy, interpolate

if TYPE_CHECKING:
    from ..config import Decoding
    from .run import Run

__all__ = ["analogous_sentence", "sentences_between"]


def sentences_between(
    run: Run,
    start: str,
    end: str,
    steps: int = 7,
    kind: Literal["linear", "spherical"] = "linear",
    decoding: Decoding | None = None,
    *,
    seed: int = 1,
) -> list[str]:
    """Write sentences at equal distances on the way from one sentence to another.

    Args:
        run: Whose model.
        start: The first sentence.
        end: The last one.
        steps: How many are written, both ends counted.
        kind: ``"linear"``, or ``"spherical"`` for a path as far from 0 as its ends.
        decoding: How words are chosen; ``None`` takes the most probable one each time.
        seed: Source of the draws, where words are drawn.

    Raises:
        UsageError: If both are the same sentence to the run, one has no words, or ``steps`` is
            below 2.
    """
    _require_different(run, start, end)
    first, last = run.posteriors([start, end]).mean
    return run.generate(interpolate(first, last, steps, kind), decoding, seed=seed)


def analogous_sentence(
    run: Run, a: str, b: str, c: str, decoding: Decoding | None = None, *, seed: int = 1
) -> str:
    """Write the sentence that is to ``c`` as ``b`` is to ``a``.

    Args:
        run: Whose model.
        a: A sentence.
        b: What it becomes.
        c: Another, to be changed alike.
        decoding: How words are chosen; ``None`` takes the most probable one each time.
        seed: Source of the draws, where words are drawn.

    Raises:
        UsageError: If ``a`` and ``b`` are the same sentence to the run, or one has no words.
    """
    _require_different(run, a, b)
    means = run.posteriors([a, b, c]).mean
    return run.generate(analogy(*means).unsqueeze(0), decoding, seed=seed)[0]


def _require_different(run: Run, one: str, other: str) -> None:
    """Refuse two sentences between which there is no way.

    Raises:
        UsageError: If both have the same words, unknown ones being all the same.
    """
    corpus = run.read([one, other])
    if corpus[0].tolist() == corpus[1].tolist():
        raise UsageError(f"{one!r} and {other!r} are the same sentence to this run; give two")
