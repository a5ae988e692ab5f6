"""Some lines of a text as a text of its own, for what is to be over within minutes."""

from collections.abc import Callable, Iterable
from pathlib import Path

from ...whole_files import whole_file

__all__ = ["part_of_text"]


def part_of_text(path: Path, folder: Path, choose: Callable[[int], Iterable[int]]) -> Path:
    """Write some lines of a text to a folder, in a file that is whole or is not there.

    A file that holds these very lines is left as it is; any other is replaced.

    Args:
        path: The text.
        folder: Where to; the file has the name of the text.
        choose: Gives the places of the lines, from 0, out of how many there are.

    Returns:
        The file.
    """
    every = path.read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(every[row] for row in choose(len(every))).encode()
    copy = folder / path.name
    if not copy.is_file() or copy.read_bytes() != text:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(copy) as partial:
            partial.write_bytes(text)
    return copy
