"""Dialogs as ids: the splits under one vocabulary."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from ...config import DialogDataConfig
from ..tokens import RegexTokens
from ..vocabulary import PAD, Vocabulary
from .reading import Dialog, read_dialogs

__all__ = ["BEGIN", "DialogCorpora", "DialogCorpus", "EncodedDialog", "load_dialogs", "words_of"]

BEGIN = "<d>"
"""The only word of the utterance that stands before every dialog."""

_WORDS = RegexTokens(r"\w+|[^\w\s]+")


def words_of(text: str) -> list[str]:
    """Cut an utterance into lower-case words and stretches of punctuation.

    The pattern is that of NLTK's ``WordPunctTokenizer``.

    Args:
        text: The utterance as written.

    Example:
        >>> words_of("That's right, uh-huh")
        ['that', "'", 's', 'right', ',', 'uh', '-', 'huh']
    """
    return _WORDS.cut(text.lower())


@dataclass(frozen=True, eq=False)
class EncodedDialog:
    """A dialog as ids, behind its begin utterance.

    Args:
        tokens: An utterance a row: BOS, words, EOS, padding, ``(utterances, max_tokens)``.
        lengths: Tokens of each utterance, BOS and EOS included, ``(utterances,)``.
        floors: Who speaks: 0 is A, 1 is B; the begin utterance is A's, ``(utterances,)``.
        topic: Number of the topic; 0 is one that the training split does not have.
        profiles: What is known of A and of B, ``(2, 4)``.
        words: The words of each utterance as written, however many and however rare.
    """

    tokens: Int[ndarray, "utterances time"]
    lengths: Int[ndarray, " utterances"]
    floors: Int[ndarray, " utterances"]
    topic: int
    profiles: Float[ndarray, "2 4"]
    words: tuple[tuple[str, ...], ...] = field(repr=False)

    def __len__(self) -> int:
        """Count the utterances, that at the beginning included."""
        return len(self.lengths)


@dataclass(frozen=True, eq=False)
class DialogCorpus:
    """Encoded dialogs of one split.

    Args:
        dialogs: The dialogs, in the order of the file.
        vocabulary: The words of their ids.
        topics: The topics by number from 1.
    """

    dialogs: tuple[EncodedDialog, ...]
    vocabulary: Vocabulary = field(repr=False)
    topics: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        """Count the dialogs."""
        return len(self.dialogs)

    @property
    def n_utterances(self) -> int:
        """Utterances, begin utterances not counted."""
        return sum(len(dialog) - 1 for dialog in self.dialogs)


@dataclass(frozen=True, eq=False)
class DialogCorpora:
    """The splits under one vocabulary.

    Args:
        train: Dialogs to learn from.
        valid: Dialogs to choose with.
        test: Dialogs to measure with.
        sha256: Fingerprint of all that was read.
    """

    train: DialogCorpus
    valid: DialogCorpus
    test: DialogCorpus
    sha256: str

    @property
    def vocabulary(self) -> Vocabulary:
        """The words."""
        return self.train.vocabulary

    @property
    def splits(self) -> dict[str, DialogCorpus]:
        """The splits by name."""
        return {"train": self.train, "valid": self.valid, "test": self.test}


def load_dialogs(
    train: str | PathLike[str] | Sequence[Dialog],
    valid: str | PathLike[str] | Sequence[Dialog],
    test: str | PathLike[str] | Sequence[Dialog],
    config: DialogDataConfig = DialogDataConfig(),  # noqa: B008 - frozen
) -> DialogCorpora:
    """Read the splits and number their words and topics as the training split has them.

    The vocabulary holds the most frequent tokens of the training split, the begin and end symbols
    and ``<d>`` among them, and beside them padding and unknown. Of equally frequent words the
    first in the order of their characters are kept.

    Args:
        train: A file that :func:`read_dialogs` reads, or dialogs.
        valid: The same for the validation split.
        test: The same for the test split.
        config: How many words are kept, and how long an utterance may be.

    Raises:
        UsageError: If a file cannot be read or has another form.
    """
    read = [_given(source) for source in (train, valid, test)]
    cut = [[_cut(dialog) for dialog in dialogs] for dialogs in read]
    vocabulary = Vocabulary.build(
        (utterance for dialog in cut[0] for utterance in dialog),
        max_size=config.max_vocabulary - 2,  # BOS and EOS are two of them
    )
    topics = tuple(sorted({dialog.topic for dialog in read[0]}))
    corpora = [
        DialogCorpus(
            tuple(
                _encoded(dialog, utterances, vocabulary, topics, config.max_tokens)
                for dialog, utterances in zip(dialogs, words, strict=True)
            ),
            vocabulary,
            topics,
        )
        for dialogs, words in zip(read, cut, strict=True)
    ]
    return DialogCorpora(corpora[0], corpora[1], corpora[2], _fingerprint(read))


def _given(source: str | PathLike[str] | Sequence[Dialog]) -> list[Dialog]:
    if isinstance(source, str | PathLike):
        return read_dialogs(Path(source))
    return list(source)


def _cut(dialog: Dialog) -> list[list[str]]:
    """Give the words of every utterance, the begin utterance first."""
    return [[BEGIN], *(words_of(utterance.text) for utterance in dialog.utterances)]


def _encoded(
    dialog: Dialog,
    utterances: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    topics: Sequence[str],
    max_tokens: int,
) -> EncodedDialog:
    rows = [_shortened(vocabulary.encode(words), max_tokens) for words in utterances]
    tokens = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for place, row in enumerate(rows):
        tokens[place, : len(row)] = row
    return EncodedDialog(
        tokens,
        np.array([len(row) for row in rows]),
        np.array([0, *(int(utterance.floor == "B") for utterance in dialog.utterances)]),
        topics.index(dialog.topic) + 1 if dialog.topic in topics else 0,
        np.array([speaker.profile for speaker in dialog.speakers], dtype=np.float32),
        tuple(tuple(words) for words in utterances),
    )


def _shortened(ids: list[int], most: int) -> list[int]:
    """Keep the first tokens of a long utterance, and its last, which is EOS."""
    return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]


def _fingerprint(splits: Iterable[Iterable[Dialog]]) -> str:
    digest = hashlib.sha256()
    for dialogs in splits:
        for dialog in dialogs:
            digest.update(repr(dialog).encode())
        digest.update(b"\n")
    return digest.hexdigest()
