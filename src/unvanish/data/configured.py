"""The splits of a run, read as its settings say."""

from collections.abc import Mapping
from typing import Any

from ..config import DataConfig
from .loading import Corpora, load_corpora
from .reading import Source
from .store import Progress
from .synthetic import SyntheticText
from .tokens import TokensLike
from .vocabulary import Vocabulary

__all__ = ["read_corpora"]


def read_corpora(
    settings: DataConfig,
    sources: Mapping[str, Source],
    *,
    tokens: TokensLike | None = None,
    vocabulary: Vocabulary | None = None,
    progress: Progress | None = None,
) -> Corpora:
    """Read and encode the splits; the synthetic corpus where there are none.

    Args:
        settings: How text becomes tokens.
        sources: Paths or sentences by split, as ``read_sentences`` takes them: ``train``, and
            perhaps ``valid`` and ``test``.
        tokens: How to cut text, where the settings only name it (``"file"``, ``"callable"``).
        vocabulary: The words of a run that exists; the limits of the settings then do not count.
        progress: Told how far storing large text is, as ``load_corpora`` does.

    Raises:
        UsageError: If something cannot be read, or the tokens are not possible.

    Example:
        >>> read_corpora(DataConfig(), {}).name
        'synthetic'
        >>> splits = {split: ["a cat", "a dog sat"] for split in ("train", "valid", "test")}
        >>> len(read_corpora(DataConfig(max_words=2), splits).train)
        1
    """
    limits: dict[str, Any] = {"vocabulary": vocabulary}
    if vocabulary is None:
        limits = {"max_vocabulary": settings.max_vocabulary, "min_count": settings.min_count}
    return load_corpora(
        sources["train"] if sources else SyntheticText().sentences(),
        sources.get("valid"),
        sources.get("test"),
        tokens=settings.tokens if tokens is None else tokens,
        max_words=settings.max_words,
        too_long=settings.too_long,
        name=None if sources else "synthetic",
        progress=progress,
        **limits,
    )
