"""The training loop, for any model."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from .course import Course
from .parts import Batches, Updating, Validating, stretch
from .processes import fingerprint
from .reporter import Logger, Reporter
from .run_state import RunState
from .running_means import TokenBatch

__all__ = ["Trainer"]

BatchT = TypeVar("BatchT", bound=TokenBatch)


class Trainer(Generic[BatchT]):
    """Trains a model round after round, writes what happens to a run and has its state saved.

    It knows neither sentences nor dialogs: those are the batches', the updates' and the
    validation's.

    Args:
        course: How the run goes.
        batches: The training split, epoch after epoch.
        updates: How the parameters move.
        validation: What is measured after a round, and when that is enough.
        state: Keeps the state of the same updates and validation.
        reporter: Who is told.
        loggers: Who else takes the lines of the metrics.
    """

    def __init__(
        self,
        course: Course,
        batches: Batches[BatchT],
        updates: Updating[BatchT],
        validation: Validating,
        state: RunState,
        *,
        reporter: Reporter,
        loggers: Sequence[Logger] = (),
    ) -> None:
        self.course, self.timetable, self.batches = course, course.timetable, batches
        self.updates, self.validation, self.state = updates, validation, state
        self.reporter, self.loggers = reporter, loggers
        self.run, self.processes, self.progress = state.run, state.processes, state.progress

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return self.progress.stopped_early or self.progress.rounds == self.timetable.rounds

    def train(self) -> None:
        """Train from the present state to the end, validating after every round.

        Raises:
            UsageError: If the loss or a validation figure is no longer a finite number, or the
                state cannot be written.
            TrainingStopped: If SIGINT or SIGTERM came; the state is saved.
            ProcessLostError: If another process has gone.
        """
        progress, processes = self.progress, self.processes
        self.state.stop_together(any(processes.gather(self.state.is_asked)))
        while not self.finished:
            self._train_round()
            if processes.count > 1:
                processes.require_same(
                    {"parameters": fingerprint(self.updates.model)},
                    "let them run on machines of one kind",
                )
            progress.rounds, progress.stopped_early = processes.on_rank_zero(self._end_round)

    def _train_round(self) -> None:
        self.updates.model.train()
        progress, state = self.progress, self.state
        opened, seconds_before = time.perf_counter(), progress.seconds
        end = (progress.rounds + 1) * self.timetable.steps_per_round
        for batch in stretch(self.batches, progress.step, end):
            asked = self.updates.update(batch, progress.step, state.window, stop=state.is_asked)
            progress.step += 1
            progress.tokens += batch.n_tokens
            progress.seconds = seconds_before + max(0.0, time.perf_counter() - opened)
            self._after_step()
            state.stop_together(asked)

    def _after_step(self) -> None:
        """Write what is due after an optimizer step."""
        step, processes = self.progress.step, self.processes
        if self.timetable.logs(step):
            self.state.window.collect(processes)
            processes.on_rank_zero(self._log)
            self.state.window.reset()
        if self.timetable.cycle_ended(step) is not None:
            processes.on_rank_zero(self._save_cycle)
        if self.timetable.saves(step):
            self.state.window.collect(processes)
            processes.on_rank_zero(self.state.save)

    def _save_cycle(self) -> None:
        self.state.require_finite_parameters()
        cycle = self.timetable.cycle_ended(self.progress.step)
        self.run.save_model(self.updates.model, f"cycle-{cycle}")

    def _log(self) -> None:
        figures = self.state.window.means()
        self.state.require_finite(figures)
        figures["train/beta"] = self._beta
        figures["train/lr"] = self.updates.learning_rate
        self._write(figures)
        self.reporter.stepped(self.progress.step, figures)
        self._warn(self.validation.watch(figures["train/kl"], beta=self._beta))

    @property
    def _beta(self) -> float:
        """The weight that the KL had last."""
        return self.updates.objective.weights(self.progress.step - 1)["kl"]

    def _warn(self, warning: str | None) -> None:
        """Note an early warning and tell it, if there is one."""
        if warning is not None:
            self.run.append_metrics({**self.progress.place, "warning": warning})
            self.reporter.warned(f"step {self.progress.step}: {warning}")

    def _write(self, figures: Mapping[str, Any]) -> None:
        """Add a line to the metrics, and tell the loggers."""
        self.run.append_metrics({**self.progress.place, **figures})
        for logger in self.loggers:
            logger.log(_numbers(figures), step=self.progress.step)

    def _end_round(self) -> tuple[int, bool]:
        """Validate and save; give the rounds done and whether to stop early."""
        self._validate()
        self.state.save()
        return self.progress.rounds, self.progress.stopped_early

    def _validate(self) -> None:
        progress, n = self.progress, self.progress.rounds + 1
        found = self.validation.validate(n, beta=self._beta, between=self.state.stop_if_asked)
        measured = {**found.figures, **found.beside}
        self.state.require_finite(measured)
        self._write({f"valid/{name}": value for name, value in measured.items()})
        self._warn(found.warning)
        if found.keep is not None:
            found.keep()
        self.run.save_model(self.updates.model, "last")
        better = progress.end_round(found.figures)
        if better:
            self.run.save_model(self.updates.model, "best")
        progress.stopped_early = self.validation.ends(n, found.figures, better=better)
        self.reporter.evaluated(n, "valid", _numbers(found.figures))


def _numbers(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Leave lists out."""
    return {name: value for name, value in figures.items() if not isinstance(value, list)}
