"""Schedules in an engine of PyTorch-Ignite."""

from ignite.engine import Engine, Events, State

from ..schedules import Schedule
from ..schedules.binding import bound_to
from ..schedules.schedule import check_schedule

__all__ = ["KLAnnealing"]


class KLAnnealing:
    """A value in an engine's state that follows a schedule: ``engine.state.beta``.

    It is written when an iteration starts, before the handlers attached later see it, and depends
    on ``engine.state.iteration`` alone, which ``engine.state_dict()`` and ``Checkpoint`` keep: a
    resumed run is exact. Nothing of the schedule is saved: a run that is resumed with another
    ``max_epochs`` is not told that the value jumps. Progress bars and loggers show it with
    ``state_attributes=["beta"]``.

    Args:
        schedule: The schedule. Without a length of its own it is bound to the run's, in optimizer
            updates.
        name: The attribute of the state.
        gradient_accumulation_steps: Iterations that make one update, as for ignite's
            ``create_supervised_trainer``; 1 by default.

    Raises:
        ValueError: If ``schedule`` is not a Schedule, the name is ignite's own, or the iterations
            are no whole number >= 1.
    """

    def __init__(
        self, schedule: Schedule, name: str = "beta", gradient_accumulation_steps: int = 1
    ) -> None:
        if hasattr(State(), name):
            raise ValueError(f"name must be another than {name!r}, which is ignite's own")
        if not isinstance(gradient_accumulation_steps, int) or gradient_accumulation_steps < 1:
            raise ValueError(
                "gradient_accumulation_steps must be a whole number >= 1, got "
                f"{gradient_accumulation_steps!r}"
            )
        self.schedule, self.name = check_schedule("schedule", schedule), name
        self.gradient_accumulation_steps = gradient_accumulation_steps

    def attach(self, engine: Engine) -> None:
        """Let an engine's state follow the schedule.

        Args:
            engine: The trainer.
        """
        engine.add_event_handler(Events.STARTED, self._start)
        engine.add_event_handler(Events.ITERATION_STARTED, self._begin)

    def _start(self, engine: Engine) -> None:
        total = _iterations(engine.state)
        self._bound = bound_to(
            self.schedule,
            None if total is None else max(total // self.gradient_accumulation_steps, 1),
            lambda: (
                "ignite does not know the length of this data: give the schedule its total_steps, "
                "or run() its epoch_length"
            ),
        )
        self._write(engine, engine.state.iteration)

    def _begin(self, engine: Engine) -> None:
        # Within an iteration ignite has counted it already.
        self._write(engine, engine.state.iteration - 1)

    def _write(self, engine: Engine, done: int) -> None:
        setattr(engine.state, self.name, self._bound(done // self.gradient_accumulation_steps))


def _iterations(state: State) -> int | None:
    if state.max_iters is not None:
        return int(state.max_iters)
    if state.max_epochs is None or state.epoch_length is None:
        return None
    return int(state.max_epochs * state.epoch_length)
