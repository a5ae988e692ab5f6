"""Every setting of a run, as nested frozen dataclasses."""

from dataclasses import dataclass, field
from typing import Literal

from .checking import Settings
from .components import (
    DecoderConfig,
    EncoderConfig,
    GaussianConfig,
    PosteriorConfig,
    PriorConfig,
    RecurrentDecoderConfig,
    RecurrentEncoderConfig,
    StandardNormalConfig,
)
from .errors import require
from .inference import AmortizedConfig, InferenceConfig

__all__ = [
    "Config",
    "DataConfig",
    "ModelConfig",
    "ObjectiveConfig",
    "OptimizerConfig",
    "TrainingConfig",
]


@dataclass(frozen=True)
class ModelConfig(Settings):
    """The parts of a text VAE and their sizes.

    The defaults are the model of Fu et al. (2019) on Penn Treebank.

    Args:
        encoder: Reads a sentence.
        decoder: Writes a sentence.
        posterior: The family of q(z|x).
        prior: What q(z|x) is compared with.
        latent_size: Number of dimensions of z.
        initial_range: Every parameter starts uniform in [-r, r]; 0 keeps torch's own
            initialisation.
    """

    encoder: EncoderConfig = field(default_factory=RecurrentEncoderConfig)
    decoder: DecoderConfig = field(default_factory=RecurrentDecoderConfig)
    posterior: PosteriorConfig = field(default_factory=GaussianConfig)
    prior: PriorConfig = field(default_factory=StandardNormalConfig)
    latent_size: int = 32
    initial_range: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.latent_size >= 1, "latent_size", self.latent_size, "give at least 1")
        require(self.initial_range >= 0, "initial_range", self.initial_range, "give 0 or more")

    @property
    def is_language_model(self) -> bool:
        """Whether z plays no part, so that -elbo is exactly -log p(x) and no KL can vanish."""
        return self.posterior.is_prior and not self.decoder.reads_latent

    @property
    def is_autoencoder(self) -> bool:
        """Whether z is a function of the sentence, so that there is no KL and no bound."""
        return self.posterior.is_point


@dataclass(frozen=True)
class DataConfig(Settings):
    """How text becomes tokens.

    Args:
        tokens: ``"whitespace"``, ``"characters"``, ``"regex:PATTERN"`` or the path of a saved
            ``tokenizers`` file. In a run that was trained with such a file it is ``"file"``, which
            is ``tokenizer.json`` beside the settings; with a Python function, ``"callable"``.
        max_vocabulary: Keep this many of the most frequent words; ``None`` keeps all. Here and
            below, a word is whatever ``tokens`` cuts a sentence into.
        min_count: Keep words seen at least this often in the training split.
        max_words: The longest sentence; ``None`` keeps all.
        too_long: ``"drop"`` leaves longer sentences out, ``"truncate"`` keeps their first
            ``max_words`` words.
    """

    tokens: str = "whitespace"
    max_vocabulary: int | None = None
    min_count: int = 1
    max_words: int | None = 200
    too_long: Literal["drop", "truncate"] = "drop"

    def __post_init__(self) -> None:
        super().__post_init__()
        size = self.max_vocabulary
        require(size is None or size >= 1, "max_vocabulary", size, "give at least 1")
        require(self.min_count >= 1, "min_count", self.min_count, "give at least 1")
        words = self.max_words
        require(words is None or words >= 1, "max_words", words, "give at least 1")


@dataclass(frozen=True)
class ObjectiveConfig(Settings):
    """What is minimised: reconstruction + beta * rate.

    Args:
        beta: The weight of the rate in the text form of a schedule or the name of a preset
            (``"cyclical:n_cycles=4,ratio=0.5"``, ``"fu2019"``); its length is the run's.
        free_bits: Nats of the rate that cost nothing. What is reported is the rate itself.
        free_bits_form: Whether they are counted for each dimension's mean over the batch, each
            dimension of each sentence, each sentence, or the batch's mean.

    Raises:
        UsageError: If a value is outside its range.
    """

    beta: str = "cyclical:n_cycles=4,ratio=0.5"
    free_bits: float = 0.0
    free_bits_form: Literal["dimension-batch", "dimension", "sentence", "batch"] = "dimension-batch"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.free_bits >= 0, "free_bits", self.free_bits, "give nats, 0 or more")


