"""Settings of the commands that write sentences."""

from ..config import Config

__all__ = ["longest"]


def longest(config: Config, max_words: int | None) -> int:
    """Give the number of words after which a sentence is stopped.

    Args:
        config: The settings of the run that writes.
        max_words: What the user asked for, if anything.

    Example:
        >>> longest(Config(), None), longest(Config(), 7)
        (200, 7)
    """
    if max_words is not None:
        return max_words
    return 100 if config.data.max_words is None else config.data.max_words
