"""From files or sentences to encoded splits in one call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ..config import UsageError
from .corpus import Corpus, nothing_to_learn_from
from .encoding import Cutting, TooLong
from .plan import CorpusPlan, short_name
from .reading import Sentence, Source, read_sentences
from .splits import SPLITS, SplitName, carve
from .store import CacheLike, Progress, store_folder, stored_splits
from .tokens import WHITESPACE, Tokens, TokensLike, tokens_from
from .vocabulary import Vocabulary

__all__ = ["Corpora", "load_corpora", "load_corpus"]


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

    @property
    def splits(self) -> dict[SplitName, Corpus]:
        """The splits by name."""
        return {"train": self.train, "valid": self.valid, "test": self.test}

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of all splits, the same on every machine."""
        fingerprints = "".join(split.sha256 for split in self.splits.values())
        return hashlib.sha256(fingerprints.encode()).hexdigest()


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
        name=short_name(source),
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
    cache: CacheLike = "auto",
    processes: int | None = None,
    progress: Progress | None = None,
) -> Corpora:
    """Read a corpus, carve the splits that are not given, and encode everything.

    Large files are encoded once, block by block, and kept in a cache; the arrays of their splits
    are mapped from there, which takes hardly any memory or time however large they are. Whoever
    loads the same text with the same settings again finds it by its content. What comes of it is
    the same either way, down to the last id.

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
        cache: Where encoded text is kept. ``"auto"`` takes files of together 32 MB and more (8 MB
            gzipped) to ``UNVANISH_CACHE``, else ``~/.cache/unvanish``, and all else into memory; a
            folder takes everything there, what comes from Python too, which is first written to a
            file; ``None`` takes everything into memory. Tokens of a function are never cached.
        processes: How many encode text for the cache; ``None`` takes one a core, up to 8.
        progress: Told the share of that work that is done, 0 to 1; ``None`` logs it.

    Raises:
        UsageError: If a source cannot be read, is too small to carve from, has no sentence or
            word left, limits are given for a vocabulary that exists, or the cache cannot be
            written.

    Example:
        >>> corpora = load_corpora(["a cat sat", "a dog ran"], ["a cat ran"], ["a bird sat"])
        >>> len(corpora.vocabulary), corpora.test.report.unknown_words
        (9, 1)
    """
    if vocabulary is not None and (max_vocabulary is not None or min_count != 1):
        raise UsageError("a vocabulary was given; leave out max_vocabulary and min_count")
    given: dict[SplitName, Source | None] = {"train": train, "valid": valid, "test": test}
    plan = CorpusPlan(
        {split: source for split, source in given.items() if source is not None},
        Cutting(tokens_from(tokens), max_words, too_long),
        vocabulary,
        max_vocabulary,
        min_count,
    )
    folder = store_folder(plan, cache)
    if folder is None:
        splits = _in_memory(plan)
    else:
        splits = stored_splits(plan, folder, cache=cache, processes=processes, progress=progress)
    return Corpora(
        **splits,
        vocabulary=splits["train"].vocabulary,
        name=name or short_name(train),
        tokens=plan.cutting.tokens,
    )


def _in_memory(plan: CorpusPlan) -> dict[SplitName, Corpus]:
    """Read all sentences, and encode those of each split."""
    sentences, vocabulary, cutting = _read_splits(plan), plan.vocabulary, plan.cutting
    if vocabulary is None:
        words = _words(sentences["train"], cutting, plan.name("train"))
        vocabulary = Vocabulary.build(words, plan.max_vocabulary, plan.min_count)
    return {
        split: Corpus.from_sentences(
            sentences[split],
            vocabulary,
            tokens=cutting.tokens,
            max_words=cutting.max_words,
            too_long=cutting.too_long,
            name=plan.name(split),
        )
        for split in SPLITS
    }


def _read_splits(plan: CorpusPlan) -> dict[SplitName, list[Sentence]]:
    """Read what is given and carve what is not."""
    sentences = list(read_sentences(plan.sources["train"], keep_blank=True))
    splits: dict[SplitName, list[Sentence]] = {"train": sentences}
    if any(plan.shares.values()):
        carved = carve(sentences, plan.shares["valid"], plan.shares["test"])
        splits = {split: getattr(carved, split) for split in SPLITS}
    for split in SPLITS[1:]:
        if split in plan.sources:
            splits[split] = list(read_sentences(plan.sources[split], keep_blank=True))
    return splits


def _words(sentences: Iterable[Sentence], cutting: Cutting, name: str) -> Iterator[list[str]]:
    """Give the tokens that will be kept, of which there must be one."""
    empty = True
    for sentence in sentences:
        words = cutting.kept(cutting.words(sentence.text))
        if words:
            empty = False
            yield words
    if empty:
        raise nothing_to_learn_from(name, cutting.max_words)
