"""Files that are whole at every moment, with the standard library alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

__all__ = ["whole_file", "write_through"]


@contextmanager
def whole_file(path: Path, *, shared: bool = False) -> Iterator[Path]:
    """Write a file so that it is whole at every moment.

    Args:
        path: The file; it is replaced if it is there.
        shared: Whether others may write it at the same time, as no lock keeps them away. What each
            of them writes has a name of its own then, under which it stays if its process is
            killed. Otherwise what was left so is replaced the next time.

    Yields:
        What to write instead, which takes its place if nothing fails and is removed otherwise.
    """
    own = f".{token_hex(8)}" if shared else ""
    partial = path.with_name(f"{path.name}{own}.partial")
    try:
        yield partial
        write_through(partial)
        partial.replace(path)
    except BaseException:
        with suppress(OSError):  # what failed is to be told, not this
            partial.unlink()
        raise


def write_through(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
