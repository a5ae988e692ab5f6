"""A variational autoencoder of sentences."""

from typing import cast

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from ..config import ModelConfig
from ..nn import Distribution
from ..nn.decoders import Decoder, EmbeddingDecoder
from ..nn.encoders import Encoder
from ..nn.posteriors import Posterior
from ..nn.priors import Prior
from ..objectives import ForwardPass, token_losses

__all__ = ["TextVAE"]


class TextVAE(nn.Module):
    """An encoder, a posterior, a prior and a decoder, put together.

    With the default settings it is the model of Fu et al. (2019) on Penn Treebank, which stems
    from Kim et al. (2018): two embedding tables of 256, LSTMs of 256, 32 latent dimensions,
    z in the decoder's first state and beside every input, dropout of one half around the
    decoder, every parameter uniform in [-0.1, 0.1] at the start.

    The parts are chosen by ``config`` and known only by what they do: see
    :class:`~unvanish.nn.encoders.Encoder`, :class:`~unvanish.nn.posteriors.Posterior`,
    :class:`~unvanish.nn.priors.Prior` and :class:`~unvanish.nn.decoders.Decoder`.

    Args:
        config: The parts and their sizes.
        vocabulary_size: Number of entries of the vocabulary.

    References:
        Fu et al., Cyclical Annealing Schedule: A Simple Approach to Mitigating KL Vanishing,
        NAACL 2019, https://arxiv.org/abs/1903.10145.
        Kim et al., Semi-Amortized Variational Autoencoders, ICML 2018,
        https://arxiv.org/abs/1802.02550.

    Example:
        >>> model = TextVAE(ModelConfig(), vocabulary_size=10_002)
        >>> sum(parameter.numel() for parameter in model.parameters())
        8801874
    """

    encoder: Encoder
    posterior: Posterior
    prior: Prior
    decoder: Decoder

    def __init__(self, config: ModelConfig, *, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        self.vocabulary_size = vocabulary_size
        self.encoder = config.encoder.build(vocabulary_size=vocabulary_size)
        self.posterior = config.posterior.build(
            features_size=self.encoder.features_size, latent_size=config.latent_size
        )
        self.prior = config.prior.build(latent_size=config.latent_size)
        self.decoder = config.decoder.build(
            vocabulary_size=vocabulary_size, latent_size=config.latent_size
        )
        if config.initial_range > 0:
            for parameter in self.parameters():
                nn.init.uniform_(parameter, -config.initial_range, config.initial_range)

    def encode(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> Distribution:
        """Give q(z|x), in 32 bits even where autocast made the features in 16.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        features = self.encoder(tokens, lengths.to(tokens.device))
        with torch.autocast(features.device.type, enabled=False):
            wide = torch.promote_types(features.dtype, torch.float32)
            posterior: Distribution = self.posterior(features.to(wide))
        return posterior

    def decode(
        self,
        z: Float[Tensor, "batch latent"],
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
        *,
        inputs: Int64[Tensor, "batch predicted"] | None = None,
        words: Float[Tensor, "batch predicted embedding"] | None = None,
    ) -> Float[Tensor, "batch predicted"]:
        """Give -log p(x_t | x_<t, z) in nats for every token after the first; 0 at padding.

        Args:
            z: A latent vector for each sentence.
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
            inputs: What the decoder reads as previous words; the sentence's own when absent.
            words: The same as an :class:`~unvanish.nn.decoders.EmbeddingDecoder` embeds it: one
                embedding may serve many z.
        """
        targets = tokens[:, 1:]
        inputs = tokens[:, :-1] if inputs is None else inputs
        if words is None:
            states: Tensor = self.decoder(z, inputs)
        else:
            states = cast(EmbeddingDecoder, self.decoder).unroll(z, words)
        positions = torch.arange(1, tokens.shape[1], device=tokens.device)
        mask = positions < lengths.to(tokens.device).unsqueeze(1)
        return token_losses(states, targets, mask, self.decoder.output)

    def forward(
        self,
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
        noise: Float[Tensor, "batch latent"] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> ForwardPass:
        """Encode, sample z once and decode.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
            noise: Standard normal numbers ``(batch, latent)``; drawn when absent.
            generator: Source of the noise; torch's own when absent.
        """
        posterior = self.encode(tokens, lengths)
        return self.forward_from(posterior, tokens, lengths, noise, generator=generator)

    def forward_from(
        self,
        posterior: Distribution,
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
        noise: Float[Tensor, "batch latent"] | None = None,
        *,
        generator: torch.Generator | None = None,
        words: Float[Tensor, "batch predicted embedding"] | None = None,
    ) -> ForwardPass:
        """Sample z once from a q(z|x) that is there already, and decode.

        Args:
            posterior: q(z|x) of every sentence, whoever made it.
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
            noise: Standard normal numbers ``(batch, latent)``; drawn when absent.
            generator: Source of the noise; torch's own when absent.
            words: See :meth:`decode`.
        """
        z = posterior.rsample(noise, generator=generator)
        return ForwardPass(
            posterior=posterior,
            prior=self.prior(),
            z=z,
            token_losses=self.decode(z, tokens, lengths, words=words),
        )
