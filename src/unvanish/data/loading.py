"""From files or sentences to encoded splits in one call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from os import PathLike
from pathlib import Path

from ..config import UsageError
from .corpus import Corpus, TooLong, cut, usable
from .reading import Sentence, Source, read_sentences
from .splits import Splits, carve
from .tokens import WHITESPACE, Tokens, TokensLike, tokens_from
from .vocabulary import Vocabulary

__all__ = ["Corpora", "load_corpora", "load_corpus"]

_CARVED = 0.1


@dataclass(frozen=True, eq=False)
class Corpora:
    """The three splits of a corpus under one vocabulary.

    Args:
        train: What a model learns from.
        valid: What models are chosen by.
        test: What is reported.
        vocabulary: What the ids mean in all three.
        name: What tables call the corpus.
        tokens: How all three were cut.
    """

    train: Corpus
    valid: Corpus
    test: Corpus
    vocabulary: Vocabulary
    name: str
    tokens: Tokens = WHITESPACE

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of all splits, the same on every machine."""
        splits = (self.train, self.valid, self.test)
        return hashlib.sha256("".join(split.sha256 for split in splits).encode()).hexdigest()


def load_corpus(
    source: Source,
    vocabulary: Vocabulary,
    *,
    max_words: int | None = 200,
    too_long: TooLong = "drop",
    tokens: TokensLike = "whitespace",
) -> Corpus:
    """Read and encode one source with a vocabulary that exists, such as a trained model's.

    Args:
        source: A path or an iterable, as ``read_sentences`` takes it.
        vocabulary: Gives words their ids.
        max_words: The longest sentence, in tokens; ``None`` keeps all.
        too_long: Whether longer sentences are left out or lose the tokens after the limit.
        tokens: How sentences are cut, as ``tokens_from`` takes it.

    Raises:
        UsageError: If the source cannot be read or no sentence is left.

    Example:
        >>> load_corpus(["a cat", "a dog"], Vocabulary(("a", "cat"))).tokens.tolist()
        [2, 4, 5, 3, 2, 4, 1, 3]
    """
    return Corpus.from_sentences(
        read_sentences(source, keep_blank=True),
        vocabulary,
        tokens=tokens_from(tokens),
        max_words=max_words,
        too_long=too_long,
        name=_name(source),
    )


def load_corpora(
    train: Source,
    valid: Source | None = None,
    test: Source | None = None,
    *,
    vocabulary: Vocabulary | None = None,
    max_vocabulary: int | None = None,
    min_count: int = 1,
    max_words: int | None = 200,
    too_long: TooLong = "drop",
    tokens: TokensLike = "whitespace",
    name: str | None = None,
) -> Corpora:
    """Read a corpus, carve the splits that are not given, and encode everything.

    Args:
        train: A path or an iterable, as ``read_sentences`` takes it.
        valid: The same for validation; ``None`` carves a tenth from ``train`` (see ``carve``).
        test: The same for test; ``None`` carves a tenth from ``train``.
        vocabulary: The words to use; ``None`` collects those of the train split.
        max_vocabulary: Keep this many of the most frequent words; ``None`` keeps all.
        min_count: Keep words seen at least this often in the train split.
        max_words: The longest sentence, in tokens; ``None`` keeps all.
        too_long: Whether longer sentences are left out or lose the tokens after the limit.
        tokens: How sentences are cut, as ``tokens_from`` takes it.
        name: What tables call the corpus; ``None`` takes it from the path of ``train``.

    Raises:
        UsageError: If a source cannot be read, is too small to carve from, has no sentence or
            word left, or limits are given for a vocabulary that exists.

    Example:
        >>> corpora = load_corpora(["a cat sat", "a dog ran"], ["a cat ran"], ["a bird sat"])
        >>> len(corpora.vocabulary), corpora.test.report.unknown_words
        (9, 1)
    """
    if vocabulary is not None and (max_vocabulary is not None or min_count != 1):
        raise UsageError("a vocabulary was given; leave out max_vocabulary and min_count")
    tokens = tokens_from(tokens)
    splits = _read_splits(train, valid, test)
    if vocabulary is None:
        words = _words(splits.train, tokens, max_words, too_long, _name(train))
        vocabulary = Vocabulary.build(words, max_vocabulary, min_count)
    encode = partial(
        Corpus.from_sentences,
        vocabulary=vocabulary,
        tokens=tokens,
        max_words=max_words,
        too_long=too_long,
    )
    return Corpora(
        train=encode(splits.train, name=f"{_name(train)} (train)"),
        valid=encode(splits.valid, name=f"{_name(train if valid is None else valid)} (valid)"),
        test=encode(splits.test, name=f"{_name(train if test is None else test)} (test)"),
        vocabulary=vocabulary,
        name=name or _name(train),
        tokens=tokens,
    )


def _read_splits(train: Source, valid: Source | None, test: Source | None) -> Splits:
    """Read what is given and carve what is not."""
    sentences = list(read_sentences(train, keep_blank=True))
    if valid is None or test is None:
        splits = carve(
            sentences,
            valid_share=_CARVED if valid is None else 0,
            test_share=_CARVED if test is None else 0,
        )
    else:
        splits = Splits(sentences, [], [])
    if valid is not None:
        splits = splits._replace(valid=list(read_sentences(valid, keep_blank=True)))
    if test is not None:
        splits = splits._replace(test=list(read_sentences(test, keep_blank=True)))
    return splits


def _words(
    sentences: Iterable[Sentence],
    tokens: Tokens,
    max_words: int | None,
    too_long: TooLong,
    name: str,
) -> Iterator[list[str]]:
    """Give the tokens that will be kept, of which there must be one."""
    empty = True
    for sentence in sentences:
        words = usable(cut(sentence.text, tokens), max_words, too_long)
        if words:
            empty = False
            yield words
    if empty:
        raise UsageError(
            f"no sentence of {name} (train) can be used, all are blank or too long; "
            f"raise max_words={max_words} or give other text"
        )


def _name(source: Source) -> str:
    """Shorten a path to its file and folder, which say enough in a table."""
    if not isinstance(source, str | PathLike):
        return "sentences"
    path = Path(source)
    return path.name if path.parent.name in ("", "..") else f"{path.parent.name}/{path.name}"
