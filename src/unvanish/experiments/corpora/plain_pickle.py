"""Pickles of plain values, read without running anything that is in them."""

import io
import pickle
from pathlib import Path
from typing import Any, NoReturn

from ...config import UsageError

__all__ = ["read_plain_pickle"]

_ENCODINGS = ("utf-8", "latin-1")
"""Of the byte strings of Python 2, which say none; every byte is a letter in the second."""


def read_plain_pickle(path: Path) -> Any:
    """Read a pickle of Python 2 or 3 that holds containers, text and numbers, and nothing else.

    Args:
        path: The file.

    Raises:
        UsageError: If it wants more than that, or is damaged.
    """
    raw = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return _PlainUnpickler(raw, path, encoding).load()
        except UnicodeDecodeError:
            continue
        except UsageError:
            raise
        except Exception as error:  # damage may look like anything
            why = " ".join(str(error).split())
            raise UsageError(f"{path} is not an intact pickle ({why}); download it again") from None
    raise UsageError(f"{path} is not an intact pickle (no UTF-8); download it again")


class _PlainUnpickler(pickle.Unpickler):
    """Refuses every name that a pickle wants imported: only those let it run something."""

    def __init__(self, raw: bytes, path: Path, encoding: str) -> None:
        super().__init__(io.BytesIO(raw), encoding=encoding)
        self._path = path

    def find_class(self, module: str, name: str, /) -> NoReturn:
        raise UsageError(
            f"{self._path} wants {module}.{name} and is refused: dialogs are containers, text and "
            "numbers, and a pickle that wants more could run anything; download the published one"
        )
