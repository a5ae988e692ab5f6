"""Settings as frozen dataclasses, and the names they may take; loads no torch."""

from .bound_schedule import bound_schedule
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
from .decoding import Decoding
from .dictionaries import from_dict, override, to_dict
from .errors import UsageError
from .settings import (
    Config,
    DataConfig,
    ModelConfig,
    ObjectiveConfig,
    OptimizerConfig,
    TrainingConfig,
)

__all__ = [
    "Config",
    "DataConfig",
    "DecoderConfig",
    "Decoding",
    "EncoderConfig",
    "GaussianConfig",
    "ModelConfig",
    "ObjectiveConfig",
    "OptimizerConfig",
    "PosteriorConfig",
    "PriorConfig",
    "RecurrentDecoderConfig",
    "RecurrentEncoderConfig",
    "StandardNormalConfig",
    "TrainingConfig",
    "UsageError",
    "bound_schedule",
    "from_dict",
    "override",
    "to_dict",
]
