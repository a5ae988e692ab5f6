"""Other processes as Linux shows them; each may end while it is looked at."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["children", "gone", "is_stopped", "is_worker", "open_files"]

GONE = (FileNotFoundError, ProcessLookupError)


def children(process: int) -> list[int]:
    """Give the processes that one has begun.

    Args:
        process: Its id.
    """
    found: list[int] = []
    with suppress(*GONE):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(*GONE):
                found += map(int, (thread / "children").read_text().split())
    return found


def gone(process: int) -> bool:
    """Tell whether a process has ended, also where nobody has asked how."""
    return _state(process) in ("", "Z")


def is_stopped(process: int) -> bool:
    """Tell whether a process has obeyed SIGSTOP."""
    return _state(process) == "T"


def is_worker(process: int) -> bool:
    """Tell whether multiprocessing has begun it."""
    with suppress(*GONE):
        return "spawn_main" in Path(f"/proc/{process}/cmdline").read_text()
    return False


def open_files(process: int) -> Iterator[Path]:
    """Give the files that a process has open."""
    with suppress(*GONE):
        for link in Path(f"/proc/{process}/fd").iterdir():
            with suppress(*GONE):
                yield link.readlink()


def _state(process: int) -> str:
    """Give the letter that ``ps`` shows, nothing for a process that is no more."""
    with suppress(*GONE):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return ""
