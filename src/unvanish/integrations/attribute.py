"""An attribute of somebody's model, by its dotted name."""

from numbers import Real
from typing import Any

__all__ = ["Attribute"]

WRAPPED = ("module", "_orig_mod", "_fsdp_wrapped_module", "base_model", "model")
"""Where wrappers (data parallel, compiled, sharded, adapted) keep the model they wrap."""


class Attribute:
    """A number that a model reads, such as ``self.beta``.

    A float or integer is replaced; a tensor of one number is filled in place, so that whoever
    holds it sees the change and ``torch.compile`` does not compile anew. A model inside wrappers is
    found: many forward what is read to it, but not what is written, and some neither.

    Args:
        holder: The model.
        name: The attribute; dots lead to parts: ``"decoder.beta"``.

    Raises:
        AttributeError: If there is none of that name, or only a wrapper not known here leads to it.
        TypeError: If it is no number (True, a string, a method, a part), or a tensor of whole
            numbers, of several, or one that an optimizer trains.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(decoder=SimpleNamespace(beta=0.0))
        >>> beta = Attribute(model, "decoder.beta")
        >>> beta.set(0.5)
        >>> model.decoder.beta
        0.5
    """

    def __init__(self, holder: Any, name: str) -> None:
        *path, self._last = name.split(".")
        part = holder
        try:
            for step in path:
                part = getattr(_answering(part, step), step)
            part = _answering(part, self._last)
            getattr(part, self._last)
        except AttributeError as error:
            where = "its __init__" if part is holder else f"the __init__ of {type(part).__name__}"
            raise AttributeError(
                f"{type(holder).__name__} has no attribute {name!r}: begin with "
                f"self.{self._last} = 0.0 in {where} and multiply the KL with it in the loss, "
                f"or name another attribute{_suggestion(holder, self._last)}"
            ) from error
        self._holder = _owner(part, self._last)
        _check(self._holder, self._last)

    def get(self) -> float:
        """Read the number."""
        return float(getattr(self._holder, self._last))

    def set(self, value: float) -> None:
        """Write the number."""
        current = getattr(self._holder, self._last)
        if hasattr(current, "fill_"):
            current.detach().fill_(value)
        else:
            setattr(self._holder, self._last, value)


def _answering(holder: Any, name: str) -> Any:
    """Go through torch's own wrappers, of which those of data parallel training forward nothing."""
    part = holder
    while not hasattr(part, name) and type(part).__module__.startswith("torch."):
        inside = (getattr(part, place, None) for place in WRAPPED)
        part = next((wrapped for wrapped in inside if wrapped is not None), None)
    return part if hasattr(part, name) else holder


def _owner(holder: Any, name: str) -> Any:
    """Go through wrappers to the object that has the attribute itself."""
    owner, seen = holder, 0
    while not _has_itself(owner, name) and seen < 10:
        inside = (getattr(owner, place, None) for place in WRAPPED)
        owner = next((part for part in inside if part is not None and hasattr(part, name)), None)
        seen += 1
        if owner is None or seen == 10:
            raise AttributeError(
                f"{type(holder).__name__} only forwards {name!r} when it is read, so that writing "
                f"it would change nothing: name the way to it, such as 'part.{name}', or give the "
                "model itself"
            )
    return owner


def _has_itself(holder: Any, name: str) -> bool:
    """Tell whether an attribute is the object's or its class's own, and not just forwarded."""
    places = (vars(holder) if hasattr(holder, "__dict__") else {}, *map(vars, type(holder).__mro__))
    registered = (getattr(holder, place, {}) for place in ("_buffers", "_parameters", "_modules"))
    return any(name in place for place in (*places, *registered))


def _suggestion(holder: Any, last: str) -> str:
    """Name a part of a module that has an attribute of that name."""
    if not hasattr(holder, "named_modules"):
        return ""
    parts = (name for name, part in holder.named_modules() if name and _has_itself(part, last))
    found = next(parts, None)
    return "" if found is None else f", perhaps {found}.{last}"


def _check(holder: Any, name: str) -> None:
    current, of = getattr(holder, name), f"{name} of {type(holder).__name__}"
    if not hasattr(current, "fill_"):
        if isinstance(current, bool) or not isinstance(current, Real):
            raise TypeError(
                f"{of} is {_in_words(current)}, which a schedule would overwrite with a number: "
                f"name an attribute that is one, or begin with self.{name} = 0.0"
            )
        return
    if current.numel() != 1 or not current.is_floating_point():
        raise TypeError(
            f"{name} is a tensor of shape {tuple(current.shape)} and type {current.dtype}: a "
            "schedule needs one floating-point number, torch.tensor(0.0)"
        )
    if current.requires_grad:
        raise TypeError(
            f"{of} has a gradient, so that an optimizer would write it as the schedule does: make "
            f"it self.register_buffer({name!r}, torch.tensor(0.0))"
        )


def _in_words(value: Any) -> str:
    """Show a value where that is short, and else say what it is."""
    shown = isinstance(value, bool | str | None) and len(repr(value)) < 40
    return repr(value) if shown else f"a {type(value).__name__}"
