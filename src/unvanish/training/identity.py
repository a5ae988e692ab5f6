"""Which run it is: what tells it from all others, and what differs from another."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import Config, DialogConfig, UsageError, departures, to_dict

__all__ = ["differences", "identity", "require_same_settings"]


def identity(config: Config | DialogConfig, *read: object) -> str:
    """Tell runs apart by everything that their numbers depend on.

    Of the settings those count that are not the default, so that a run begun before a setting came
    into being can be gone on with.

    Args:
        config: Every setting; the name does not count.
        read: What else is read: the fingerprint of a corpus, of word vectors, as ``str`` has it.
    """
    settings = json.dumps({**departures(config), "name": None}, sort_keys=True)
    text = " ".join([settings, *map(str, read)])
    return hashlib.sha256(text.encode()).hexdigest()


def require_same_settings(
    path: Path, begun: Config | DialogConfig, given: Config | DialogConfig, advice: str
) -> None:
    """Refuse to go on with a run with other settings than it was begun with.

    Args:
        path: Its folder.
        begun: The settings it was begun with.
        given: Those it is to go on with.
        advice: What to do about it.

    Raises:
        UsageError: If one differs.
    """
    different = differences(to_dict(begun), to_dict(given))
    if different:
        raise UsageError(
            f"{path} was begun with other settings ({'; '.join(different)}): give the same, or "
            f"{advice}"
        )


def differences(before: Mapping[str, Any], now: Mapping[str, Any], within: str = "") -> list[str]:
    """Name the settings that differ, with both values.

    Args:
        before: Settings as :func:`unvanish.config.to_dict` gives them.
        now: Others.
        within: Where they stand in a larger whole.
    """
    found: list[str] = []
    for name in before.keys() | now.keys():
        old, new = before.get(name), now.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found += differences(old, new, f"{within}{name}.")
        elif old != new and within + name != "name":
            found.append(f"{within}{name}: {old!r}, now {new!r}")
    return sorted(found)
