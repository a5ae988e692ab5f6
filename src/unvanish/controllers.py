"""Weights that are steered by what is observed, where a schedule only knows the step.

A controller has a ``value`` for the update about to be made and takes in, once after every
optimizer step, what was observed.
"""

import math
from collections.abc import Mapping

from .schedules.endings import warn_caller
from .schedules.validation import finite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["SoftFreeBits"]


class SoftFreeBits:
    r"""The weight of the rate that keeps it near a target: soft free bits.

    After an update whose KL was above the target the weight grows by a factor, otherwise it shrinks
    by as much:

    .. math:: \gamma \leftarrow \gamma \, (1 + \epsilon) \text{ if } \mathrm{kl} > \text{target},
              \text{ else } \gamma \, (1 - \epsilon)

    Args:
        target: KL in nats per sentence to stay near.
        rate: Epsilon, the relative change of one update.
        low: The least weight.
        high: The greatest weight: 1 (default) never asks more than the ELBO does.
        value: The first weight.

    Raises:
        ValueError: If a number is out of its range.

    References:
        Chen et al., Variational Lossy Autoencoder, ICLR 2017, https://arxiv.org/abs/1611.02731.

    Example:
        >>> gamma = SoftFreeBits(target=5.0, rate=0.1)
        >>> for kl in (4.0, 3.0, 6.0):
        ...     gamma.update(kl)
        >>> round(gamma.value, 3)
        0.891
    """

    def __init__(
        self,
        target: float,
        rate: float = 0.01,
        *,
        low: float = 1e-4,
        high: float = 1.0,
        value: float = 1.0,
    ) -> None:
        if not (math.isfinite(target) and target > 0):
            raise ValueError(f"target={target!r}: give nats above 0")
        if not 0 < rate < 1:
            raise ValueError(f"rate={rate!r}: give a number between 0 and 1")
        if not 0 < low <= value <= high < math.inf:
            raise ValueError(
                f"low={low!r}, value={value!r}, high={high!r}: give 0 < low <= value <= high"
            )
        self.target, self.rate, self.low, self.high = target, rate, low, high
        self.value = value

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        shown = ("target", "rate", "low", "high", "value")
        return f"{type(self).__name__}({', '.join(f'{k}={getattr(self, k)!r}' for k in shown)})"

    def update(self, kl: "float | Any") -> None:
        """Take in the KL of an update.

        Args:
            kl: Its mean over the batch, in nats per sentence: a number or a tensor of one.

        Raises:
            ValueError: If it is no finite number.
        """
        kl = finite("kl", kl.detach() if hasattr(kl, "detach") else kl)
        factor = 1 + self.rate if kl > self.target else 1 - self.rate
        self.value = min(max(self.value * factor, self.low), self.high)

    def state_dict(self) -> "dict[str, Any]":
        """Return the state as plain values, which ``torch.load(weights_only=True)`` reads."""
        return {"value": self.value, "target": self.target, "rate": self.rate}

    def load_state_dict(self, state_dict: "Mapping[str, Any]") -> None:
        """Continue where a state was saved.

        This object keeps its own target, rate and bounds, between which the value is brought; a
        ``ScheduleWarning`` names a target or a rate that was saved and is another.

        Args:
            state_dict: What ``state_dict()`` returned.

        Raises:
            ValueError: It is no such state.
        """
        if not isinstance(state_dict, Mapping) or "value" not in state_dict:
            raise ValueError(f"a controller's state holds 'value', got {state_dict!r}")
        value = finite("value", state_dict["value"])
        if value <= 0:
            raise ValueError(f"value must be above 0, got {value!r}")
        own = {"target": self.target, "rate": self.rate}
        differing = [
            f"{name} saved {state_dict[name]!r}, used {used!r}"
            for name, used in own.items()
            if state_dict.get(name, used) != used
        ]
        if differing:
            warn_caller(f"the saved controller differs and is not used: {', '.join(differing)}")
        self.value = min(max(value, self.low), self.high)
