"""Settings as frozen dataclasses, and the names they may take; loads no torch."""

from .baselines import BASELINES, as_baseline
from .bound_schedule import bound_beta, bound_schedule
from .components import (
    ConvolutionalEncoderConfig,
    DecoderConfig,
    EncoderConfig,
    GaussianConfig,
    NoEncoderConfig,
    PointConfig,
    PosteriorConfig,
    PriorConfig,
    PriorPosteriorConfig,
    RecurrentDecoderConfig,
    RecurrentEncoderConfig,
    StandardNormalConfig,
)
from .decoding import Decoding
from .dialog import (
    BidirectionalUtteranceEncoderConfig,
    ConditionalGaussianConfig,
    ConditionalPriorConfig,
    ContextEncoderConfig,
    DialogConfig,
    DialogDataConfig,
    DialogModelConfig,
    DialogObjectiveConfig,
    DialogTrainingConfig,
    RecurrentContextEncoderConfig,
    UtteranceEncoderConfig,
)
from .dictionaries import departures, from_dict, override, to_dict
from .errors import UnfinishedError, UsageError
from .inference import AmortizedConfig, InferenceConfig, SemiAmortizedConfig
from .settings import (
    Config,
    DataConfig,
    ModelConfig,
    ObjectiveConfig,
    OptimizerConfig,
    TrainingConfig,
)

__all__ = [
    "BASELINES",
    "AmortizedConfig",
    "BidirectionalUtteranceEncoderConfig",
    "ConditionalGaussianConfig",
    "ConditionalPriorConfig",
    "Config",
    "ContextEncoderConfig",
    "ConvolutionalEncoderConfig",
    "DataConfig",
    "DecoderConfig",
    "Decoding",
    "DialogConfig",
    "DialogDataConfig",
    "DialogModelConfig",
    "DialogObjectiveConfig",
    "DialogTrainingConfig",
    "EncoderConfig",
    "GaussianConfig",
    "InferenceConfig",
    "ModelConfig",
    "NoEncoderConfig",
    "ObjectiveConfig",
    "OptimizerConfig",
    "PointConfig",
    "PosteriorConfig",
    "PriorConfig",
    "PriorPosteriorConfig",
    "RecurrentContextEncoderConfig",
    "RecurrentDecoderConfig",
    "RecurrentEncoderConfig",
    "SemiAmortizedConfig",
    "StandardNormalConfig",
    "TrainingConfig",
    "UnfinishedError",
    "UsageError",
    "UtteranceEncoderConfig",
    "as_baseline",
    "bound_beta",
    "bound_schedule",
    "departures",
    "from_dict",
    "override",
    "to_dict",
]
