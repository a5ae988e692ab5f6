"""How one update is made from a batch, by name: settings here, code imported on first use.

A new way is one file in ``unvanish.inference`` and one dataclass here.
"""

from dataclasses import dataclass
from typing import ClassVar

from .components import Component

__all__ = ["AmortizedConfig", "InferenceConfig"]


@dataclass(frozen=True)
class InferenceConfig(Component):
    """How q(z|x) is found and what gradients are made of it."""

    family: ClassVar[str] = "inference"


@dataclass(frozen=True)
class AmortizedConfig(InferenceConfig):
    """The encoder's q(z|x) is used as it is."""

    kind: ClassVar[str] = "amortized"
    target: ClassVar[str] = "unvanish.inference.amortized:AmortizedInference"
