"""Every setting of a run on dialogs; the defaults are those of Fu et al. (2019), section 6.2."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from .checking import Settings
from .components import (
    Component,
    GaussianConfig,
    PosteriorConfig,
    RecurrentDecoderConfig,
)
from .errors import require
from .settings import OptimizerConfig

__all__ = [
    "BidirectionalUtteranceEncoderConfig",
    "ConditionalGaussianConfig",
    "ConditionalPriorConfig",
    "ContextEncoderConfig",
    "DialogConfig",
    "DialogDataConfig",
    "DialogModelConfig",
    "DialogObjectiveConfig",
    "DialogTrainingConfig",
    "RecurrentContextEncoderConfig",
    "UtteranceEncoderConfig",
]


@dataclass(frozen=True)
class UtteranceEncoderConfig(Component):
    """Reads the vectors of an utterance's words into one vector of features."""

    family: ClassVar[str] = "utterance encoder"


@dataclass(frozen=True)
class ContextEncoderConfig(Component):
    """Reads the features of the utterances before into one vector of features."""

    family: ClassVar[str] = "context encoder"


@dataclass(frozen=True)
class ConditionalPriorConfig(Component):
    """Turns what is known before a response into p(z|c)."""

    family: ClassVar[str] = "conditional prior"


@dataclass(frozen=True)
class BidirectionalUtteranceEncoderConfig(UtteranceEncoderConfig):
    """A GRU or LSTM from either end; the last states of both are the features.

    Args:
        cell: ``"gru"`` or ``"lstm"``.
        hidden_size: Size of the state of each direction.
    """

    kind: ClassVar[str] = "bidirectional"
    target: ClassVar[str] = "unvanish.nn.encoders.bidirectional:BidirectionalEncoder"

    cell: Literal["gru", "lstm"] = "gru"
    hidden_size: int = 300

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.hidden_size >= 1, "hidden_size", self.hidden_size, "give at least 1")


@dataclass(frozen=True)
class RecurrentContextEncoderConfig(ContextEncoderConfig):
    """A GRU or LSTM over the features of the utterances and who spoke them; its last state.

    Args:
        cell: ``"gru"`` or ``"lstm"``.
        hidden_size: Size of the state.
    """

    kind: ClassVar[str] = "recurrent"
    target: ClassVar[str] = "unvanish.nn.encoders.context:ContextEncoder"

    cell: Literal["gru", "lstm"] = "gru"
    hidden_size: int = 600

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.hidden_size >= 1, "hidden_size", self.hidden_size, "give at least 1")


@dataclass(frozen=True)
class ConditionalGaussianConfig(ConditionalPriorConfig):
    """A Gaussian with diagonal covariance, by a network with one hidden layer.

    Args:
        hidden_size: Size of that layer.
    """

    kind: ClassVar[str] = "conditional-gaussian"
    target: ClassVar[str] = "unvanish.nn.priors.conditional:ConditionalGaussianPrior"

    hidden_size: int = 400

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.hidden_size >= 1, "hidden_size", self.hidden_size, "give at least 1")


def _decoder() -> RecurrentDecoderConfig:
    return RecurrentDecoderConfig(
        cell="gru",
        embedding_size=200,
        hidden_size=400,
        latent_enters=("initial-state",),
        input_dropout=0.0,
        output_dropout=0.0,
    )


@dataclass(frozen=True)
class DialogDataConfig(Settings):
    """How dialogs become tokens.

    Args:
        max_vocabulary: Keep this many of the most frequent tokens of the training split, begin
            and end symbols among them.
        max_tokens: The longest utterance, begin and end symbols included; a longer one keeps its
            first tokens and the end symbol.
        context: Most utterances before a response.
    """

    max_vocabulary: int = 10_000
    max_tokens: int = 40
    context: int = 9

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least in (("max_vocabulary", 3), ("max_tokens", 3), ("context", 1)):
            value = getattr(self, name)
            require(value >= least, name, value, f"give at least {least}")


