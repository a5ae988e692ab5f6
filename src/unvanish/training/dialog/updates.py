"""One update of the parameters of a dialog model for every batch."""

from ...config import DialogConfig
from ...data.dialogs import DialogBatch
from ...models import DialogCVAE
from ...nn import KeyedNoise
from ...nn.precision import autocast
from ...objectives import Objective
from ..course import Course
from ..running_means import RunningMeans
from ..scheduled_optimizer import ScheduledOptimizer

__all__ = ["DialogUpdates"]


class DialogUpdates:
    """Moves the parameters of a dialog model and of its objective.

    Args:
        config: Every setting.
        model: The model, on its device.
        objective: What is minimised, on the same device.
        course: How the longest run goes.
        steps_per_epoch: Batches of an epoch.

    Attributes:
        optimizer: What moves the parameters.
    """

    def __init__(
        self,
        config: DialogConfig,
        model: DialogCVAE,
        objective: Objective,
        course: Course,
        *,
        steps_per_epoch: int,
    ) -> None:
        self.config, self.model, self.objective = config, model, objective
        self.precision, self.device = course.place.precision, next(model.parameters()).device
        self._scheduled = ScheduledOptimizer(
            config.optimizer,
            [*model.parameters(), *objective.parameters()],
            course.beta,
            total_steps=course.timetable.total_steps,
            steps_per_epoch=steps_per_epoch,
        )
        self.optimizer = self._scheduled.optimizer

    @property
    def learning_rate(self) -> float:
        """The learning rate of the last update."""
        return self._scheduled.learning_rate

    def update(self, batch: DialogBatch, step: int, window: RunningMeans, *, stop: bool) -> bool:
        """Move the parameters once; see :meth:`Updating.update`."""
        self._scheduled.begin(step)
        noise = KeyedNoise.of(self.config.seed, step, batch.indices, self.device)
        with autocast(self.precision, self.device):
            z = noise.normal("z", self.config.model.latent_size)
            loss = self.objective(self.model(batch.to(self.device), z), step)
        loss.total.backward()
        window.add(loss, batch)
        window.add_step(self._scheduled.clip_and_step())
        return stop
