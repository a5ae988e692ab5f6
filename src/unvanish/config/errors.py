"""The errors that a person who runs unvanish is meant to read."""

from collections.abc import Iterable

__all__ = ["UnfinishedError", "UsageError", "require", "told_in_a_line"]


class UsageError(ValueError):
    """Something the user gave cannot be used.

    The message is one line: what is wrong, with the value, and what to do about it.
    The command line prints it and exits with status 2; it is never raised for a defect of ours.

    Args:
        message: The line.
        listed: What a list below it holds, a line each, such as the files that are missing.
    """

    def __init__(self, message: str, listed: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.listed = tuple(listed)

    def __str__(self) -> str:
        return "\n  ".join((self.message, *self.listed))


class UnfinishedError(UsageError):
    """What was begun could not be brought to its end and is kept: the same command goes on."""


def told_in_a_line(error: OSError) -> str:
    """Say what the system refused, as a full disk does, and what to do about it."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}; make room or give another place to write to"


def require(condition: bool, name: str, value: object, allowed: str) -> None:
    """Refuse a setting outside its range, naming the setting, the value and the range.

    Raises:
        UsageError: If ``condition`` is false.
    """
    if not condition:
        raise UsageError(f"{name}={value!r} is not possible: {allowed}")
