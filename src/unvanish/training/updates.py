"""One update of the parameters for every batch, however it is cut and shared out."""

from functools import partial

from torch import Tensor

from ..config import Config
from ..data import Batch
from ..inference import BatchPart, InferenceStep
from ..models import TextVAE
from ..nn import KeyedNoise
from ..nn.precision import autocast
from ..objectives import elbo_objective
from .course import Course
from .processes import Processes
from .running_means import RunningMeans
from .scheduled_optimizer import ScheduledOptimizer

__all__ = ["Updates"]


class Updates:
    """Moves the parameters of a model, by the gradient of a whole batch each time.

    Args:
        config: Every setting.
        model: The model, on its device.
        course: How the run goes; a round is an epoch.
        processes: Who shares the batches.
        inference: How gradients are made from a batch; as the settings say when absent.

    Attributes:
        objective: What is minimised.
        optimizer: What moves the parameters.
    """

    def __init__(
        self,
        config: Config,
        model: TextVAE,
        course: Course,
        *,
        processes: Processes,
        inference: InferenceStep | None = None,
    ) -> None:
        self.config, self.model, self.processes = config, model, processes
        self.inference: InferenceStep = inference or config.inference.build()
        self.device = next(model.parameters()).device
        self.objective = elbo_objective(
            course.beta,
            free=config.objective.free_bits,
            form=config.objective.free_bits_form,
            all_reduce=None if processes.count == 1 else self._all_reduce,
        ).to(self.device)
        self._scheduled = ScheduledOptimizer(
            config.optimizer,
            model.parameters(),
            course.beta,
            total_steps=course.timetable.total_steps,
            steps_per_epoch=course.timetable.steps_per_round,
        )
        self.optimizer = self._scheduled.optimizer
        self._autocast = partial(autocast, course.place.precision, self.device)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the last update."""
        return self._scheduled.learning_rate

    def update(self, batch: Batch, step: int, window: RunningMeans, *, stop: bool) -> bool:
        """Move the parameters once.

        Args:
            batch: The whole batch, the same in every process.
            step: Optimizer steps done before.
            window: Takes in the losses of this process's share.
            stop: Whether this process was asked to stop.

        Returns:
            Whether any process was.

        Raises:
            ProcessLostError: If another one has gone.
        """
        self._scheduled.begin(step)
        self._work_through(batch, step, window)
        gradients = [each.grad for each in self.model.parameters() if each.grad is not None]
        stop = self.processes.all_reduce(gradients, raised=stop)
        norm = self._scheduled.clip_and_step()
        if self.processes.first:
            window.add_step(norm)
        return stop

    def _work_through(self, batch: Batch, step: int, window: RunningMeans) -> None:
        """Add the gradient of this process's share of a batch to the parameters' ``grad``."""
        share = batch.share(self.processes.rank, self.processes.count)
        # A process that has no share takes a sentence that counts nothing: all do the same.
        for part in (share or batch.share(0, len(batch))).split(self.config.training.accumulate):
            counted = len(part) if len(share) else 0
            noise = KeyedNoise.of(self.config.seed, step, part.indices, self.device)
            given = BatchPart(part.to(self.device), step, noise, counted / len(batch))
            loss = self.inference.gradients(self.model, self.objective, given, self._autocast())
            if counted:
                window.add(loss, part)

    def _all_reduce(self, numbers: Tensor) -> Tensor:
        self.processes.all_reduce([numbers])
        return numbers
