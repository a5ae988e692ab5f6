"""The labels that sentences have."""

from collections.abc import Iterable

from ..config import UsageError

__all__ = ["known_labels", "require_label"]

_SHOWN = 10


def known_labels(labels: Iterable[str | None] | None) -> tuple[str, ...]:
    """List the different labels in their order.

    Args:
        labels: A label or ``None`` for each sentence, such as ``Corpus.labels``.

    Raises:
        UsageError: If no sentence has one.

    Example:
        >>> known_labels(["good", None, "bad", "good"])
        ('bad', 'good')
    """
    known = {label for label in labels or () if label is not None}
    if not known:
        raise UsageError("these sentences have no labels; give a .tsv or .jsonl file with labels")
    return tuple(sorted(known))


def require_label(label: str, known: tuple[str, ...]) -> None:
    """Refuse a label that no sentence has.

    Args:
        label: What was asked for.
        known: The labels there are.

    Raises:
        UsageError: If ``label`` is not among them, naming those that are, or the first of many.
    """
    if label not in known:
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        there = ", ".join(map(repr, known[:_SHOWN])) + more
        raise UsageError(f"no sentence has the label {label!r}; there are {there}")
