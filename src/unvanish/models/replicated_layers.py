"""Which text VAEs can be computed side by side."""

from dataclasses import dataclass

from ..config import (
    GaussianConfig,
    ModelConfig,
    RecurrentDecoderConfig,
    RecurrentEncoderConfig,
    StandardNormalConfig,
)

__all__ = ["ReplicatedLayers", "replicated_layers"]


@dataclass(frozen=True)
class ReplicatedLayers:
    """The two configurations that replicas need, known to be supported.

    Args:
        encoder: That of the encoder.
        decoder: That of the decoder.
    """

    encoder: RecurrentEncoderConfig
    decoder: RecurrentDecoderConfig


def replicated_layers(config: ModelConfig) -> ReplicatedLayers:
    """Check that replicas can compute what a configuration means.

    Args:
        config: That of a model.

    Raises:
        ValueError: If a part is not supported: LSTMs, an output layer of its own, a
            Gaussian posterior, a standard normal prior, and z in the initial state and beside
            every input are.
    """
    encoder, decoder = config.encoder, config.decoder
    if not isinstance(encoder, RecurrentEncoderConfig) or encoder.cell != "lstm":
        raise ValueError(f"replicas need an LSTM encoder, not {encoder!r}")
    if not isinstance(decoder, RecurrentDecoderConfig) or decoder.cell != "lstm":
        raise ValueError(f"replicas need an LSTM decoder, not {decoder!r}")
    if set(decoder.latent_enters) != {"initial-state", "inputs"}:
        raise ValueError(
            f"latent_enters={decoder.latent_enters!r}: replicas need initial-state and inputs"
        )
    if decoder.tied:
        raise ValueError("tied=True: replicas need an output layer with a weight of its own")
    if not isinstance(config.posterior, GaussianConfig):
        raise ValueError(f"replicas need a Gaussian posterior, not {config.posterior!r}")
    if not isinstance(config.prior, StandardNormalConfig):
        raise ValueError(f"replicas need a standard normal prior, not {config.prior!r}")
    return ReplicatedLayers(encoder, decoder)
