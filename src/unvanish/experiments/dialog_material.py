"""What dialog models are trained on and scored with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..config import DialogDataConfig
from ..data import WordVectors, read_word_vectors
from ..data.dialogs import (
    DialogBatches,
    DialogCorpora,
    Window,
    fitting_responses,
    load_dialogs,
    read_dialogs,
    read_references,
    words_of,
)
from ..generation import scored_windows

__all__ = ["DialogMaterial"]

_VECTORS = ("glove.twitter.27B.200d.txt", "glove.6B.50d.first9163.txt")
"""Word vectors that are looked for in ``embeddings/``: those of the paper first."""

_QUICK_DIALOGS = {"train": 60, "valid": 20, "test": 20}
_QUICK_CONTEXTS = 60


@dataclass(frozen=True)
class DialogMaterial:
    """What models are trained on and scored with.

    Args:
        corpora: The splits.
        windows: Dialog and window of every test context that is scored.
        references: Responses that fit some of them, by their place; empty without the file.
        vectors: Word vectors for scores, and of the model's size for its words; or nothing.
    """

    corpora: DialogCorpora
    windows: Sequence[tuple[int, Window]]
    references: Mapping[int, Sequence[Sequence[str]]]
    vectors: WordVectors | None

    @classmethod
    def read(
        cls, files: tuple[Path, ...], settings: DialogDataConfig, *, quick: bool
    ) -> "DialogMaterial":
        """Read it, or in short some of it.

        Responses that fit are beside the test split, word vectors in the folder ``embeddings``
        beside theirs.

        Args:
            files: Those of the three splits.
            settings: What is read of it.
            quick: Whether in short.

        Raises:
            UsageError: If a file cannot be read.
        """
        read = [read_dialogs(file) for file in files]
        if quick:
            counts = _QUICK_DIALOGS.values()
            read = [dialogs[:count] for dialogs, count in zip(read, counts, strict=True)]
        train, valid, test = read
        corpora = load_dialogs(train, valid, test, settings)
        batches = DialogBatches(corpora.test, batch_size=1, context=settings.context)
        windows = scored_windows(batches.windows())
        found = [] if quick else sorted(files[-1].parent.glob("test_multi_ref*.jsonl"))[-1:]
        references: dict[int, list[tuple[str, ...]]] = {}
        for path in found:
            references = fitting_responses(corpora.test, windows, read_references(path))
        if quick:
            windows = windows[:_QUICK_CONTEXTS]
        said = (text for dialogs in read for each in dialogs for text in each.utterances)
        words = {word for utterance in said for word in words_of(utterance.text)}
        vectors = _vectors(files[-1].parents[1] / "embeddings", words)
        return cls(corpora, windows, references, vectors)


def _vectors(folder: Path, words: set[str]) -> WordVectors | None:
    """Read the first word vectors that are there, of the words that are needed."""
    for name in _VECTORS:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return read_word_vectors(path, words)
    return None
