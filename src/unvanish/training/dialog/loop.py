"""The loop over windows of dialogs."""

import time
from collections.abc import Mapping
from typing import Any

import torch

from ...config import DialogConfig
from ...data.dialogs import DialogBatch, DialogBatches
from ...evaluation.dialog import DialogEvaluation, evaluate_dialogs
from ...models import DialogCVAE
from ...nn import KeyedNoise
from ...nn.precision import Precision, autocast
from ...objectives import Objective
from ...runs import DialogRun, RecordFolder
from ...schedules import Schedule
from ..checkpoints import Checkpoint, Checkpoints
from ..divergence import divergence, not_finite
from ..interruption import Interruption
from ..optimizers import build_optimizer, learning_rate_factor, move
from ..processes import Processes
from ..reporter import Reporter
from ..state import (
    all_finite,
    optimizer_state,
    prefixed,
    randomness,
    restore_optimizer,
    restore_randomness,
    under,
)
from ..window import Window
from .patience import GrowingPatience

__all__ = ["DialogTrainer", "steps_per_round"]


def steps_per_round(config: DialogConfig, batches: DialogBatches) -> int:
    """Give the optimizer steps between two validations.

    Args:
        config: Every setting.
        batches: The training split.
    """
    return max(1, len(batches) // config.training.rounds_per_epoch)


class DialogTrainer:
    """Trains one model on dialogs, writes what happens to a run and saves its own state there.

    Args:
        config: Every setting.
        model: The model, on its device.
        objective: What is minimised, on the same device.
        batches: The training split.
        valid: The validation split.
        beta: The weight of the rate, bound to the run's length.
        run: Where metrics and parameters go.
        checkpoints: Where the state goes.
        environment: Versions and device, which go with the state.
        precision: Of the forward pass.
        reporter: Who is told.
        interruption: Notes the signals that ask to end, and is entered.

    Attributes:
        step: Optimizer steps done.
        round: Rounds trained and validated.
        best: Validation figures of the round with the best elbo at beta = 1, and its number.
        stopped_early: Whether patience ended the run.
    """

    def __init__(
        self,
        config: DialogConfig,
        model: DialogCVAE,
        objective: Objective,
        batches: DialogBatches,
        valid: DialogBatches,
        *,
        beta: Schedule,
        run: DialogRun,
        checkpoints: Checkpoints,
        environment: Mapping[str, Any],
        precision: Precision,
        reporter: Reporter,
        interruption: Interruption,
    ) -> None:
        self.config, self.model, self.objective, self.run = config, model, objective, run
        self.batches, self.valid, self.checkpoints = batches, valid, checkpoints
        self.environment, self.reporter = environment, reporter
        self.interruption, self.precision = interruption, precision
        self.processes, self.device = Processes(), next(model.parameters()).device
        self.steps_per_round = steps_per_round(config, batches)
        parameters = [*model.parameters(), *objective.parameters()]
        self._optimizer = build_optimizer(config.optimizer, parameters)
        self._factor = learning_rate_factor(
            config.optimizer, beta, total_steps=self.total_steps, steps_per_epoch=len(batches)
        )
        self._patience = GrowingPatience(config.training.patience, config.training.improvement)
        self._window = Window()
        self.step = self.round = self.tokens = 0
        self.best: dict[str, Any] = {}
        self.stopped_early, self.seconds = False, 0.0

    @property
    def record(self) -> RecordFolder:
        """The run's folder."""
        return self.run

    @property
    def total_steps(self) -> int:
        """Optimizer steps of the longest run."""
        return self.config.training.rounds * self.steps_per_round

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return self.stopped_early or self.round == self.config.training.rounds

    def train(self) -> None:
        """Train from the present state to the end, validating after every round.

        Raises:
            UsageError: If the loss or a validation figure is no longer a finite number, or the
                state cannot be written.
            TrainingStopped: If SIGINT or SIGTERM came; the state is saved.
        """
        self.stop_if_asked()
        while not self.finished:
            self._train_round()
            self._validate()
            self._save()

    def evaluate(self, model: DialogCVAE, batches: DialogBatches) -> DialogEvaluation:
        """Evaluate a split at beta = 1, ready to be interrupted.

        Args:
            model: The model.
            batches: The split.
        """
        return evaluate_dialogs(
            model, batches, seed=self.config.seed, progress=lambda done: self.stop_if_asked()
        )

    def _train_round(self) -> None:
        self.model.train()
        opened, before = time.perf_counter(), self.seconds
        end = (self.round + 1) * self.steps_per_round
        while self.step < end:
            epoch, first = divmod(self.step, len(self.batches))
            for batch in self.batches.epoch(epoch, start=first):
                self._update(batch)
                self.seconds = before + max(0.0, time.perf_counter() - opened)
                self._after_step()
                if self.step == end:
                    break

    def _update(self, batch: DialogBatch) -> None:
        """Move the parameters once."""
        for group in self._optimizer.param_groups:
            group["lr"] = self.config.optimizer.learning_rate * self._factor(self.step)
        self._optimizer.zero_grad()
        noise = KeyedNoise.of(self.config.seed, self.step, batch.indices, self.device)
        with autocast(self.precision, self.device):
            made = self.model(
                batch.to(self.device), noise.normal("z", self.config.model.latent_size)
            )
            loss = self.objective(made, self.step)
        loss.total.backward()
        norm = move(self._optimizer, self.config.optimizer.gradient_clip)
        self._window.add(loss, batch)
        self._window.add_step(norm)
        self.step += 1
        self.tokens += batch.n_tokens

    def _after_step(self) -> None:
        settings, ends = self.config.training, self.step % self.steps_per_round == 0
        if self.step % settings.log_every == 0 or ends:
            self._log()
            self._window = Window()
        if self.step % settings.checkpoint_every == 0 and not ends:
            self._save()
        self.stop_if_asked()

    def _log(self) -> None:
        figures = self._window.means()
        self.require_finite(figures)
        figures["train/beta"] = self.objective.weights(self.step - 1)["kl"]
        figures["train/lr"] = float(self._optimizer.param_groups[0]["lr"])
        self.run.append_metrics({**self._place(), **figures})
        self.reporter.stepped(self.step, figures)

    def _place(self) -> dict[str, int]:
        return {"step": self.step, "round": self.round + 1}

    def _validate(self) -> None:
        figures = self.evaluate(self.model, self.valid).summary()
        self.require_finite(figures)
        measured = {f"valid/{name}": value for name, value in figures.items()}
        self.run.append_metrics({**self._place(), **measured})
        self.run.save_model(self.model, "last")
        self.round += 1
        if not self.best or figures["elbo"] > self.best["elbo"]:
            self.best = {"round": self.round, **figures}
            self.run.save_model(self.model, "best")
        self.stopped_early = self._patience.observe(self.round, -figures["elbo"])
        self.reporter.evaluated(self.round, "valid", figures)

    def stop_if_asked(self) -> None:
        """Save the state and end, if a signal came.

        Raises:
            TrainingStopped: If it did.
        """
        self.interruption.answer(self._save)

    def require_finite(self, figures: Mapping[str, Any]) -> None:
        """Stop a run that has diverged, before its figures and parameters are written.

        Args:
            figures: Figures by name.

        Raises:
            UsageError: If one is not a finite number.
        """
        self._end_if(not_finite(figures))

    def _end_if(self, diverged: str | None) -> None:
        if diverged is not None:
            kept = self.checkpoints.last_step
            raise divergence(diverged, step=self.step, kept=kept, run=None)

    def _save(self) -> int:
        """Write the whole state, unless it is no longer good; give its step."""
        self._end_if(None if all_finite(self.model) else "a parameter is not a finite number")
        with self.interruption.held():
            self.run.sync_metrics()
            self.checkpoints.save(Checkpoint(self.step, self._tensors(), self._facts()))
        return self.step

    def _tensors(self) -> dict[str, torch.Tensor]:
        """Give what of the state is tensors."""
        return {
            **prefixed("model", self.model.state_dict()),
            **prefixed("objective", self.objective.state_dict()),
            **prefixed("optimizer", optimizer_state(self._optimizer)),
            **prefixed("random", randomness(self.device)),
            **prefixed("window", self._window.tensors()),
        }

    def _facts(self) -> dict[str, Any]:
        """Give the rest of the state, as JSON has it."""
        return {
            "round": self.round,
            "best": self.best,
            "stopped_early": self.stopped_early,
            "patience": self._patience.state(),
            "seconds": self.seconds,
            "tokens": self.tokens,
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
        self.objective.load_state_dict(under("objective", tensors))
        restore_optimizer(self._optimizer, under("optimizer", tensors))
        restore_randomness(self.device, under("random", tensors))
        window = {name: value.to(self.device) for name, value in under("window", tensors).items()}
        self._window = Window.restored(window, facts["window"])
        self.step, self.round = checkpoint.step, facts["round"]
        self.best, self.stopped_early = facts["best"], facts["stopped_early"]
        self.seconds, self.tokens = facts["seconds"], facts["tokens"]
        self._patience.restore(facts["patience"])
        self.run.cut_metrics(facts["metrics_size"])