@dataclass(frozen=True)
class DialogModelConfig(Settings):
    """The parts of a dialog model and their sizes.

    Args:
        encoder: Reads an utterance, of the context or the response.
        context: Reads the utterances before.
        prior: The family of p(z|c).
        posterior: The family of q(z|c,x).
        decoder: Writes a response; its word vectors are those of the encoder too.
        latent_size: Number of dimensions of z.
        topic_size: Size of a topic's vector.
        initial_range: Recurrent weights and topics start uniform in [-r, r].
    """

    encoder: UtteranceEncoderConfig = field(default_factory=BidirectionalUtteranceEncoderConfig)
    context: ContextEncoderConfig = field(default_factory=RecurrentContextEncoderConfig)
    prior: ConditionalPriorConfig = field(default_factory=ConditionalGaussianConfig)
    posterior: PosteriorConfig = field(default_factory=GaussianConfig)
    decoder: RecurrentDecoderConfig = field(default_factory=_decoder)
    latent_size: int = 200
    topic_size: int = 30
    initial_range: float = 0.08

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("latent_size", "topic_size"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give at least 1")
        bound, posterior = self.initial_range, self.posterior
        require(bound > 0, "initial_range", bound, "give a number above 0")
        fits = not posterior.is_prior
        require(fits, "posterior.kind", posterior.kind, "give gaussian, for the prior depends on c")


@dataclass(frozen=True)
class DialogObjectiveConfig(Settings):
    """What is minimised: reconstruction + beta * rate, and perhaps a bag of words.

    Args:
        beta: The weight of the rate in the text form of a schedule or the name of a preset.
        bag_of_words: Whether z and the context are to tell the words of the response at once,
            without their order.
        bag_of_words_size: Size of the hidden layer of that.
    """

    beta: str = "fu2019-dialog-code"
    bag_of_words: bool = False
    bag_of_words_size: int = 400

    def __post_init__(self) -> None:
        super().__post_init__()
        size = self.bag_of_words_size
        require(size >= 1, "bag_of_words_size", size, "give at least 1")


@dataclass(frozen=True)
class DialogTrainingConfig(Settings):
    """How long, in which portions and in which precision.

    Args:
        rounds: Most rounds; after each the validation split is measured.
        rounds_per_epoch: Rounds in a pass over the training split; what is left of a pass that
            they do not divide belongs to the next round.
        batch_size: Responses in an optimizer step.
        evaluation_batch_size: Responses in a batch of the validation or test split.
        patience: Rounds that are trained at least; it grows with what is gained
            (:class:`unvanish.training.dialog.GrowingPatience`).
        improvement: Share of the best validation loss so far that a new one must be below for the
            patience to grow.
        precision: ``"bf16"`` runs the forward pass under autocast, ``"fp32"`` does not,
            ``"auto"`` is bf16 where the processor has it. Parameters and evaluation are fp32.
        log_every: Optimizer steps between two lines of ``metrics.jsonl``.
        checkpoint_every: Optimizer steps between two checkpoints, besides one a round.
    """

    rounds: int = 60
    rounds_per_epoch: int = 4
    batch_size: int = 30
    evaluation_batch_size: int = 60
    patience: int = 10
    improvement: float = 0.996
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    log_every: int = 50
    checkpoint_every: int = 500

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in (
            "rounds",
            "rounds_per_epoch",
            "batch_size",
            "evaluation_batch_size",
            "patience",
            "log_every",
            "checkpoint_every",
        ):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give at least 1")
        share = self.improvement
        require(0 < share <= 1, "improvement", share, "give a share above 0, at most 1")


@dataclass(frozen=True)
class DialogConfig(Settings):
    """The whole setting of a run on dialogs: what its ``config.json`` holds.

    Args:
        name: What tables call the run; ``None`` takes the name of the schedule.
        seed: Initialisation, order of batches and noise depend on it alone.
        data: How dialogs become tokens.
        model: The parts and their sizes.
        objective: What is minimised.
        optimizer: How parameters move.
        training: How long and in which portions.

    Example:
        >>> DialogConfig().model.latent_size
        200
    """

    name: str | None = None
    seed: int = 1
    data: DialogDataConfig = field(default_factory=DialogDataConfig)
    model: DialogModelConfig = field(default_factory=DialogModelConfig)
    objective: DialogObjectiveConfig = field(default_factory=DialogObjectiveConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    training: DialogTrainingConfig = field(default_factory=DialogTrainingConfig)

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.seed < 2**63, "seed", self.seed, "give a number from 0 to below 2**63")
