"""Training several replicas of the illustrative model side by side."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray

from ...models.replicas import ReplicatedTextVAE, clip_gradients
from ...training import environment
from .evaluation import Frame, evaluate
from .problem import MODEL, N_SEQUENCES, Settings, make_model, schedule_named, sequences

__all__ = ["Job", "Making", "Trajectory", "train"]

_CHUNK = 64
"""Steps whose noise is drawn at once, and between two reports of progress."""


@dataclass(frozen=True)
class Job:
    """One run: a schedule and a seed.

    Args:
        schedule: One of :data:`SCHEDULES`, or a schedule in text form.
        seed: Initialisation and noise depend on it alone.
    """

    schedule: str
    seed: int


@dataclass(frozen=True)
class Making:
    """What a run was trained with.

    Args:
        environment: Versions, device and threads.
        seconds: Time that training took by the clock on the wall, together with the runs beside.
        side_by_side: How many runs were trained together, this one included.
    """

    environment: Mapping[str, Any]
    seconds: float
    side_by_side: int


@dataclass(frozen=True)
class Trajectory:
    """What happened in one run.

    Args:
        job: Its schedule and seed.
        rec: Reconstruction loss of every training step in nats, from one noise vector a sequence.
        kl: KL of every training step in nats.
        beta: Weight of the KL at every training step.
        frames: Evaluations at the steps of :attr:`Settings.marks`.
        making: What it was trained with; ``None`` if that was not recorded.
    """

    job: Job
    rec: Float[ndarray, " steps"]
    kl: Float[ndarray, " steps"]
    beta: Float[ndarray, " steps"]
    frames: tuple[Frame, ...]
    making: Making | None = None

    @property
    def loss(self) -> Float[ndarray, " steps"]:
        """The negative elbo of every training step, rec + kl, whatever beta is."""
        loss: ndarray = self.rec + self.kl
        return loss

    @property
    def weighted_loss(self) -> Float[ndarray, " steps"]:
        """What is minimised: rec + beta * kl."""
        loss: ndarray = self.rec + self.beta * self.kl
        return loss


def train(
    jobs: Sequence[Job],
    settings: Settings,
    device: torch.device,
    progress: Callable[[int], None] = lambda step: None,
) -> list[Trajectory]:
    """Train all jobs together, every step on all ten sequences.

    Numbers depend on the seeds, and through rounding on which jobs are trained together.

    Args:
        jobs: The runs.
        settings: How long and how.
        device: Where to compute.
        progress: Called now and then with the number of steps done.
    """
    begin = time.perf_counter()
    model = ReplicatedTextVAE([make_model(job.seed).to(device) for job in jobs])
    tokens, lengths = (tensor.to(device) for tensor in sequences())
    gradients = cast(torch.Tensor, model.numbers.grad)
    optimizer = torch.optim.Adam([model.numbers], lr=settings.learning_rate, fused=True)
    betas = _betas(jobs, settings)
    weights = torch.from_numpy(betas.astype(np.float32)).to(device)
    losses = torch.zeros(settings.total, 2, len(jobs), device=device)
    frames = _Frames(jobs, settings)
    for step, draw in enumerate(_training_noise(jobs, settings)):
        found = model(tokens, lengths, draw.to(device), weights[step])
        clip_gradients(gradients, settings.gradient_clip)
        optimizer.step()
        losses[step, 0], losses[step, 1] = found.rec.mean(1), found.kl.mean(1)
        frames.take(step + 1, model)
        if (step + 1) % _CHUNK == 0 or step + 1 == settings.total:
            progress(step + 1)
    arrays = losses.cpu().numpy().astype(np.float64)
    seconds = round(time.perf_counter() - begin, 1)
    making = Making(environment(device, "fp32"), seconds, len(jobs))
    return _trajectories(jobs, arrays, betas, frames, making)


class _Frames:
    """Collects the evaluations of a group of runs."""

    def __init__(self, jobs: Sequence[Job], settings: Settings) -> None:
        self.marks = settings.marks
        self.of: list[list[Frame]] = [[] for _ in jobs]

    def take(self, step: int, model: ReplicatedTextVAE) -> None:
        """Evaluate every run where ``step`` is one of the marks."""
        if step in self.marks:
            for frames, replica in zip(self.of, model.unstack(), strict=True):
                frames.append(evaluate(replica.cpu(), step))


def _betas(jobs: Sequence[Job], settings: Settings) -> Float[ndarray, "steps jobs"]:
    """Give every job's beta at every step."""
    steps = np.arange(settings.total)
    values = [schedule_named(job.schedule, settings.steps)(steps) for job in jobs]
    return np.stack([np.broadcast_to(value, steps.shape) for value in values], axis=1)


def _training_noise(jobs: Sequence[Job], settings: Settings) -> Iterator[torch.Tensor]:
    """Yield each step's noise, (jobs, sequences, latent); jobs of one seed have the same."""
    sources = {job.seed: np.random.default_rng((job.seed, 1)) for job in jobs}
    for start in range(0, settings.total, _CHUNK):
        size = (min(_CHUNK, settings.total - start), N_SEQUENCES, MODEL.latent_size)
        drawn = {
            seed: torch.from_numpy(source.standard_normal(size, dtype=np.float32))
            for seed, source in sources.items()
        }
        yield from torch.stack([drawn[job.seed] for job in jobs], dim=1)


def _trajectories(
    jobs: Sequence[Job],
    losses: Float[ndarray, "steps 2 jobs"],
    betas: Float[ndarray, "steps jobs"],
    frames: _Frames,
    making: Making,
) -> list[Trajectory]:
    return [
        Trajectory(
            job=job,
            rec=losses[:, 0, k],
            kl=losses[:, 1, k],
            beta=betas[:, k],
            frames=tuple(frames.of[k]),
            making=making,
        )
        for k, job in enumerate(jobs)
    ]
