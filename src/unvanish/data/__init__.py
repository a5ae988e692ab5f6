"""Text on disk to length-bucketed batches; torch is loaded with the first batch."""

from typing import TYPE_CHECKING, Any

from .corpus import Corpus, ReadingReport
from .loading import Corpora, load_corpora, load_corpus
from .reading import Sentence, Source, read_sentences
from .splits import Splits, carve
from .tokens import Tokenize, join_words, split_words
from .vocabulary import BOS, EOS, PAD, SYMBOLS, UNK, Vocabulary

if TYPE_CHECKING:
    from .batching import Batch, LengthBucketedBatches, collate

__all__ = [
    "BOS",
    "EOS",
    "PAD",
    "SYMBOLS",
    "UNK",
    "Batch",
    "Corpora",
    "Corpus",
    "LengthBucketedBatches",
    "ReadingReport",
    "Sentence",
    "Source",
    "Splits",
    "Tokenize",
    "Vocabulary",
    "carve",
    "collate",
    "join_words",
    "load_corpora",
    "load_corpus",
    "read_sentences",
    "split_words",
]


def __getattr__(name: str) -> Any:
    if name in ("Batch", "LengthBucketedBatches", "collate"):
        from . import batching

        return getattr(batching, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
