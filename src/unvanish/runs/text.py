"""The text of a run: what it was trained on, and what is given to it later."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from ..config import UsageError
from ..data import Corpora, Corpus, Sentence, Source, load_corpora, load_corpus, read_corpora
from ..data import read_sentences as read_file
from ..data.encoding import Cutting
from ..generation import given_sentences

if TYPE_CHECKING:
    from .folder import RunFolder

__all__ = [
    "Text",
    "kept_places",
    "labelled_corpora",
    "read_given",
    "read_like_training",
    "read_measured",
    "training_corpora",
]

Text: TypeAlias = str | PathLike[str] | Iterable[str | Sentence] | Corpus
"""Sentences for a run: a path, a list of sentences, or a corpus of the run's vocabulary."""

_PASS_THE_TEXT = (
    "pass the text (on the command line evaluate or diagnose RUN FILE, neighbours --among, edit "
    "--labelled; in Python run.evaluate(text))"
)


def read_given(run: RunFolder, text: Text) -> Corpus:
    """Encode sentences in the run's words, every one of them, however long.

    Blank lines of a file are left out; a blank sentence of a list is an error.

    Args:
        run: Whose words.
        text: The sentences.

    Raises:
        UsageError: If there are none, or one of a list has no words.
    """
    if isinstance(text, Corpus):
        return _of_this_run(run, text)
    _require_file(text)
    sentences = read_file(text) if isinstance(text, str | PathLike) else text
    return given_sentences(sentences, run.vocabulary, run.tokens)


def read_like_training(run: RunFolder, text: Text) -> Corpus:
    """Encode sentences as training did: too long ones are left out or cut as the settings say.

    Blank ones are left out too; :func:`kept_places` tells which are kept.

    Args:
        run: Whose words and settings.
        text: The sentences.

    Raises:
        UsageError: If they cannot be read, or none is left.
    """
    if isinstance(text, Corpus):
        return _of_this_run(run, text)
    _require_file(text)
    settings = run.config.data
    return load_corpus(
        text,
        run.vocabulary,
        max_words=settings.max_words,
        too_long=settings.too_long,
        tokens=run.tokens,
    )


def kept_places(run: RunFolder, sentences: Iterable[Sentence]) -> Int64[ndarray, " kept"]:
    """Tell which sentences :func:`read_like_training` keeps, counted from 0.

    Args:
        run: Whose words and settings.
        sentences: All of them.
    """
    settings = run.config.data
    cutting = Cutting(run.tokens, settings.max_words, settings.too_long)
    kept = (bool(cutting.kept(cutting.words(sentence.text))) for sentence in sentences)
    return np.flatnonzero(np.fromiter(kept, dtype=bool))


def read_measured(run: RunFolder, text: Text) -> Corpus:
    """Encode sentences that are to be measured: a file as training read its own, a list whole.

    Whoever gives a list puts the results back beside it, so no sentence of it is left out.

    Args:
        run: Whose words and settings.
        text: The sentences.

    Raises:
        UsageError: If they cannot be read, none is left, or one of a list has no words.
    """
    of_file = isinstance(text, str | PathLike)
    return read_like_training(run, text) if of_file else read_given(run, text)


def labelled_corpora(run: RunFolder, text: Source) -> Corpora:
    """Read labelled sentences in the run's words, a tenth set aside to test on.

    Args:
        run: Whose words and settings.
        text: The sentences: a ``.tsv`` or ``.jsonl`` file, or sentences with labels.

    Raises:
        UsageError: If they cannot be read, or are too few.
    """
    _require_file(text)
    settings = run.config.data
    return load_corpora(
        text,
        vocabulary=run.vocabulary,
        max_words=settings.max_words,
        too_long=settings.too_long,
        tokens=run.tokens,
    )


def training_corpora(run: RunFolder) -> Corpora:
    """Read again the splits that the run was trained and measured on.

    Args:
        run: It remembers where they were, and their fingerprint.

    Raises:
        UsageError: If they are not there any more, or are not the same.
    """
    corpus = run.origin["corpus"]
    files = corpus["files"]
    if not files and corpus["name"] != "synthetic":
        raise UsageError(
            f"{run.path} does not know which files it was trained on: {_PASS_THE_TEXT}, or train "
            "with files={'train': path}"
        )
    try:
        corpora = read_corpora(run.config.data, files, tokens=run.tokens, vocabulary=run.vocabulary)
    except UsageError as error:
        raise UsageError(
            f"the text that {run.path} was trained on cannot be read again: {error}; or "
            f"{_PASS_THE_TEXT}"
        ) from error
    if corpora.sha256 != corpus["sha256"]:
        where = files.get("train", "the synthetic corpus")
        raise UsageError(
            f"{where} is no longer the text that {run.path} was trained on: bring the old one "
            f"back, or {_PASS_THE_TEXT}"
        )
    return corpora


def _of_this_run(run: RunFolder, corpus: Corpus) -> Corpus:
    """Refuse a corpus whose ids mean other words.

    Raises:
        UsageError: If its vocabulary is another.
    """
    if corpus.vocabulary != run.vocabulary:
        raise UsageError("the corpus has another vocabulary than the run: make it with run.read()")
    return corpus


def _require_file(source: object) -> None:
    """Refuse a sentence that is given where a path is meant.

    Raises:
        UsageError: If it is a string and no file has this name.
    """
    if isinstance(source, str) and not Path(source).exists():
        raise UsageError(f"there is no file {source!r}; give a path, or sentences as a list")
