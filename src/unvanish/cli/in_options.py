"""Messages about settings in the words of a command line."""

import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["in_options"]

_NOT_WITHIN = r"(?<![\w./:,'\"-])"
"""Settings stand alone in a message, and not in a path, a quoted schedule or a longer name."""


def in_options(message: str, words: Sequence[str], options: Iterable[Sequence[str]]) -> str:
    """Name options instead of the settings that they change.

    ``min_count=0`` becomes ``--min-count 0`` where that option was typed, not where the setting
    comes from a recipe or ``--set``; ``steps_per_epoch``, without a value, becomes the option of
    that name if the command has it.

    Args:
        message: What is wrong.
        words: The command line.
        options: Those of the command, each with all of its names.

    Example:
        >>> in_options("min_count=0 is not possible", ["--min-count=0"], [("--min-count",)])
        '--min-count 0 is not possible'
    """
    typed = {word.partition("=")[0] for word in words if word.startswith("-")}
    message, listing, offered = message.partition("choose from")  # names of something else
    for names in options:
        setting = max(names, key=len).lstrip("-").replace("-", "_")
        given = next((name for name in names if name in typed), None)
        if given is not None:
            for each in (setting, *_changed_by(setting)):
                if any(f".{each}=" in word for word in words):
                    continue  # it was set by its name too
                message = re.sub(rf"{_NOT_WITHIN}{each}=(?=\S)", f"{given} ", message)
        if "_" in setting:
            message = re.sub(rf"{_NOT_WITHIN}{setting}(?![\w./=:'\"-])", names[0], message)
    return message + listing + offered


def _changed_by(option: str) -> list[str]:
    """Give the names of the settings that an option with a name of its own changes."""
    from .configuring import SETTINGS

    settings: Mapping[str, list[str]] = {**SETTINGS, "beam": ["beam_size"]}
    names = (setting.rpartition(".")[2] for setting in settings.get(option, ()))
    return [name for name in names if "_" in name]
