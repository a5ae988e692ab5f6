"""Settings to plain dictionaries and back, strictly: nothing unknown, nothing of another type."""

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from .components import Component
from .errors import UsageError

__all__ = ["from_dict", "override", "to_dict"]

T = TypeVar("T")


def to_dict(config: Any) -> dict[str, Any]:
    """Write settings as JSON-ready values; a part of a model carries its ``kind``.

    Args:
        config: Any settings dataclass.

    Example:
        >>> from unvanish.config import DataConfig
        >>> to_dict(DataConfig(min_count=2))
        {'max_vocabulary': None, 'min_count': 2, 'max_words': 200}
    """
    plain: dict[str, Any] = {"kind": config.kind} if isinstance(config, Component) else {}
    for entry in dataclasses.fields(config):
        value = getattr(config, entry.name)
        if dataclasses.is_dataclass(value):
            value = to_dict(value)
        elif isinstance(value, tuple):
            value = list(value)
        plain[entry.name] = value
    return plain


def from_dict(cls: type[T], plain: Mapping[str, Any], *, within: str = "") -> T:
    """Read settings back, checking every name and type.

    Args:
        cls: The settings dataclass to make.
        plain: Values by name; what is absent keeps its default.
        within: Where these settings stand in a larger whole; used in messages.

    Raises:
        UsageError: If a name is unknown or a value has another type, naming both.
    """
    plain = dict(plain)
    if issubclass(cls, Component) and Component in cls.__bases__:
        cls = cls.of_kind(str(plain.pop("kind", next(iter(cls.kinds)))))
    elif issubclass(cls, Component):
        plain.pop("kind", None)
    kinds = typing.get_type_hints(cls)
    names = [entry.name for entry in dataclasses.fields(cls)]  # type: ignore[arg-type]
    values = {}
    for name, value in plain.items():
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {within + close[0]!r}?" if close else f"known: {', '.join(names)}"
            raise UsageError(f"unknown setting {within + name!r}; {hint}")
        values[name] = _read(kinds[name], value, within + name)
    return cls(**values)


def override(config: T, changes: Mapping[str, Any]) -> T:
    """Copy settings with some values changed.

    Args:
        config: The settings to start from.
        changes: New values by dotted name, as ``{"optimizer.learning_rate": 0.01}``.

    Raises:
        UsageError: If a name is unknown or a value has another type.

    Example:
        >>> from unvanish.config import Config
        >>> override(Config(), {"training.epochs": 3}).training.epochs
        3
    """
    plain = to_dict(config)
    for dotted, value in changes.items():
        *path, last = dotted.split(".")
        inner = plain
        for depth, name in enumerate(path):
            inner = inner.get(name)  # type: ignore[assignment]
            if not isinstance(inner, dict):
                raise UsageError(f"unknown setting {'.'.join(path[: depth + 1])!r} in {dotted!r}")
        if last == "kind" and inner.get("kind") != value:
            inner.clear()
        inner[last] = value
    return from_dict(type(config), plain)


def _read(kind: Any, value: Any, name: str) -> Any:
    """Check one value against its annotation, converting lists to tuples and ints to floats."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise UsageError(f"{name}={value!r} is not possible: give a table of settings")
        return from_dict(typing.cast("type[Any]", kind), value, within=f"{name}.")
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return _read(next(a for a in arguments if a is not type(None)), value, name)
    if origin is typing.Literal:
        if value not in arguments:
            raise UsageError(f"{name}={value!r} is not possible: give one of {_listed(arguments)}")
        return value
    if origin is tuple:
        return _read_tuple(arguments, value, name)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{name}={value!r} is not possible: give a finite number")
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UsageError(f"{name}={value!r} is not possible: give a value of type {kind.__name__}")
    return value


def _read_tuple(arguments: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    """Check a list element by element."""
    if not isinstance(value, list | tuple):
        raise UsageError(f"{name}={value!r} is not possible: give a list")
    if arguments[-1] is Ellipsis:
        return tuple(_read(arguments[0], element, name) for element in value)
    if len(value) != len(arguments):
        raise UsageError(f"{name}={value!r} is not possible: give {len(arguments)} values")
    return tuple(_read(kind, element, name) for kind, element in zip(arguments, value, strict=True))


def _listed(values: tuple[Any, ...]) -> str:
    return ", ".join(repr(value) for value in values)
