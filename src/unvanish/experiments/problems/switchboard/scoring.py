"""How responses of dialog models are scored, in words that stand beside the scores."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....config import UsageError
from ....data.word_vectors import vector_size

__all__ = ["PAPERS_VECTORS", "VERSION", "Scoring", "told_vectors"]

PAPERS_VECTORS = "glove.twitter.27B.200d.txt"
"""Word vectors of the paper's scores: GloVe Twitter 27B, 200 numbers a word."""

_SAMPLES = 5
"""Responses to a context, as in Table 2."""

_QUICK_CONTEXTS = 60

VERSION = 2
"""Of what is computed: raised when the same responses would get other scores."""


@dataclass(frozen=True)
class Scoring:
    """What responses are scored with.

    Args:
        samples: Responses to each context.
        contexts: Most contexts that are answered; ``None`` means all.
        vectors: File of the word vectors, if there is one.
        references: File of several responses that fit some contexts, if there is one.
        settings: What scores depend on but the responses, as plain values: files by name and
            fingerprint.
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
            UsageError: If the word vectors cannot be read, or there are several and not the
                paper's.
        """
        test = files[-1]
        vectors = _vectors(test.parents[1] / "embeddings")
        fitting = [] if quick else sorted(test.parent.glob("test_multi_ref*.jsonl"))[-1:]
        references = fitting[0] if fitting else None
        contexts = _QUICK_CONTEXTS if quick else None
        settings = {
            "version": VERSION,
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
    """Give the word vectors of the paper if they are there, else the only ones that are."""
    every = sorted(path for form in ("*.txt", "*.txt.gz") for path in folder.glob(form))
    papers = [path for path in every if path.name.startswith(PAPERS_VECTORS)]
    found = papers[:1] or every
    if len(found) > 1:
        raise UsageError(
            f"{folder} holds word vectors of several kinds: leave {PAPERS_VECTORS} there, the "
            "paper's, or one file of any others"
        )
    return found[0] if found else None


def _told(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"name": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
