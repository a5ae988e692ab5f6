"""The errors that a person who runs unvanish is meant to read."""

__all__ = ["UnfinishedError", "UsageError", "require"]


class UsageError(ValueError):
    """Something the user gave cannot be used.

    The message is one line: what is wrong, with the value, and what to do about it.
    The command line prints it and exits with status 2; it is never raised for a defect of ours.
    """


class UnfinishedError(UsageError):
    """What was begun could not be brought to its end and is kept: the same command goes on."""


def require(condition: bool, name: str, value: object, allowed: str) -> None:
    """Refuse a setting outside its range, naming the setting, the value and the range.

    Raises:
        UsageError: If ``condition`` is false.
    """
    if not condition:
        raise UsageError(f"{name}={value!r} is not possible: {allowed}")
