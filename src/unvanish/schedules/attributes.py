"""How the attributes of a schedule are shown, saved and kept from being changed."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Attributes"]


class _Storage:
    """Where the attributes are: the ``__dict__`` of every Python object."""


_attributes = vars(_Storage)["__dict__"].__get__


class Attributes(_Storage):
    """Attributes of a frozen dataclass that stay frozen in the hands of others."""

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """A copy of the attributes, in plain values.

        ``LambdaLR`` writes a state that it loads into the ``__dict__`` of its function, which
        would change a frozen schedule; and plain values load under ``weights_only=True``.
        """
        from .specification import plain

        return {key: plain(value) for key, value in _attributes(self).items()}

    def __getstate__(self) -> dict[str, Any]:
        return dict(_attributes(self))

    def __setstate__(self, state: dict[str, Any]) -> None:
        _attributes(self).update(state)

    def __repr__(self) -> str:
        if not is_dataclass(type(self)):
            return object.__repr__(self)
        shown = [
            f"{f.name}={getattr(self, f.name)!r}"
            for f in fields(self)  # type: ignore[arg-type]
            if f.init and not (f.kw_only and getattr(self, f.name) == f.default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"
