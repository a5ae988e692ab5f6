"""Splits of which much of the text does not reach the model."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .reading_report import ReadingReport

if TYPE_CHECKING:
    from .loading import Corpora

__all__ = ["lost_text_problems"]

_MANY = 0.05
"""Share of sentences, for those that are left out to be told."""

_OFTEN = 0.5
"""Characters without a token for each token, for them to be told."""


def lost_text_problems(corpora: "Corpora") -> list[str]:
    """Say which splits lose sentences that are too long, or characters that no token stands for.

    What is left is no fair sample of the text. A few are let pass, as are sentences that are cut,
    which somebody asked for.

    Args:
        corpora: The splits.

    Example:
        >>> from unvanish.data import load_corpora
        >>> text = ["a cat", "a dog that barks", "a dog"]
        >>> lost_text_problems(load_corpora(text, text, text, max_words=2))
        ['up to 33% of the sentences in train, valid and test are too long and left out: raise ...']
    """
    return [*_left_out(corpora), *_uncovered(corpora)]


def _left_out(corpora: "Corpora") -> Iterator[str]:
    shares = {name: _share_too_long(each.report) for name, each in corpora.splits.items()}
    many = [name for name, share in shares.items() if share > _MANY]
    if many:
        most = max(shares.values())
        share = f"{most:.0%}" if len(many) == 1 else f"up to {most:.0%}"
        yield (
            f"{share} of the sentences in {_listed(many)} are too long and left out: raise "
            "--max-words, or cut them with --too-long truncate"
        )


def _uncovered(corpora: "Corpora") -> Iterator[str]:
    for name, corpus in corpora.splits.items():
        report = corpus.report
        if report.uncovered > _OFTEN * report.words:
            yield (
                f"no token stands for {report.uncovered:,} characters of {name}, beside "
                f"{report.words:,} tokens: the model never sees them; give --tokens that cover them"
            )
            return


def _share_too_long(report: ReadingReport) -> float:
    return report.too_long / max(report.too_long + report.kept, 1)


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
