"""The training loop."""

import math
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import torch

from ..config import Config, UsageError
from ..data import Batch, Corpus, LengthBucketedBatches
from ..evaluation import evaluate
from ..inference import AmortizedInference, InferenceStep
from ..models import TextVAE
from ..objectives import Loss, elbo_objective
from ..runs import Run
from ..schedules import Schedule
from .collapse_watch import CollapseWatch
from .optimizers import build_optimizer, learning_rate_factor
from .precision import Precision, autocast
from .reporter import Reporter

__all__ = ["Trainer"]


class Trainer:
    """Trains one model on one corpus and writes what happens to a run.

    Args:
        config: Every setting.
        model: The model, on its device.
        batches: The training split, epoch after epoch.
        valid: The validation split.
        beta: The weight of the rate, bound to the run's length.
        run: Where metrics and parameters go.
        precision: Of the forward pass.
        reporter: Who is told.
        inference: How gradients are made from a batch.

    Attributes:
        step: Optimizer steps done.
        best: Validation figures of the epoch with the best elbo at beta = 1, and its number.
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
        precision: Precision,
        reporter: Reporter,
        inference: InferenceStep | None = None,
    ) -> None:
        self.config, self.model, self.run, self.reporter = config, model, run, reporter
        self.batches, self.valid = batches, valid
        self.inference: InferenceStep = inference or AmortizedInference()
        self.device = next(model.parameters()).device
        self.objective = elbo_objective(beta)
        self.optimizer = build_optimizer(config.optimizer, model.parameters())
        self.learning_rate_factor = learning_rate_factor(
            config.optimizer, beta, total_steps=self.total_steps
        )
        self.noise = torch.Generator(self.device).manual_seed(config.seed)
        self._autocast = partial(autocast, precision, self.device)
        self._watch = CollapseWatch()
        self.step = 0
        self.best: dict[str, Any] = {}
        self.seconds = 0.0
        self.tokens = 0

    @property
    def total_steps(self) -> int:
        """Optimizer steps of the whole run."""
        return self.config.training.epochs * len(self.batches)

    def train(self) -> None:
        """Run every epoch, evaluating on the validation split after each.

        Raises:
            UsageError: If the loss or a validation figure is no longer a finite number.
        """
        for epoch in range(self.config.training.epochs):
            started = time.perf_counter()
            self._train_epoch(epoch)
            self.seconds += time.perf_counter() - started
            self._validate(epoch + 1)

    def _train_epoch(self, epoch: int) -> None:
        self.model.train()
        window = _Window()
        every = self.config.training.log_every
        for batch in self.batches.epoch(epoch):
            self._set_learning_rate()
            loss, norm = self._update(batch.to(self.device))
            window.add(loss, norm, batch)
            self.step += 1
            self.tokens += batch.n_tokens
            if self.step % every == 0 or self.step % len(self.batches) == 0:
                self._log(epoch, window.means())
                window = _Window()

    def _update(self, batch: Batch) -> tuple[Loss, torch.Tensor]:
        """Move the parameters once; give the loss and the norm of its gradient."""
        self.optimizer.zero_grad()
        context: AbstractContextManager[None] = self._autocast()
        loss = self.inference.gradients(
            self.model,
            self.objective,
            batch,
            step=self.step,
            autocast=context,
            generator=self.noise,
        )
        limit = self.config.optimizer.gradient_clip
        norm = torch.nn.utils.clip_grad_norm_(
            self.model.parameters(), math.inf if limit is None else limit
        )
        self.optimizer.step()
        return loss, norm

    def _set_learning_rate(self) -> None:
        steps = len(self.batches)
        by_epoch = self.config.optimizer.interval == "epoch"
        at = self.step // steps * steps if by_epoch else self.step
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.optimizer.learning_rate * self.learning_rate_factor(at)

    def _log(self, epoch: int, figures: dict[str, float]) -> None:
        require_finite(figures, self.step)
        last = self.step - 1
        figures["train/beta"] = self.objective.weights(last)["kl"]
        figures["train/lr"] = self.optimizer.param_groups[0]["lr"]
        self.run.append_metrics({"step": self.step, "epoch": epoch + 1, **figures})
        self.reporter.stepped(self.step, figures)
        warning = self._watch.observe(figures["train/kl"], beta=figures["train/beta"])
        if warning is not None:
            self.run.append_metrics({"step": self.step, "epoch": epoch + 1, "warning": warning})
            self.reporter.warned(f"step {self.step}: {warning}")

    def _validate(self, epoch: int) -> None:
        evaluation = evaluate(self.model, self.valid, seed=self.config.seed)
        figures = evaluation.summary()
        require_finite(figures, self.step)
        line = {f"valid/{name}": value for name, value in figures.items()}
        self.run.append_metrics({"step": self.step, "epoch": epoch, **line})
        self.run.save_model(self.model, "last")
        if not self.best or figures["elbo"] > self.best["elbo"]:
            self.best = {"epoch": epoch, **figures}
            self.run.save_model(self.model, "best")
        numbers = {k: v for k, v in figures.items() if not isinstance(v, list)}
        self.reporter.evaluated(epoch, "valid", numbers)


def require_finite(figures: Mapping[str, Any], step: int) -> None:
    """Stop a run that has diverged, before its figures and parameters are written.

    Args:
        figures: Figures by name; lists are left to the sums that they belong to.
        step: Optimizer steps done.

    Raises:
        UsageError: If a figure is not a finite number.
    """
    for name, value in figures.items():
        if not isinstance(value, list) and not math.isfinite(value):
            raise UsageError(
                f"training has diverged: {name} is {value} at step {step}; try a lower "
                "--learning-rate, or --precision fp32"
            )


class _Window:
    """Means over some steps, kept as tensors so that no step waits for a number."""

    def __init__(self) -> None:
        self._sums: dict[str, torch.Tensor] = {}
        self._sentences = self._tokens = self._steps = 0
        self._opened = time.perf_counter()

    def add(self, loss: Loss, norm: torch.Tensor, batch: Batch) -> None:
        """Take in one step."""
        sums = {name: part.detach().sum() for name, part in loss.parts.items()}
        sums |= {"loss": loss.total.detach() * len(batch), "grad_norm": norm.detach()}
        self._sums = {name: value + self._sums.get(name, 0.0) for name, value in sums.items()}
        self._sentences += len(batch)
        self._tokens += batch.n_tokens
        self._steps += 1

    def means(self) -> dict[str, float]:
        """Give the means over sentences, for the gradient's norm over steps, and the speed."""
        counts = dict.fromkeys(self._sums, self._sentences) | {"grad_norm": self._steps}
        means = {f"train/{name}": float(self._sums[name]) / counts[name] for name in counts}
        seconds = time.perf_counter() - self._opened
        return means | {"train/tokens_per_second": self._tokens / seconds}
