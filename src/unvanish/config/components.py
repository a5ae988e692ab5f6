"""Parts of a model that are chosen by name: settings here, code imported on first use.

A new encoder, decoder, posterior or prior is one file in ``unvanish.nn`` and one dataclass here;
the model that uses it does not change.
"""

import importlib
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from ..schedules.validation import did_you_mean
from .checking import Settings
from .errors import UsageError, require

__all__ = [
    "Component",
    "ConvolutionalEncoderConfig",
    "DecoderConfig",
    "EncoderConfig",
    "GaussianConfig",
    "NoEncoderConfig",
    "PointConfig",
    "PosteriorConfig",
    "PriorConfig",
    "PriorPosteriorConfig",
    "RecurrentDecoderConfig",
    "RecurrentEncoderConfig",
    "StandardNormalConfig",
]


@dataclass(frozen=True)
class Component(Settings):
    """A part of the model by name.

    A direct subclass is a family (encoder, decoder, ...); a subclass of a family is one kind of
    it, with the settings of that kind as fields.

    Attributes:
        kind: The name of this kind inside its family, as written in ``config.json``.
        target: ``"module:Class"`` of the code; imported when the part is built.
    """

    kind: ClassVar[str]
    target: ClassVar[str]
    family: ClassVar[str]
    kinds: ClassVar[dict[str, type["Component"]]]

    def __init_subclass__(cls) -> None:
        if Component in cls.__bases__:
            cls.kinds = {}
        else:
            cls.kinds[cls.kind] = cls

    @classmethod
    def of_kind(cls, kind: str) -> type[Self]:
        """Look up the settings class of one kind of this family.

        Raises:
            UsageError: If the family has no such kind.

        Example:
            >>> EncoderConfig.of_kind("recurrent").__name__
            'RecurrentEncoderConfig'
        """
        if kind not in cls.kinds:
            hint = did_you_mean(kind, tuple(cls.kinds))
            raise UsageError(f"unknown {cls.family} {kind!r}: {hint}")
        return cls.kinds[kind]  # type: ignore[return-value]

    def build(self, **context: Any) -> Any:
        """Import the code of this part and call it with these settings and ``context``."""
        module, _, name = self.target.partition(":")
        return getattr(importlib.import_module(module), name)(self, **context)


@dataclass(frozen=True)
class EncoderConfig(Component):
    """Reads a sentence into a vector of features."""

    family: ClassVar[str] = "encoder"


@dataclass(frozen=True)
class DecoderConfig(Component):
    """Writes a sentence from a latent vector."""

    family: ClassVar[str] = "decoder"

    @property
    def reads_latent(self) -> bool:
        """Whether z changes what is written; a kind that can do without says so."""
        return True


@dataclass(frozen=True)
class PosteriorConfig(Component):
    """Turns features into q(z|x).

    Attributes:
        is_prior: Whether q(z|x) is p(z) whatever the sentence.
        is_point: Whether z is a function of the sentence, as in an autoencoder: there is no KL.
    """

    family: ClassVar[str] = "posterior"
    is_prior: ClassVar[bool] = False
    is_point: ClassVar[bool] = False


@dataclass(frozen=True)
class PriorConfig(Component):
    """What q(z|x) is compared with."""

    family: ClassVar[str] = "prior"


@dataclass(frozen=True)
class RecurrentEncoderConfig(EncoderConfig):
    """Word embeddings and an LSTM or GRU, of which the last state is the sentence's feature.

    Args:
        cell: ``"lstm"`` or ``"gru"``.
        embedding_size: Size of a word's vector.
        hidden_size: Size of the recurrent state.
        layers: Number of recurrent layers; the top one is read.
    """

    kind: ClassVar[str] = "recurrent"
    target: ClassVar[str] = "unvanish.nn.encoders.recurrent:RecurrentEncoder"

    cell: Literal["lstm", "gru"] = "lstm"
    embedding_size: int = 256
    hidden_size: int = 256
    layers: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_sizes(self.embedding_size, self.hidden_size, self.layers)


