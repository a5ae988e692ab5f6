"""The names under which schedules are saved and parsed."""

from __future__ import annotations

from .validation import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["lookup", "names", "register"]

_SCHEDULES: dict[str, type[Any]] = {}


def register(name: str, schedule: type[Any]) -> None:
    """Give a class of schedules its name.

    A class may be defined again under its name (a notebook cell run twice); another class may not.
    """
    known = _SCHEDULES.get(name)
    same = known is not None and (known.__module__, known.__qualname__) == (
        schedule.__module__,
        schedule.__qualname__,
    )
    if known is not None and not same:
        raise ValueError(f"name {name!r} is taken by {known.__module__}.{known.__qualname__}")
    _SCHEDULES[name] = schedule


def lookup(name: Any) -> type[Any]:
    """Return the class of a name."""
    if not isinstance(name, str) or name not in _SCHEDULES:
        raise ValueError(f"unknown schedule {name!r}: {did_you_mean(name, _SCHEDULES)}")
    return _SCHEDULES[name]


def names() -> tuple[str, ...]:
    """Return all names, sorted."""
    return tuple(sorted(_SCHEDULES))
