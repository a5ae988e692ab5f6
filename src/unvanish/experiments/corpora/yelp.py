"""The Yelp sentences of Shen et al. (2017), of which the paper takes a tenth."""

from collections.abc import Sequence
from pathlib import Path

from .needed_data import YELP
from .published_corpus import PublishedCorpus, lines_of

__all__ = ["YELP_SENTENCES"]

_SHARE = 10
"""One line of so many is taken, the first ones of each file."""


def _convert(place: str, parts: Sequence[Path]) -> bytes:
    """Put the label before every sentence: 0 for those of the first file, 1 for the second's."""
    return b"".join(
        b"%d\t%s\n" % (label, b" ".join(line.split()))
        for label, part in enumerate(parts)
        for line in _first(lines_of(part))
    )


def _first(lines: list[bytes]) -> list[bytes]:
    return lines[: len(lines) // _SHARE]


YELP_SENTENCES = PublishedCorpus(
    name="yelp",
    files=YELP,
    made_of={
        f"yelp/{split}.tsv": ((f"sentiment.{split}.0", f"sentiment.{split}.1"),)
        for split in ("train", "dev", "test")
    },
    convert=_convert,
)
"""Section 6.3."""