@dataclass(frozen=True)
class ConvolutionalEncoderConfig(EncoderConfig):
    """Word embeddings and convolutions over time, of which the last gives the sentence's features.

    The defaults are the encoder of Fu et al. (2019) on Yelp.

    Args:
        embedding_size: Size of a word's vector.
        filters: Of each convolution; the last number is the size of the features.
        widths: Positions that a filter of each convolution reads.
        strides: Positions from one place of a filter to the next.
        normalized: Whether a word's vector is divided by its length before it is read.
    """

    kind: ClassVar[str] = "convolutional"
    target: ClassVar[str] = "unvanish.nn.encoders.convolutional:ConvolutionalEncoder"

    embedding_size: int = 256
    filters: tuple[int, ...] = (300, 600, 900)
    widths: tuple[int, ...] = (5, 5, 4)
    strides: tuple[int, ...] = (2, 2, 1)
    normalized: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.embedding_size >= 1, "embedding_size", self.embedding_size, "give at least 1")
        require(len(self.filters) >= 1, "filters", self.filters, "give at least one convolution")
        for name in ("filters", "widths", "strides"):
            sizes = getattr(self, name)
            n = len(self.filters)
            require(len(sizes) == n, name, sizes, f"give {n}, one for each entry of filters")
            require(min(sizes) >= 1, name, sizes, "give at least 1 for each")


@dataclass(frozen=True)
class NoEncoderConfig(EncoderConfig):
    """Reads nothing: a sentence has no features, and the encoder no parameters."""

    kind: ClassVar[str] = "none"
    target: ClassVar[str] = "unvanish.nn.encoders.none:NoEncoder"


@dataclass(frozen=True)
class RecurrentDecoderConfig(DecoderConfig):
    """An autoregressive LSTM or GRU over previous words, told about z where ``latent_enters`` says.

    Args:
        cell: ``"lstm"`` or ``"gru"``.
        embedding_size: Size of a word's vector; the table is not shared with the encoder.
        hidden_size: Size of the recurrent state.
        layers: Number of recurrent layers.
        latent_enters: Any of ``"initial-state"`` (a linear map of z starts every layer),
            ``"inputs"`` (z beside every previous word) and ``"output"`` (z beside every state
            that the output layer reads). Empty makes a language model that knows nothing of z.
        input_dropout: Share of the previous words' embedding entries set to zero in training.
        output_dropout: Share of the states' entries set to zero in training.
        tied: Whether the output layer's weight is the table of word vectors, which a linear map
            brings the states to; ``embedding_size`` and ``hidden_size`` may still differ.
    """

    kind: ClassVar[str] = "recurrent"
    target: ClassVar[str] = "unvanish.nn.decoders.recurrent:RecurrentDecoder"

    cell: Literal["lstm", "gru"] = "lstm"
    embedding_size: int = 256
    hidden_size: int = 256
    layers: int = 1
    latent_enters: tuple[Literal["initial-state", "inputs", "output"], ...] = (
        "initial-state",
        "inputs",
    )
    input_dropout: float = 0.5
    output_dropout: float = 0.5
    tied: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_sizes(self.embedding_size, self.hidden_size, self.layers)
        enters = self.latent_enters
        require(len(set(enters)) == len(enters), "latent_enters", enters, "name each place once")
        for name in ("input_dropout", "output_dropout"):
            share = getattr(self, name)
            require(0 <= share < 1, name, share, "give a share from 0 to below 1")

    @property
    def reads_latent(self) -> bool:
        """Whether z enters anywhere."""
        return bool(self.latent_enters)


@dataclass(frozen=True)
class GaussianConfig(PosteriorConfig):
    """A Gaussian with diagonal covariance: linear maps of the features to mean and log variance."""

    kind: ClassVar[str] = "gaussian"
    target: ClassVar[str] = "unvanish.nn.posteriors.gaussian:GaussianPosterior"


@dataclass(frozen=True)
class PointConfig(PosteriorConfig):
    """An autoencoder: z is a linear map of the features, without noise and without a KL."""

    kind: ClassVar[str] = "point"
    target: ClassVar[str] = "unvanish.nn.posteriors.point:PointPosterior"
    is_point: ClassVar[bool] = True


@dataclass(frozen=True)
class PriorPosteriorConfig(PosteriorConfig):
    """q(z|x) = p(z): z knows nothing of the sentence, the KL is 0, and there are no parameters."""

    kind: ClassVar[str] = "prior"
    target: ClassVar[str] = "unvanish.nn.posteriors.prior:PriorPosterior"
    is_prior: ClassVar[bool] = True


@dataclass(frozen=True)
class StandardNormalConfig(PriorConfig):
    """N(0, I)."""

    kind: ClassVar[str] = "standard-normal"
    target: ClassVar[str] = "unvanish.nn.priors.standard_normal:StandardNormalPrior"


def _require_sizes(embedding_size: int, hidden_size: int, layers: int) -> None:
    for name, size in (
        ("embedding_size", embedding_size),
        ("hidden_size", hidden_size),
        ("layers", layers),
    ):
        require(size >= 1, name, size, "give at least 1")
