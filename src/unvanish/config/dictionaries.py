"""Settings to plain dictionaries and back, strictly: nothing unknown, nothing of another type."""

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from ..schedules.validation import did_you_mean
from .components import Component
from .errors import UsageError

__all__ = ["departures", "from_dict", "override", "to_dict"]

T = TypeVar("T")


def to_dict(config: Any) -> dict[str, Any]:
    """Write settings as JSON-ready values; a part of a model carries its ``kind``.

    Args:
        config: Any settings dataclass.

    Example:
        >>> from unvanish.config import ObjectiveConfig
        >>> to_dict(ObjectiveConfig(beta="fu2019"))
        {'beta': 'fu2019', 'free_bits': 0.0, 'free_bits_form': 'dimension-batch'}
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


def departures(config: Any, *, within: str = "") -> dict[str, Any]:
    """Give the values that differ from the defaults, by the names that :func:`override` takes.

    Settings that come into being later do not change it, as long as nobody sets them.

    Args:
        config: Any settings dataclass whose fields all have defaults.
        within: Where these settings stand in a larger whole.

    Example:
        >>> from unvanish.config import Config, TrainingConfig
        >>> departures(Config(seed=3, training=TrainingConfig(epochs=4)))
        {'seed': 3, 'training.epochs': 4}
    """
    found: dict[str, Any] = {}
    usual = type(config)()
    for entry in dataclasses.fields(config):
        value, default = getattr(config, entry.name), getattr(usual, entry.name)
        name = within + entry.name
        if dataclasses.is_dataclass(value):
            if type(value) is not type(default):
                found[f"{name}.kind"] = value.kind  # type: ignore[union-attr]
            found |= departures(value, within=f"{name}.")
        elif value != default:
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


def from_dict(cls: type[T], plain: Mapping[str, Any], *, within: str = "") -> T:
    """Read settings back, checking every name and type.

    Args:
        cls: The settings dataclass to make.
        plain: Values by name; what is absent keeps its default.
        within: Where these settings stand in a larger whole; used in messages.

    Raises:
        UsageError: If a name is unknown or a value has another type or is out of range.
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
            raise UsageError(
                f"unknown setting {within + name!r}: {_known(cls, names, within, name)}"
            )
        if dataclasses.is_dataclass(kinds[name]):
            value = _inner(kinds[name], value, within + name)
        values[name] = value
    return cls(**values)


def _known(cls: type, names: list[str], within: str, name: str) -> str:
    """Say what there is in place of a setting that is not, perhaps in another kind of a part."""
    if issubclass(cls, Component):
        having = [kind for kind, other in cls.kinds.items() if name in _names_of(other)]
        if having:
            return f"{cls.family} {cls.kind!r} has none, {' and '.join(map(repr, having))} has"
    return did_you_mean(within + name, [within + entry for entry in names])


def _names_of(cls: type[Component]) -> list[str]:
    return [entry.name for entry in dataclasses.fields(cls)]


def _inner(kind: Any, value: Any, name: str) -> Any:
    """Read settings that stand inside others."""
    if not isinstance(value, Mapping):
        raise UsageError(f"{name}={value!r} is not possible: give a table of settings")
    return from_dict(kind, value, within=f"{name}.")


def override(config: T, changes: Mapping[str, Any]) -> T:
    """Copy settings with some values changed; a part that becomes of another kind does so first.

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
    kinds_first = sorted(changes.items(), key=lambda change: change[0].rpartition(".")[2] != "kind")
    for dotted, value in kinds_first:
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
