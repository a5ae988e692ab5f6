"""Programs begun as they are typed, for what a copy cannot show."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["typed"]


@contextmanager
def typed(*words: object, **options: int) -> Iterator[subprocess.Popen[str]]:
    """Run ``python`` for as long as it is entered, and end it if it runs on.

    Args:
        words: What stands behind ``python``.
        options: Of :class:`subprocess.Popen`.
    """
    command = [sys.executable, *map(str, words)]
    with subprocess.Popen(command, text=True, **options) as program:
        try:
            yield program
        finally:
            program.kill()
