"""An attribute of somebody's model, by its dotted name."""

from typing import Any

__all__ = ["Attribute"]


class Attribute:
    """A number that a model reads, such as ``self.beta``.

    A float or integer is replaced; what can be filled, such as a tensor with one number, is filled
    in place, so that whoever holds it sees the change and ``torch.compile`` does not compile anew.

    Args:
        holder: The model.
        name: The attribute; dots lead to parts: ``"decoder.beta"``.

    Raises:
        AttributeError: If there is none of that name.

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
        self._holder = holder
        try:
            for part in path:
                self._holder = getattr(self._holder, part)
            getattr(self._holder, self._last)
        except AttributeError as error:
            raise AttributeError(
                f"{type(holder).__name__} has no attribute {name!r}: begin with "
                f"self.{self._last} = 0.0 in its __init__, multiply the KL with it in the loss, "
                "or name another attribute"
            ) from error

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
