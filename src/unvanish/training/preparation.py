"""What is settled before a run's folder is touched: whatever is not possible leaves no trace."""

from dataclasses import dataclass
from typing import Any

import torch

from ..config import Config, UsageError, bound_schedule, override
from ..data import Corpora, LengthBucketedBatches
from ..models import TextVAE
from ..nn.precision import Precision, resolve_precision
from ..objectives.free_bits import OVER_BATCH
from ..schedules import Schedule
from .beginning import build_model
from .device import resolve_device
from .early_stopping import patience_problem
from .environment import environment
from .processes import own_device
from .reporter import Plan
from .results import run_name, splits

__all__ = ["Preparation", "prepare"]


@dataclass(frozen=True)
class Preparation:
    """What is trained, on what and where.

    Args:
        config: Every setting.
        corpora: The splits.
        batches: The training split, epoch after epoch.
        beta: The weight of the rate, bound to the run's length.
        problems: What is possible, but hardly meant.
        model: The model, as the seed makes it.
        device: Where it is.
        precision: Of its forward pass.
        environment: Versions and device.
    """

    config: Config
    corpora: Corpora
    batches: LengthBucketedBatches
    beta: Schedule
    problems: tuple[str, ...]
    model: TextVAE
    device: torch.device
    precision: Precision
    environment: dict[str, Any]

    @property
    def total_steps(self) -> int:
        """Optimizer steps of the whole run."""
        return self.config.training.epochs * len(self.batches)

    def plan(self) -> Plan:
        """Say what is about to be trained."""
        return Plan(
            name=run_name(self.config),
            parameters=sum(parameter.numel() for parameter in self.model.parameters()),
            sentences=len(self.corpora.train),
            total_steps=self.total_steps,
            steps_per_epoch=len(self.batches),
            epochs=self.config.training.epochs,
            beta=self.beta.describe(),
            sparkline=self.beta.sparkline(steps=self.total_steps),
            device=str(self.device),
            precision=self.precision,
            reading=tuple(f"{name}: {each.report}" for name, each in splits(self.corpora).items()),
        )


def prepare(config: Config, corpora: Corpora, device: str, processes: int = 1) -> Preparation:
    """Settle everything about a run but its folder; torch's global generator is seeded.

    Args:
        config: Every setting; ``data.tokens`` becomes that of the corpora.
        corpora: The splits.
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ...
        processes: How many share the batches.

    Raises:
        UsageError: If a setting is not possible.
    """
    config = override(config, {"data.tokens": corpora.tokens.spec})
    place = resolve_device(own_device(device))
    precision = resolve_precision(config.training.precision, place)
    _require_whole_batches(config, processes)
    _require_encoder(config)
    batches = LengthBucketedBatches(
        corpora.train, batch_size=config.training.batch_size, seed=config.seed
    )
    steps = len(batches)
    beta, problems = bound_schedule(
        config.objective.beta, total_steps=steps * config.training.epochs, steps_per_epoch=steps
    )
    if config.training.paths and len(corpora.valid) < 2:
        raise UsageError("--paths needs two validation sentences: give more, or leave it out")
    if (inert := patience_problem(config, beta, steps)) is not None:
        problems.append(inert)
    if processes > config.training.batch_size:
        problems.append(
            f"batches of {config.training.batch_size} sentences are too small for {processes} "
            "processes: some have nothing to do"
        )
    model = build_model(config, len(corpora.vocabulary), place)
    facts = environment(place, precision, processes)
    return Preparation(
        config, corpora, batches, beta, tuple(problems), model, place, precision, facts
    )


def _require_whole_batches(config: Config, processes: int) -> None:
    """Refuse to cut a batch into parts where something is counted over all of it.

    Raises:
        UsageError: If that is asked for.
    """
    objective, parts = config.objective, config.training.accumulate
    if objective.free_bits > 0 and objective.free_bits_form in OVER_BATCH and parts > 1:
        raise UsageError(
            f"--free-bits-form {objective.free_bits_form} counts over a whole batch, which "
            f"--accumulate {parts} works through in parts: give --free-bits-form dimension or "
            "sentence, or leave out --accumulate"
        )
    if config.inference.needs_whole_batch and (parts > 1 or processes > 1):
        raise UsageError(
            f"{config.inference.kind} inference clips norms of a whole batch, which "
            f"{f'--accumulate {parts}' if parts > 1 else 'several processes'} would cut into "
            "parts: leave that out, or give --set inference.clip=none "
            "--set inference.second_order_clip=none"
        )


def _require_encoder(config: Config) -> None:
    """Refuse to refine a q(z|x) that is the prior whatever the sentence.

    Raises:
        UsageError: If that is asked for.
    """
    if config.inference.needs_encoder and config.model.posterior.is_prior:
        raise UsageError(
            f"{config.inference.kind} inference needs a q(z|x) to refine, and the posterior "
            f"{config.model.posterior.kind!r} has none: give --set inference.kind=amortized"
        )
