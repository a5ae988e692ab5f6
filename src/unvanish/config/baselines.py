"""What a VAE has to be better than, made of its own parts."""

from typing import Any

from ..schedules.validation import did_you_mean
from .dictionaries import override
from .errors import UsageError
from .settings import Config

__all__ = ["BASELINES", "as_baseline"]

BASELINES: dict[str, dict[str, Any]] = {
    "lm": {
        "model.encoder.kind": "none",
        "model.posterior.kind": "prior",
        "model.decoder.latent_enters": [],
        "inference.kind": "amortized",
    },
}
"""Settings by the name of a baseline. ``lm`` is the decoder without z, a language model."""


def as_baseline(config: Config, name: str) -> Config:
    """Change a setting to that of a baseline; everything else stays, sizes of the decoder too.

    Args:
        config: Settings of a VAE.
        name: ``"lm"``, the decoder without z as a language model, whose -elbo is exactly its
            negative log-likelihood.

    Raises:
        UsageError: If there is no such baseline, or none of this decoder.

    Example:
        >>> model = as_baseline(Config(name="mine"), "lm").model
        >>> model.encoder, model.decoder.latent_enters, model.is_language_model
        (NoEncoderConfig(), (), True)
    """
    if name not in BASELINES:
        raise UsageError(f"unknown baseline {name!r}: {did_you_mean(name, tuple(BASELINES))}")
    return override(config, BASELINES[name])
