"""Schedules as plain values and as text: dictionaries, JSON and ``name:key=value,...``."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, is_dataclass
from dataclasses import fields as fields_of
from typing import Any

from .registry import lookup
from .validation import did_you_mean

__all__ = ["from_dict", "parse", "plain", "to_dict"]


def to_dict(schedule: Any) -> dict[str, Any]:
    """Return a schedule's name and fields as values JSON can hold."""
    values = {f.name: plain(getattr(schedule, f.name)) for f in _fields(type(schedule))}
    return {"name": _name(type(schedule)), **values}


def _name(schedule: type[Any]) -> str:
    """Return what a class is saved and read by; with a formula or fields of its own it needs one.

    Else it would be read again as another schedule.
    """
    own = next(kind for kind in schedule.__mro__ if {"name", "formula"} & set(vars(kind)))
    same_fields = "name" in vars(own) and len(_fields(own)) == len(_fields(schedule))
    if not same_fields:
        raise TypeError(
            f"{schedule.__qualname__} has no name to be saved and read by: write name = '...' in "
            "the class"
        )
    name: str = schedule.name
    return name


def from_dict(data: Any) -> Any:
    """Return the schedule that ``to_dict`` described; fields left out have their defaults."""
    if not isinstance(data, Mapping) or "name" not in data:
        raise ValueError(f"a schedule needs a dictionary with a 'name', got {data!r}")
    arguments = {key: _decode(value) for key, value in data.items() if key != "name"}
    return _build(lookup(data["name"]), arguments)


def parse(text: str) -> Any:
    """Return the schedule of ``name``, ``name:value,key=value,...`` or of a JSON object."""
    if not isinstance(text, str):
        raise ValueError(f"a schedule's text must be a string, got {text!r}")
    if text.lstrip().startswith("{"):
        return from_dict(_read_json(text))
    name, _, items = text.partition(":")
    try:
        schedule = lookup(name.strip())
    except ValueError as error:
        raise ValueError(f"{error} (unvanish.presets.schedule_from reads presets too)") from None
    return _build(schedule, _read_items(schedule, items))


def plain(value: Any) -> Any:
    """Return a value with the schedules in it as dictionaries and the tuples as lists."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return to_dict(value) if hasattr(value, "to_dict") else value


def _decode(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_decode(item) for item in value)
    return from_dict(value) if isinstance(value, Mapping) else value


def _build(schedule: type[Any], arguments: dict[str, Any]) -> Any:
    known = {f.name: f for f in _fields(schedule)}
    for key in arguments:
        if key not in known:
            raise ValueError(
                f"schedule {schedule.name!r} has no {key!r}: {did_you_mean(key, known)}"
            )
    for key, field in known.items():
        required = field.default is MISSING and field.default_factory is MISSING
        if required and key not in arguments:
            raise ValueError(f"schedule {schedule.name!r} needs {key!r}")
    return schedule(**arguments)


def _fields(schedule: type[Any]) -> list[Field[Any]]:
    if not is_dataclass(schedule):
        raise TypeError(
            f"{schedule.__qualname__} must be a dataclass to be saved and read: "
            "write @dataclass(frozen=True) above the class"
        )
    return [field for field in fields_of(schedule) if field.init]


def _read_json(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"a schedule in JSON cannot be read: {error}") from error


def _read_items(schedule: type[Any], items: str) -> dict[str, Any]:
    order = [f.name for f in _fields(schedule) if not f.kw_only]
    arguments: dict[str, Any] = {}
    named = False
    for place, item in enumerate(items.split(",") if items.strip() else ()):
        key, equals, value = (part.strip() for part in item.partition("="))
        named = named or bool(equals)
        if not equals and (named or place >= len(order)):
            raise ValueError(
                f"schedule {schedule.name!r} cannot place {key!r}: values without a name come "
                f"first and mean {', '.join(order)}"
            )
        key, value = (key, value) if equals else (order[place], key)
        if key in arguments:
            raise ValueError(f"schedule {schedule.name!r} is given {key!r} twice")
        arguments[key] = _read_value(value)
    return arguments


def _read_value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None if text.lower() == "none" else text