@dataclass(frozen=True)
class OptimizerConfig(Settings):
    """How parameters move.

    Args:
        name: ``"adam"``, ``"adamw"`` or ``"radam"``.
        learning_rate: Step size; with a schedule, the size it starts from.
        betas: Decay of the running means of gradient and squared gradient.
        eps: Added to the denominator.
        weight_decay: Strength of the decay; adamw decouples it from the gradient.
        gradient_clip: Largest global norm of the gradient; ``None`` does not clip.
        schedule: ``"constant"``, or ``"cosine-restarts"``: from ``learning_rate`` towards 0
            within every beta cycle (section 6.4 of Fu et al. 2019).
        interval: Whether the schedule is read anew every ``"step"`` or every ``"epoch"``.
        cycle_epochs: Epochs from one restart to the next; those of a beta cycle when absent.
    """

    name: Literal["adam", "adamw", "radam"] = "adam"
    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    gradient_clip: float | None = 5.0
    schedule: Literal["constant", "cosine-restarts"] = "constant"
    interval: Literal["step", "epoch"] = "step"
    cycle_epochs: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        rate, clip = self.learning_rate, self.gradient_clip
        require(rate > 0, "learning_rate", rate, "give a number above 0")
        require(clip is None or clip > 0, "gradient_clip", clip, "give a number above 0, or none")
        require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "give 0 or more")
        require(self.eps > 0, "eps", self.eps, "give a number above 0")
        cycle = self.cycle_epochs
        require(cycle is None or cycle >= 1, "cycle_epochs", cycle, "give at least 1, or none")
        falls = cycle is None or self.schedule == "cosine-restarts"
        require(falls, "cycle_epochs", cycle, "it needs schedule cosine-restarts")
        within = all(0 <= beta < 1 for beta in self.betas)
        require(within, "betas", self.betas, "give two numbers from 0 to below 1")


@dataclass(frozen=True)
class TrainingConfig(Settings):
    """How long, in which portions and in which precision.

    Args:
        epochs: Passes over the training split.
        batch_size: Sentences in an optimizer step, whatever the number of processes.
        precision: ``"bf16"`` runs the forward pass under autocast, ``"fp32"`` does not,
            ``"auto"`` is bf16 where the processor has it. Parameters and evaluation are fp32.
        log_every: Optimizer steps between two lines of ``metrics.jsonl``.
        checkpoint_every: Optimizer steps between two checkpoints, besides one an epoch.
        accumulate: Parts that a batch is worked through in, to save memory; the update is that of
            the whole batch. Not with free bits that are counted over a batch, nor with
            semi-amortized inference while it clips.
        patience: Epochs without a better validation elbo after which the run ends, counted only
            once beta has reached its final value for good (after the last ramp); ``None`` trains
            every epoch.
        paths: Validation sentences on which is measured, after every epoch, what z and what the
            previous words are worth to the decoder; 0 measures nothing.
    """

    epochs: int = 40
    batch_size: int = 32
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    log_every: int = 100
    checkpoint_every: int = 1000
    accumulate: int = 1
    patience: int | None = None
    paths: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.epochs >= 1, "epochs", self.epochs, "give at least 1")
        require(self.batch_size >= 1, "batch_size", self.batch_size, "give at least 1")
        for name in ("log_every", "checkpoint_every", "accumulate"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give at least 1")
        patience = self.patience
        require(patience is None or patience >= 1, "patience", patience, "give at least 1, or none")
        require(self.paths == 0 or self.paths >= 2, "paths", self.paths, "give 0 or at least 2")


@dataclass(frozen=True)
class Config(Settings):
    """The whole setting of a run: what ``config.json`` and a recipe hold.

    Args:
        name: What tables call the run; ``None`` takes the name of the recipe or schedule.
        seed: Initialisation, order of batches, noise and dropout depend on it alone.
        data: How text becomes tokens.
        model: The parts and their sizes.
        objective: What is minimised.
        inference: How gradients are made from a batch.
        optimizer: How parameters move.
        training: How long and in which portions.

    Example:
        >>> Config(seed=3).model.latent_size
        32
    """

    name: str | None = None
    seed: int = 1
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    inference: InferenceConfig = field(default_factory=AmortizedConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.seed < 2**63, "seed", self.seed, "give a number from 0 to below 2**63")
