"""The Penn Treebank as preprocessed by Mikolov, under the names of several copies."""

from collections.abc import Sequence
from pathlib import Path

from .needed_data import PTB
from .published_corpus import PublishedCorpus, lines_of

__all__ = ["PENN_TREEBANK"]


def _convert(place: str, parts: Sequence[Path]) -> bytes:
    """Put a blank before and after every line, as Mikolov has it and some copies have not."""
    return b"".join(b" " + line + b" \n" for part in parts for line in lines_of(part))


PENN_TREEBANK = PublishedCorpus(
    name="ptb",
    files=PTB,
    made_of={
        "ptb/train.txt": (("ptb.train.txt",), ("train.txt",)),
        "ptb/valid.txt": (("ptb.valid.txt",), ("val.txt",), ("valid.txt",)),
        "ptb/test.txt": (("ptb.test.txt",), ("test.txt",)),
    },
    convert=_convert,
)
"""Section 6.1."""
