"""Text on disk to length-bucketed batches; torch is loaded with the first batch."""

from typing import TYPE_CHECKING, Any

from .configured import read_corpora
from .corpus import Corpus
from .loading import Corpora, load_corpora, load_corpus
from .reading import Sentence, Source, read_sentences
from .reading_report import ReadingReport
from .splits import Splits, carve
from .synthetic import SyntheticText
from .tokens import (
    WHITESPACE,
    CharacterTokens,
    FileTokens,
    FunctionTokens,
    RegexTokens,
    Tokens,
    TokensLike,
    WhitespaceTokens,
    restore_tokens,
    store_tokens,
    tokens_from,
)
from .vocabulary import BOS, EOS, PAD, SYMBOLS, UNK, Vocabulary
from .word_vectors import WordVectors, read_word_vectors

if TYPE_CHECKING:
    from .batching import Batch, LengthBucketedBatches, collate

__all__ = [
    "BOS",
    "EOS",
    "PAD",
    "SYMBOLS",
    "UNK",
    "WHITESPACE",
    "Batch",
    "CharacterTokens",
    "Corpora",
    "Corpus",
    "FileTokens",
    "FunctionTokens",
    "LengthBucketedBatches",
    "ReadingReport",
    "RegexTokens",
    "Sentence",
    "Source",
    "Splits",
    "SyntheticText",
    "Tokens",
    "TokensLike",
    "Vocabulary",
    "WhitespaceTokens",
    "WordVectors",
    "carve",
    "collate",
    "load_corpora",
    "load_corpus",
    "read_corpora",
    "read_sentences",
    "read_word_vectors",
    "restore_tokens",
    "store_tokens",
    "tokens_from",
]


def __getattr__(name: str) -> Any:
    if name in ("Batch", "LengthBucketedBatches", "collate"):
        from . import batching

        return getattr(batching, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
