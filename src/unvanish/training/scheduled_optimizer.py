"""An optimizer that keeps to the settings at every step: its learning rate and its clipping."""

from collections.abc import Iterable

from jaxtyping import Float
from torch import Tensor, nn

from ..config import OptimizerConfig
from ..schedules import Schedule
from .optimizers import build_optimizer, clip_and_step, learning_rate_factor

__all__ = ["ScheduledOptimizer"]


class ScheduledOptimizer:
    """Moves parameters by their gradients, step by step.

    Args:
        config: Name, learning rate and its schedule, clipping.
        parameters: What is moved.
        beta: The schedule whose cycles the learning rate may follow.
        total_steps: Optimizer steps of the run.
        steps_per_epoch: Optimizer steps of an epoch.

    Attributes:
        optimizer: Torch's own.
    """

    def __init__(
        self,
        config: OptimizerConfig,
        parameters: Iterable[nn.Parameter],
        beta: Schedule,
        *,
        total_steps: int,
        steps_per_epoch: int,
    ) -> None:
        self.optimizer = build_optimizer(config, parameters)
        self._config, self._steps_per_epoch = config, steps_per_epoch
        self._factor = learning_rate_factor(
            config, beta, total_steps=total_steps, steps_per_epoch=steps_per_epoch
        )

    @property
    def learning_rate(self) -> float:
        """The learning rate of the last step."""
        return float(self.optimizer.param_groups[0]["lr"])

    def begin(self, step: int) -> None:
        """Set the learning rate of a step and forget the gradients of the one before.

        Args:
            step: Optimizer steps done before.
        """
        by_epoch = self._config.interval == "epoch"
        read_at = step // self._steps_per_epoch * self._steps_per_epoch if by_epoch else step
        for group in self.optimizer.param_groups:
            group["lr"] = self._config.learning_rate * self._factor(read_at)
        self.optimizer.zero_grad()

    def clip_and_step(self) -> Float[Tensor, ""]:
        """Clip the gradients and move; give their norm before."""
        return clip_and_step(self.optimizer, self._config.gradient_clip)
