"""The illustrative problem of Fu et al. (2019), section 4: data, model and schedules.

Ten sequences of ten symbols, each all "0" but for a single "1" at its own place. A sequence is
written as text: ten words of "0" and "1" between the begin and the end symbol. The best any model
can do is to give each sequence the probability 1/10: -elbo = ln 10 = 2.303 nats. The end symbol is
predicted like a word, as everywhere; always standing at the same place, it costs next to nothing
once that is learnt.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Int64
from torch import Tensor

from ...config import ModelConfig, RecurrentDecoderConfig, RecurrentEncoderConfig
from ...config.errors import require
from ...data.vocabulary import BOS, EOS, Vocabulary
from ...models import TextVAE
from ...presets import schedule_from
from ...schedules import Constant, Cyclical, Monotonic, Schedule

__all__ = [
    "LEAST_LOSS",
    "MODEL",
    "N_SEQUENCES",
    "SCHEDULES",
    "VOCABULARY",
    "Settings",
    "make_model",
]
__all__ += ["schedule_named", "schedules", "sequences"]

N_SEQUENCES = 10

LEAST_LOSS = math.log(N_SEQUENCES)
"""The smallest -elbo in nats that any model of ten equally frequent sequences can have."""

VOCABULARY = Vocabulary(("0", "1"))

MODEL = ModelConfig(
    encoder=RecurrentEncoderConfig(embedding_size=8, hidden_size=64, layers=2),
    decoder=RecurrentDecoderConfig(
        embedding_size=8, hidden_size=64, layers=2, input_dropout=0.0, output_dropout=0.0
    ),
    latent_size=2,
    initial_range=0.8,
)
"""Stated in the paper: 2-layer LSTMs of 64 and 2 latent dimensions. Chosen here: embeddings of 8,
z in the first state and beside every input as in its language models, no dropout, and parameters
that start uniform in [-0.8, 0.8]. The start matters: from small parameters (0.1, or torch's own) z
hardly reaches the output, the decoder learns to do without before it is worth using, and the
monotonic schedule soon ends as collapsed as the constant one. This start delays that collapse and
does not prevent it: the longer beta stays at 1, the less of the monotonic gain is left."""

SCHEDULES = ("constant", "monotonic", "cyclical")
"""Names of the schedules, in the order of Figures 2 to 4."""


@dataclass(frozen=True)
class Settings:
    """What one may choose. The optimizer and learning rate are ours: the paper does not say.

    Args:
        steps: Optimizer steps of the schedules; the paper's are 40,000.
        hold: Further steps with beta = 1.
        seeds: Repetitions; each has its own initialisation and noise, the same for every schedule.
        seed: The first of the seeds; the others follow it.
        learning_rate: Step size of Adam.
        gradient_clip: Largest global norm of a model's gradient.
        draws: Noise vectors of the pictures of the latent space.
        windows: Points of a curve; each is the mean over equally many training steps.

    Raises:
        UsageError: If a value is outside its range.
    """

    steps: int = 8_000
    hold: int = 0
    seeds: int = 3
    seed: int = 1
    learning_rate: float = 1e-3
    gradient_clip: float = 5.0
    draws: int = 200
    windows: int = 200

    def __post_init__(self) -> None:
        require(self.steps >= 40, "steps", self.steps, "give at least 40, one a fortieth of a run")
        require(self.hold >= 0, "hold", self.hold, "give 0 or more")
        require(self.seeds >= 1, "seeds", self.seeds, "give at least 1")
        require(self.seed >= 0, "seed", self.seed, "give 0 or more")
        rate, clip = self.learning_rate, self.gradient_clip
        require(rate > 0, "learning_rate", rate, "give a number above 0")
        require(clip > 0, "gradient_clip", clip, "give a number above 0")
        require(self.draws >= 2, "draws", self.draws, "give at least 2")
        require(self.windows >= 1, "windows", self.windows, "give at least 1")

    @property
    def total(self) -> int:
        """All optimizer steps of a run."""
        return self.steps + self.hold

    @property
    def updates(self) -> int:
        """Optimizer steps of all runs together."""
        return self.total * self.seeds * len(SCHEDULES)

    @property
    def marks(self) -> tuple[int, ...]:
        """The steps after which a run is evaluated.

        They are the same shares of the run as in Figure 4: 1K, 10K, 11K, 20K, 31K and 40K of 40K;
        and the end of the hold, if there is one.
        """
        shares = [round(self.steps * k / 40) for k in (1, 10, 11, 20, 31, 40)]
        return (*shares, self.total) if self.hold else tuple(shares)


def schedules(steps: int) -> dict[str, Schedule]:
    """Give the schedules of Figure 2 for a run, in the order of :data:`SCHEDULES`.

    Beyond the run all of them hold 1.

    Args:
        steps: Optimizer steps of the run.
    """
    return {
        "constant": Constant(1.0),
        "monotonic": Monotonic(0.25, steps),
        "cyclical": Cyclical(steps, n_cycles=4, ratio=0.5),
    }


def schedule_named(name: str, steps: int) -> Schedule:
    """Give a schedule for a run: one of :data:`SCHEDULES`, or any in text form.

    Args:
        name: Such as ``"cyclical"`` or ``"constant:0.3"``.
        steps: Optimizer steps of the run.
    """
    known = schedules(steps)
    return known[name] if name in known else schedule_from(name, total_steps=steps)


def sequences() -> tuple[Int64[Tensor, "batch time"], Int64[Tensor, " batch"]]:
    """Give the ten sequences with their symbols, and their lengths.

    Example:
        >>> tokens, lengths = sequences()
        >>> tokens[1].tolist(), int(lengths[1])
        ([2, 4, 5, 4, 4, 4, 4, 4, 4, 4, 4, 3], 12)
    """
    zero, one = (VOCABULARY.encode([word])[1] for word in VOCABULARY.words)
    words = torch.full((N_SEQUENCES, N_SEQUENCES), zero).fill_diagonal_(one)
    begin, end = torch.full((N_SEQUENCES, 1), BOS), torch.full((N_SEQUENCES, 1), EOS)
    tokens = torch.cat([begin, words, end], dim=1)
    return tokens, torch.full((N_SEQUENCES,), tokens.shape[1])


def make_model(seed: int) -> TextVAE:
    """Make a model whose initialisation depends on the seed alone.

    Args:
        seed: Any number from 0.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TextVAE(MODEL, vocabulary_size=len(VOCABULARY))
