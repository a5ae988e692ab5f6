"""What dialog models are trained on and scored with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....config import DialogDataConfig
from ....data import WordVectors, read_word_vectors
from ....data.dialogs import (
    DialogBatches,
    DialogCorpora,
    Window,
    fitting_responses,
    load_dialogs,
    read_dialogs,
    read_references,
    words_of,
)
from ....generation import scored_windows
from .scoring import Scoring

__all__ = ["DialogMaterial"]

_QUICK_DIALOGS = {"train": 60, "valid": 20, "test": 20}


@dataclass(frozen=True)
class DialogMaterial:
    """What models are trained on and scored with.

    Args:
        corpora: The splits.
        windows: Dialog and window of every test context that is scored.
        references: Responses that fit some of them, by their place; empty without the file.
        vectors: Those of all words that were said or fit, for scores, and if they are of the
            model's size for its words; or nothing.
    """

    corpora: DialogCorpora
    windows: Sequence[tuple[int, Window]]
    references: Mapping[int, Sequence[Sequence[str]]]
    vectors: WordVectors | None

    @classmethod
    def read(
        cls,
        files: tuple[Path, ...],
        scoring: Scoring,
        settings: DialogDataConfig,
        *,
        quick: bool,
    ) -> "DialogMaterial":
        """Read it, or in short some of it.

        Args:
            files: Those of the three splits.
            scoring: What responses are scored with.
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
        references: dict[int, list[tuple[str, ...]]] = {}
        if scoring.references is not None:
            fitting = read_references(scoring.references)
            references = fitting_responses(corpora.test, windows, fitting)
        windows = windows[: scoring.contexts]
        references = {place: each for place, each in references.items() if place < len(windows)}
        said = (text for dialogs in read for each in dialogs for text in each.utterances)
        words = {word for utterance in said for word in words_of(utterance.text)}
        words.update(word for each in references.values() for text in each for word in text)
        file = scoring.vectors
        vectors = None if file is None else read_word_vectors(file, words)
        return cls(corpora, windows, references, vectors)
