"""How one update is made from a batch, by name: settings here, code imported on first use.

A new way is one file in ``unvanish.inference`` and one dataclass here.
"""

from dataclasses import dataclass
from typing import ClassVar

from .components import Component
from .errors import require

__all__ = ["AmortizedConfig", "InferenceConfig", "SemiAmortizedConfig"]


@dataclass(frozen=True)
class InferenceConfig(Component):
    """How q(z|x) is found and what gradients are made of it."""

    family: ClassVar[str] = "inference"

    @property
    def needs_whole_batch(self) -> bool:
        """Whether an update is another one if its batch is worked through in parts."""
        return False

    @property
    def needs_encoder(self) -> bool:
        """Whether there must be a q(z|x) that depends on the sentence."""
        return False


@dataclass(frozen=True)
class AmortizedConfig(InferenceConfig):
    """The encoder's q(z|x) is used as it is."""

    kind: ClassVar[str] = "amortized"
    target: ClassVar[str] = "unvanish.inference.amortized:AmortizedInference"


@dataclass(frozen=True)
class SemiAmortizedConfig(InferenceConfig):
    """The encoder's q(z|x) is where a few steps of gradient descent begin, which refine it.

    Kim et al. (2018) as Fu et al. (2019) use it; everything measured of such a run, at beta = 1,
    is of the refined q(z|x). Each step follows the gradient of the batch's mean loss, so that of a
    sentence alone is as much smaller as there are sentences in a batch.

    Args:
        steps: How many.
        momentum: Share of a step that the next one keeps.
        step_size: What a step is multiplied by.
        clip: Largest norm of the gradient of all means of a batch, and of all log variances;
            ``None`` does not clip.
        second_order_clip: Largest norm of what goes back through a step to q(z|x) before it, means
            and log variances of a batch together, and of what the steps together add to the
            gradient of the parameters; ``None`` does not clip.
        difference: How far points lie apart whose gradients tell the curvature between them: the
            root mean square over means and log variances of a batch, for the last step.

    Raises:
        UsageError: If a value is outside its range.

    References:
        Kim et al., Semi-Amortized Variational Autoencoders, ICML 2018,
        https://arxiv.org/abs/1802.02550.
    """

    kind: ClassVar[str] = "semi-amortized"
    target: ClassVar[str] = "unvanish.inference.semi_amortized:SemiAmortizedInference"

    steps: int = 10
    momentum: float = 0.5
    step_size: float = 1.0
    clip: float | None = 5.0
    second_order_clip: float | None = 5.0
    difference: float = 1e-4

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.steps >= 0, "steps", self.steps, "give 0 or more")
        require(0 <= self.momentum < 1, "momentum", self.momentum, "give 0 to below 1")
        for name in ("step_size", "difference"):
            value = getattr(self, name)
            require(value > 0, name, value, "give a number above 0")
        for name in ("clip", "second_order_clip"):
            value = getattr(self, name)
            require(value is None or value > 0, name, value, "give a number above 0, or none")

    @property
    def needs_whole_batch(self) -> bool:
        """Norms are those of a whole batch."""
        return self.clip is not None or self.second_order_clip is not None

    @property
    def needs_encoder(self) -> bool:
        """There has to be something to refine."""
        return True
