"""Settings check themselves, however they are made."""

import dataclasses
import math
import types
import typing
from dataclasses import dataclass
from typing import Any

from .errors import UsageError

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """A frozen dataclass whose values have the types it declares.

    Lists become tuples and whole numbers become floats where that is what the field holds.

    Raises:
        UsageError: If a value has another type, naming setting and value.

    Example:
        >>> @dataclass(frozen=True)
        ... class Example(Settings):
        ...     size: int = 3
        >>> Example(size="3")
        Traceback (most recent call last):
        unvanish.config.errors.UsageError: size='3' is not possible: give a value of type int
    """

    def __post_init__(self) -> None:
        for name, kind in _kinds(type(self)).items():
            object.__setattr__(self, name, _checked(kind, getattr(self, name), name))


def _kinds(cls: type[Settings]) -> dict[str, Any]:
    """Give the declared type of every field."""
    hints = typing.get_type_hints(cls)
    return {entry.name: hints[entry.name] for entry in dataclasses.fields(cls)}


def _checked(kind: Any, value: Any, name: str) -> Any:
    """Check one value against its declared type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _checked(next(a for a in arguments if a is not type(None)), value, name)
    if origin is typing.Literal:
        if value not in arguments:
            choices = ", ".join(repr(choice) for choice in arguments)
            raise UsageError(f"{name}={value!r} is not possible: give one of {choices}")
        return value
    if origin is tuple:
        return _checked_tuple(arguments, value, name)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UsageError(f"{name}={value!r} is not possible: give a value of type {kind.__name__}")
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{name}={value!r} is not possible: give a finite number")
    return value


def _checked_tuple(arguments: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    """Check a list element by element."""
    if not isinstance(value, list | tuple):
        raise UsageError(f"{name}={value!r} is not possible: give a list")
    kinds = arguments if arguments[-1] is not Ellipsis else arguments[:1] * len(value)
    if len(value) != len(kinds):
        raise UsageError(f"{name}={value!r} is not possible: give {len(kinds)} values")
    return tuple(_checked(kind, element, name) for kind, element in zip(kinds, value, strict=True))
