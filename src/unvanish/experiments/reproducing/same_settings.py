"""A run that is there is taken for what is asked for only if it is that."""

from pathlib import Path
from typing import Any

from ...config import UsageError, departures

__all__ = ["require_settings"]


def require_settings(folder: Path, there: Any, asked: Any) -> None:
    """Require that a run was trained with the settings that are asked for, but for its name.

    Args:
        folder: The run's.
        there: Its settings.
        asked: Those that are asked for.

    Raises:
        UsageError: If they differ.
    """
    one, two = ({**departures(each), "name": None} for each in (there, asked))
    differ = sorted(name for name in {*one, *two} if one.get(name) != two.get(name))
    if differ:
        raise UsageError(
            f"{folder} was trained with other settings ({', '.join(differ)}): give another --out, "
            "or remove it"
        )
