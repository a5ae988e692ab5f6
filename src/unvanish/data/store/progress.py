"""What is told while a text is stored."""

import logging
import time
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["LoggedProgress", "Progress", "logger"]

Progress: TypeAlias = Callable[[float], None]
"""Told the share that is done, from 0 to 1."""

logger = logging.getLogger("unvanish")


class LoggedProgress:
    """Writes the share that is done to the ``unvanish`` logger, now and then.

    Args:
        every: Seconds between two lines.
    """

    def __init__(self, every: float = 10.0) -> None:
        self.every = every
        self._last = time.monotonic()

    def __call__(self, share: float) -> None:
        """Take note of the share."""
        now = time.monotonic()
        if now - self._last >= self.every:
            self._last = now
            logger.info("storing the text: %.0f %%", 100 * share)
