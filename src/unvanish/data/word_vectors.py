"""Word vectors out of text files in the form of GloVe."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from ..config import UsageError
from .reading import decoded_lines

__all__ = ["WordVectors", "read_word_vectors", "vector_size"]


@dataclass(frozen=True, eq=False)
class WordVectors:
    """The vectors of some words.

    Args:
        size: Numbers in a vector.
        vectors: A vector for every word that has one.
    """

    size: int
    vectors: Mapping[str, Float32[ndarray, " size"]] = field(repr=False)

    def __len__(self) -> int:
        """Count the words."""
        return len(self.vectors)

    def of(self, words: Iterable[str]) -> Float32[ndarray, "known size"]:
        """Give the vectors of those words that have one, in order.

        Args:
            words: Any words.
        """
        known = [self.vectors[word] for word in words if word in self.vectors]
        return np.stack(known) if known else np.empty((0, self.size), dtype=np.float32)

    def among(self, words: Iterable[str]) -> "WordVectors":
        """Leave out the vectors of all other words.

        Args:
            words: Any words.
        """
        known = {word: self.vectors[word] for word in words if word in self.vectors}
        return WordVectors(self.size, known)

    @property
    def sha256(self) -> str:
        """Fingerprint of words and vectors."""
        digest = hashlib.sha256()
        for word, vector in sorted(self.vectors.items()):
            digest.update(f"{word}\n".encode())
            digest.update(vector.tobytes())
        return digest.hexdigest()


def read_word_vectors(
    path: str | PathLike[str], words: Collection[str] | None = None
) -> WordVectors:
    """Read a text file with a word and its numbers in every line, separated by spaces.

    Args:
        path: The file, such as ``glove.twitter.27B.200d.txt``; ``.gz`` may follow.
        words: Which words are wanted; ``None`` reads all. The file is read line by line, so one
            much larger than memory is no trouble.

    Raises:
        UsageError: If it cannot be read, or a line has another form.

    References:
        Pennington et al., GloVe: Global Vectors for Word Representation, EMNLP 2014,
        https://nlp.stanford.edu/projects/glove.
    """
    path = Path(path)
    wanted = None if words is None else frozenset(words)
    size, found = 0, {}
    for number, line in enumerate(_lines(path), start=1):
        size = size or _size(line)
        word, *numbers = line.rstrip().rsplit(" ", size)
        if wanted is None or word in wanted:
            found[word] = _vector(numbers, size, f"{path}, line {number}")
    if size < 2:
        raise UsageError(f"{path} holds no vectors; give a word and its numbers in every line")
    return WordVectors(size, found)


def vector_size(path: str | PathLike[str]) -> int:
    """Read off the first line how many numbers the vectors of a file have.

    Args:
        path: The file, as :func:`read_word_vectors` takes it.

    Raises:
        UsageError: If it cannot be read.
    """
    return _size(next(_lines(Path(path)), ""))


def _lines(path: Path) -> Iterator[str]:
    return decoded_lines(path, path.suffix.lower() == ".gz")


def _size(line: str) -> int:
    return line.rstrip().count(" ")


def _vector(numbers: list[str], size: int, where: str) -> Float32[ndarray, " size"]:
    """Read the numbers of one word."""
    try:
        vector = np.array(numbers, dtype=np.float32)
    except ValueError:
        raise UsageError(f"{where} has something that is no number; correct it") from None
    if len(vector) != size or not np.isfinite(vector).all():
        raise UsageError(f"{where} has not {size} finite numbers as the first line; correct it")
    return vector
