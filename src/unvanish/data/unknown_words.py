"""Splits of which the model can read next to nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .loading import Corpora

__all__ = ["unknown_problems"]

_MOST = 0.5


def unknown_problems(corpora: "Corpora") -> list[str]:
    """Say which splits have more than half of their words unknown, as where there is little text.

    What a text writes as ``<unk>`` itself counts as known.

    Args:
        corpora: The splits.

    Example:
        >>> from unvanish.data import load_corpora
        >>> unknown_problems(load_corpora(["a cat"], ["a cat"], ["no dog"]))
        ['100% of the words in test are unknown, so its figures say next to nothing: give more ...']
    """
    problems = []
    for name, corpus in corpora.splits.items():
        report = corpus.report
        share = (report.unknown_words - report.unknown_written) / max(report.words, 1)
        if share > _MOST:
            problems.append(
                f"{share:.0%} of the words in {name} are unknown, so its figures say next to "
                "nothing: give more training text, or let the vocabulary hold more of its words"
            )
    return problems
