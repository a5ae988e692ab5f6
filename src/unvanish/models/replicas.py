"""Several text VAEs of one shape trained side by side in one program.

All numbers of R models are one tensor, so that R small models cost little more than one. A replica
computes what :class:`TextVAE` computes, up to rounding.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from ..nn.prefix_rows import PrefixRows
from .replicated_layers import replicated_layers
from .replicated_pass import Losses, ReplicatedPass
from .stacking import stack, unstack
from .text_vae import TextVAE

__all__ = ["Losses", "ReplicatedTextVAE", "clip_gradients"]


class ReplicatedTextVAE:
    """R models of one configuration, their parameters in one.

    An optimizer that treats every number on its own (Adam, SGD with momentum) treats every replica
    as if it were alone; what mixes the numbers of a model, such as clipping by the global norm,
    must work replica by replica (:func:`clip_gradients`).

    Args:
        models: The replicas, equal in configuration, vocabulary, precision and device, each
            initialised as one likes.

    Attributes:
        numbers: All parameters, ``(replicas, numbers)``, with a gradient that is overwritten by
            every call; nothing else needs to set it to zero.

    Raises:
        ValueError: If there is no model, if they differ in shape, or if a part is not supported
            (:func:`replicated_layers`): no dropout is, besides.

    Example:
        >>> from unvanish.config import ModelConfig, RecurrentDecoderConfig, RecurrentEncoderConfig
        >>> lstm = {"embedding_size": 2, "hidden_size": 4}
        >>> config = ModelConfig(
        ...     encoder=RecurrentEncoderConfig(**lstm),
        ...     decoder=RecurrentDecoderConfig(**lstm, input_dropout=0.0, output_dropout=0.0),
        ...     latent_size=2,
        ... )
        >>> replicas = ReplicatedTextVAE([TextVAE(config, vocabulary_size=6) for _ in range(3)])
        >>> tokens, lengths = torch.tensor([[2, 4, 5, 3]]), torch.tensor([4])
        >>> replicas(tokens, lengths, torch.zeros(3, 1, 2), torch.ones(3)).rec.shape
        torch.Size([3, 1])
    """

    def __init__(self, models: Sequence[TextVAE]) -> None:
        if not models:
            raise ValueError("models is empty: give at least one replica")
        self.config = models[0].config
        self.vocabulary_size = models[0].vocabulary_size
        for model in models:
            if (model.config, model.vocabulary_size) != (self.config, self.vocabulary_size):
                raise ValueError("replicas differ in configuration or vocabulary size")
        self._layers = replicated_layers(self.config)
        if self._layers.decoder.input_dropout or self._layers.decoder.output_dropout:
            raise ValueError("replicas need input_dropout=0 and output_dropout=0")
        numbers, self._views = stack(models)
        self.numbers = nn.Parameter(numbers)
        self.numbers.grad = torch.zeros_like(numbers)
        self._weights = self._views.of(self.numbers.detach())
        self._grads = self._views.of(self.numbers.grad)
        self._batch: tuple[Tensor, Tensor] | None = None

    def unstack(self) -> list[TextVAE]:
        """Give every replica as a model of its own, with copies of its parameters."""
        models = []
        for replica in range(len(self.numbers)):
            with torch.random.fork_rng(devices=[]):
                model = TextVAE(self.config, vocabulary_size=self.vocabulary_size)
            model.to(self.numbers)
            unstack({name: part[replica] for name, part in self._weights.items()}, model)
            models.append(model)
        return models

    @torch.no_grad()
    def __call__(
        self,
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
        noise: Float[Tensor, "replicas batch latent"],
        betas: Float[Tensor, " replicas"],
    ) -> Losses:
        """Encode, sample z once, decode, and leave the gradient of rec + beta kl in ``numbers``.

        It is the gradient of the mean over sentences.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
            noise: Standard normal numbers.
            betas: Weight of every replica's KL.
        """
        shares = noise.new_full((len(lengths),), 1 / len(lengths))
        replicated_pass = self._pass_of(tokens, lengths)
        return replicated_pass(self._weights, self._grads, noise, shares, betas)

    def _pass_of(self, tokens: Tensor, lengths: Tensor) -> ReplicatedPass:
        """Lay a batch out, or remember how it was done for the same one."""
        known = self._batch
        if known is None or not (torch.equal(tokens, known[0]) and torch.equal(lengths, known[1])):
            encoder, decoder = self._layers.encoder, self._layers.decoder
            shared, (batch, time) = PrefixRows.of(tokens), tokens.shape
            self._pass = ReplicatedPass(
                encoder, decoder, self._weights, shared.rows, time=time, batch=batch
            )
            self._pass.read(tokens, lengths, shared)
            self._batch = tokens.clone(), lengths.clone()
        return self._pass


def clip_gradients(
    gradients: Float[Tensor, "replicas numbers"], largest: float
) -> Float[Tensor, " replicas"]:
    """Shorten every replica's gradient to a global norm of at most ``largest``.

    It is :func:`torch.nn.utils.clip_grad_norm_` replica by replica.

    Args:
        gradients: Those of all replicas, changed in place.
        largest: The norm that a gradient may have.

    Returns:
        The norms before clipping.
    """
    norm: Tensor = torch.linalg.vector_norm(gradients, dim=1)
    scale = (largest / (norm + 1e-6)).clamp(max=1.0)
    if bool((scale < 1.0).any()):
        gradients.mul_(scale.unsqueeze(1))
    return norm
