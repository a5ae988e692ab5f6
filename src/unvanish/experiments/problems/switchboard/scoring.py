"""How responses of dialog models are scored, in words that stand beside the scores."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....data.word_vectors import vector_size

__all__ = ["PAPERS_VECTORS", "Scoring", "told_vectors"]

PAPERS_VECTORS = "glove.twitter.27B.200d.txt"
"""Word vectors of the paper's scores: GloVe Twitter 27B, 200 numbers a word."""

_VECTORS = (PAPERS_VECTORS, "glove.6B.50d.first9163.txt")
"""Word vectors that are looked for in ``embeddings/``."""

_SAMPLES = 5
"""Responses to a context, as in Table 2."""

_QUICK_CONTEXTS = 60


@dataclass(frozen=True)
class Scoring:
    """What responses are scored with.

    Args:
        samples: Responses to each context.
        contexts: Most contexts that are answered; ``None`` means all.
        vectors: File of the word vectors, if there is one.
        references: File of several responses that fit some contexts, if there is one.
        settings: All this as plain values, files by name and fingerprint.
    """

    samples: int
    contexts: int | None
    vectors: Path | None
    references: Path | None
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, files: tuple[Path, ...], *, quick: bool) -> "Scoring":
        """Look for it: references beside the test split, word vectors in ``embeddings`` beside.

        Args:
            files: Those of the three splits.
            quick: Whether in short.

        Raises:
            UsageError: If the word vectors cannot be read.
        """
        test = files[-1]
        vectors = _vectors(test.parents[1] / "embeddings")
        fitting = [] if quick else sorted(test.parent.glob("test_multi_ref*.jsonl"))[-1:]
        references = fitting[0] if fitting else None
        contexts = _QUICK_CONTEXTS if quick else None
        settings = {
            "samples": _SAMPLES,
            "contexts": contexts,
            "parameters": "best",
            "word_vectors": vectors and {**_told(vectors), "size": vector_size(vectors)},
            "references": references and _told(references),
        }
        return cls(_SAMPLES, contexts, vectors, references, settings)


def told_vectors(settings: Mapping[str, Any]) -> str:
    """Say in words which word vectors scores are of.

    Args:
        settings: Those of a :class:`Scoring`.
    """
    vectors = settings["word_vectors"]
    if vectors is None:
        return "no word vectors"
    return f"{vectors['name']} ({vectors['size']} numbers a word, sha256 {vectors['sha256']})"


def _vectors(folder: Path) -> Path | None:
    """Give the first word vectors that are there: those of the paper if they are."""
    every = (folder / f"{name}{packed}" for name in _VECTORS for packed in ("", ".gz"))
    return next((path for path in every if path.is_file()), None)


def _told(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"name": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
