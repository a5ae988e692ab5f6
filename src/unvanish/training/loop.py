"""The training loop."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from ..config import Config
from ..data import Corpus, LengthBucketedBatches
from ..evaluation import Evaluation, evaluate
from ..inference import InferenceStep, refinement_of
from ..models import TextVAE
from ..nn.precision import Precision
from ..runs import RecordFolder, Run
from ..schedules import Schedule
from .checkpoints import Checkpoint, Checkpoints
from .divergence import divergence, not_finite
from .early_stopping import EarlyStopping, settled_step
from .early_warning import EarlyWarning
from .interruption import Interruption
from .processes import Processes, fingerprint
from .reporter import Logger, Reporter
from .state import (
    all_finite,
    optimizer_state,
    prefixed,
    randomness,
    restore_optimizer,
    restore_randomness,
    under,
)
from .two_paths import two_paths
from .updates import Updates
from .window import Window

__all__ = ["Trainer"]


class Trainer:
    """Trains one model on one corpus, writes what happens to a run and saves its own state there.

    Args:
        config: Every setting.
        model: The model, on its device.
        batches: The training split, epoch after epoch.
        valid: The validation split.
        beta: The weight of the rate, bound to the run's length.
        run: Where metrics and parameters go.
        checkpoints: Where the state goes.
        environment: Versions and device, which go with the state.
        precision: Of the forward pass.
        reporter: Who is told.
        interruption: Notes the signals that ask to end, and is entered.
        processes: Who trains with this one; the first alone writes and tells.
        inference: How gradients are made from a batch.
        loggers: Who else takes the lines of the metrics.

    Attributes:
        step: Optimizer steps done.
        epoch: Epochs trained and validated.
        best: Validation figures of the epoch with the best elbo at beta = 1, and its number.
        stopped_early: Whether the run ended because nothing was gained any more.
    """

    def __init__(
        self,
        config: Config,
        model: TextVAE,
        batches: LengthBucketedBatches,
        valid: Corpus,
        *,
        beta: Schedule,
        run: Run,
        checkpoints: Checkpoints,
        environment: Mapping[str, Any],
        precision: Precision,
        reporter: Reporter,
        interruption: Interruption,
        processes: Processes | None = None,
        inference: InferenceStep | None = None,
        loggers: Sequence[Logger] = (),
    ) -> None:
        self.config, self.model, self.run, self.reporter = config, model, run, reporter
        self.batches, self.valid, self.checkpoints = batches, valid, checkpoints
        self.environment, self.loggers, self.interruption = environment, loggers, interruption
        self.processes, self.device = processes or Processes(), next(model.parameters()).device
        self._updates = Updates(
            config,
            model,
            beta,
            steps_per_epoch=len(batches),
            precision=precision,
            processes=self.processes,
            inference=inference,
        )
        self._warning = EarlyWarning(
            awake=not (config.model.is_language_model or config.model.is_autoencoder)
        )
        self._stopping = EarlyStopping(
            config.training.patience, settled_step(beta, self.total_steps)
        )
        self._window = Window()
        self._period = beta.cycle.period if beta.cycle else None
        self.step = self.epoch = 0
        self.best: dict[str, Any] = {}
        self.stopped_early = False
        self.seconds = 0.0
        self.tokens = 0

    @property
    def record(self) -> RecordFolder:
        """The run's folder."""
        return self.run

    @property
    def total_steps(self) -> int:
        """Optimizer steps of the whole run."""
        return self.config.training.epochs * len(self.batches)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return self.stopped_early or self.epoch == self.config.training.epochs

    def train(self) -> None:
        """Train from the present state to the end, validating after every epoch.

        Raises:
            UsageError: If the loss or a validation figure is no longer a finite number, or the
                state cannot be written.
            TrainingStopped: If SIGINT or SIGTERM came; the state is saved.
            ProcessLostError: If another process has gone.
        """
        self._stop_together(any(self.processes.gather(self._is_asked)))
        while not self.finished:
            self._train_epoch()
            if self.processes.count > 1:
                self.processes.require_same(
                    {"parameters": fingerprint(self.model)}, "let them run on machines of one kind"
                )
            self.epoch, self.stopped_early = self.processes.by_first(self._end_epoch)

    def evaluate(self, model: TextVAE, corpus: Corpus) -> Evaluation:
        """Evaluate a split at beta = 1, ready to be interrupted; only the first process does."""
        return evaluate(
            model,
            corpus,
            seed=self.config.seed,
            refinement=refinement_of(self.config),
            progress=lambda done: self.stop_if_asked(),
        )

    def _train_epoch(self) -> None:
        self.model.train()
        opened, seconds_before = time.perf_counter(), self.seconds
        first = self.step - self.epoch * len(self.batches)
        for batch in self.batches.epoch(self.epoch, start=first):
            asked = self._updates.update(batch, self.step, self._window, raised=self._is_asked)
            self.step += 1
            self.tokens += batch.n_tokens
            self.seconds = seconds_before + max(0.0, time.perf_counter() - opened)
            self._after_step(asked)

    def _after_step(self, asked: bool) -> None:
        """Write what is due after an optimizer step, and end if a process was asked to."""
        settings, ends_epoch = self.config.training, self.step % len(self.batches) == 0
        if self.step % settings.log_every == 0 or ends_epoch:
            self._window.collect(self.processes)
            self.processes.by_first(self._log)
            self._window = Window()
        if self._period and (self.step % self._period == 0 or self.step == self.total_steps):
            self.processes.by_first(self._save_cycle)
        if self.step % settings.checkpoint_every == 0 and not ends_epoch:
            self._window.collect(self.processes)
            self.processes.by_first(self._save)
        self._stop_together(asked)

    def _save_cycle(self) -> None:
        assert self._period is not None
        self._require_finite_parameters()
        self.run.save_model(self.model, f"cycle-{-(-self.step // self._period)}")

    def _log(self) -> None:
        figures = self._window.means()
        self.require_finite(figures)
        figures["train/beta"] = self._updates.objective.weights(self.step - 1)["kl"]
        figures["train/lr"] = self._updates.learning_rate
        self._write(figures)
        self.reporter.stepped(self.step, figures)
        kl, beta = figures["train/kl"], figures["train/beta"]
        self._warn(self._warning.observe_training(kl, beta=beta))

    def _warn(self, warning: str | None) -> None:
        """Note an early warning and tell it, if there is one."""
        if warning is not None:
            self.run.append_metrics({**self._place(), "warning": warning})
            self.reporter.warned(f"step {self.step}: {warning}")

    def _write(self, figures: Mapping[str, Any]) -> None:
        """Add a line to the metrics, and tell the loggers."""
        self.run.append_metrics({**self._place(), **figures})
        numbers = {name: value for name, value in figures.items() if not isinstance(value, list)}
        for logger in self.loggers:
            logger.log(numbers, step=self.step)

    def _place(self) -> dict[str, int]:
        return {"step": self.step, "epoch": self.epoch + 1}

    def _end_epoch(self) -> tuple[int, bool]:
        """Validate and save; give the epochs done and whether to stop early."""
        self._validate()
        self._save()
        return self.epoch, self.stopped_early

    def _validate(self) -> None:
        evaluation = self.evaluate(self.model, self.valid)
        figures = evaluation.summary()
        gaps = two_paths(self.config, self.model, self.valid, self.stop_if_asked)
        told = evaluation.information()
        measured = {**figures, **gaps, **({"information": told.low.value} if told else {})}
        self.require_finite(measured)
        self._write({f"valid/{name}": value for name, value in measured.items()})
        beta = self._updates.objective.weights(self.step - 1)["kl"]
        self._warn(self._warning.observe_validation(figures["kl"], told, beta=beta))
        self.run.save_latent(self.epoch + 1, evaluation)
        self.run.save_model(self.model, "last")
        better = not self.best or figures["elbo"] > self.best["elbo"]
        if better:
            self.best = {"epoch": self.epoch + 1, **figures}
            self.run.save_model(self.model, "best")
        begun = self.epoch * len(self.batches)
        self.epoch += 1
        self.stopped_early = self._stopping.observe(begun, better)
        numbers = {k: v for k, v in figures.items() if not isinstance(v, list)}
        self.reporter.evaluated(self.epoch, "valid", numbers)

    @property
    def _is_asked(self) -> bool:
        """Whether this process was asked to end."""
        return self.interruption.signal_number is not None

    def _stop_together(self, asked: bool) -> None:
        """End after a step if one of the processes was asked to, as all know."""
        if self.processes.count > 1:
            if not asked:
                return  # whoever was asked since then says so at the next step
            numbers = self.processes.gather(self.interruption.signal_number)
            self.interruption.signal_number = next(number for number in numbers if number)
            self._window.collect(self.processes)
        self.processes.by_first(self.stop_if_asked)

    def stop_if_asked(self) -> None:
        """Save the state and end, if a signal came; between steps, only the first process does.

        Raises:
            TrainingStopped: If it did.
        """
        self.interruption.answer(self._save)

    def require_finite(self, figures: Mapping[str, Any]) -> None:
        """Stop a run that has diverged, before its figures and parameters are written.

        Args:
            figures: Figures by name; lists are left to the sums that they belong to.

        Raises:
            UsageError: If a figure is not a finite number.
        """
        self._end_if(not_finite(figures))

    def _require_finite_parameters(self) -> None:
        self._end_if(None if all_finite(self.model) else "a parameter is not a finite number")

    def _end_if(self, diverged: str | None) -> None:
        if diverged is not None:
            begun = self.run.path if self.epoch else None
            kept = self.checkpoints.last_step
            raise divergence(diverged, step=self.step, kept=kept, run=begun)

    def _save(self) -> int:
        """Write the whole state, unless it is no longer good; give its step."""
        self._require_finite_parameters()
        with self.interruption.held():
            self.run.sync_metrics()
            self.checkpoints.save(Checkpoint(self.step, self._tensors(), self._facts()))
        return self.step

    def _tensors(self) -> dict[str, torch.Tensor]:
        """Give what of the state is tensors."""
        return {
            **prefixed("model", self.model.state_dict()),
            **prefixed("objective", self._updates.objective.state_dict()),
            **prefixed("optimizer", optimizer_state(self._updates.optimizer)),
            **prefixed("random", randomness(self.device)),
            **prefixed("window", self._window.tensors()),
        }

    def _facts(self) -> dict[str, Any]:
        """Give the rest of the state, as JSON has it."""
        return {
            "epoch": self.epoch,
            "best": self.best,
            "stopped_early": self.stopped_early,
            "waited": self._stopping.waited,
            "seconds": self.seconds,
            "tokens": self.tokens,
            "warning": self._warning.state(),
            "window": self._window.facts(),
            "metrics_size": self.run.metrics_size,
            "environment": dict(self.environment),
        }

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a saved state; what the metrics say of later steps is cut off.

        Args:
            checkpoint: A checkpoint of this run.
        """
        tensors, facts = checkpoint.tensors, checkpoint.facts
        self.model.load_state_dict(under("model", tensors))
        self._updates.objective.load_state_dict(under("objective", tensors))
        restore_optimizer(self._updates.optimizer, under("optimizer", tensors))
        restore_randomness(self.device, under("random", tensors))
        window = {name: value.to(self.device) for name, value in under("window", tensors).items()}
        if self.processes.first:
            self._window = Window.restored(window, facts["window"])
        self.step, self.epoch = checkpoint.step, facts["epoch"]
        self.best, self.stopped_early = facts["best"], facts["stopped_early"]
        self.seconds, self.tokens = facts["seconds"], facts["tokens"]
        self._stopping.waited = facts["waited"]
        self._warning.restore(facts["warning"])
        self.processes.by_first(lambda: self.run.cut_metrics(facts["metrics_size"]))
