"""Several text VAEs of one shape trained side by side in one program.

Every parameter of R models is stacked along a new first axis, so that R small models cost little
more than one. A replica computes what :class:`TextVAE` computes, up to rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from ..config import (
    GaussianConfig,
    ModelConfig,
    RecurrentDecoderConfig,
    RecurrentEncoderConfig,
    StandardNormalConfig,
)
from ..nn import DiagonalGaussian
from ..nn.replicated_lstm import LayerWeights, ReplicatedLSTM
from .text_vae import TextVAE

__all__ = ["ReplicatedPass", "ReplicatedTextVAE", "clip_gradients"]


@dataclass(frozen=True)
class ReplicatedPass:
    """One pass of a batch through all replicas.

    Args:
        posterior: q(z|x) of every replica and sentence.
        prior: What it is compared with.
        z: The samples that the sentences were decoded from.
        token_losses: -log p of every target word in nats; 0 at padding.
    """

    posterior: DiagonalGaussian
    prior: DiagonalGaussian
    z: Float[Tensor, "replicas batch latent"]
    token_losses: Float[Tensor, "replicas batch time"]

    @property
    def rec(self) -> Float[Tensor, " replicas"]:
        """Reconstruction loss of every replica in nats, the mean over sentences."""
        return self.token_losses.sum(-1).mean(-1)

    @property
    def kl(self) -> Float[Tensor, " replicas"]:
        """KL of every replica in nats, the mean over sentences."""
        return self.posterior.kl(self.prior).mean(-1)


class ReplicatedTextVAE(nn.Module):
    """R models of one configuration with stacked parameters.

    The parameters have the names of :class:`TextVAE` with ``.`` written as ``:``, and a first axis
    of length R; the weights of LSTMs are transposed, as the products need them. An optimizer that
    treats every number on its own (Adam, SGD with momentum) treats every replica as if it were
    alone; what mixes the numbers of a model, such as clipping by the global norm, must work
    replica by replica (:func:`clip_gradients`).

    Args:
        models: The replicas, equal in configuration and vocabulary, each initialised as one likes.

    Raises:
        ValueError: If there is no model, if they differ in shape, or if a part is not supported:
            LSTMs, a Gaussian posterior, a standard normal prior, z in the initial state and beside
            every input, and no dropout are.

    Example:
        >>> lstm = {"embedding_size": 2, "hidden_size": 4}
        >>> config = ModelConfig(
        ...     encoder=RecurrentEncoderConfig(**lstm),
        ...     decoder=RecurrentDecoderConfig(**lstm, input_dropout=0.0, output_dropout=0.0),
        ...     latent_size=2,
        ... )
        >>> replicas = ReplicatedTextVAE([TextVAE(config, vocabulary_size=6) for _ in range(3)])
        >>> tokens, lengths = torch.tensor([[2, 4, 5, 3]]), torch.tensor([4])
        >>> replicas(tokens, lengths, torch.zeros(3, 1, 2)).token_losses.shape
        torch.Size([3, 1, 3])
    """

    def __init__(self, models: Sequence[TextVAE]) -> None:
        super().__init__()
        if not models:
            raise ValueError("models is empty: give at least one replica")
        self.config = models[0].config
        self.vocabulary_size = models[0].vocabulary_size
        for model in models:
            if (model.config, model.vocabulary_size) != (self.config, self.vocabulary_size):
                raise ValueError("replicas differ in configuration or vocabulary size")
        self._layers = _supported_layers(self.config)
        self.replicas = len(models)
        self._lstms = {"encoder": ReplicatedLSTM(), "decoder": ReplicatedLSTM()}
        states = [model.state_dict() for model in models]
        self.stacked = nn.ParameterDict(
            {
                name.replace(".", ":"): nn.Parameter(
                    torch.stack([_turned(name, s[name]) for s in states])
                )
                for name in states[0]
            }
        )

    def unstack(self) -> list[TextVAE]:
        """Give every replica as a model of its own, with copies of its parameters."""
        models = []
        for replica in range(self.replicas):
            with torch.random.fork_rng(devices=[]):
                model = TextVAE(self.config, vocabulary_size=self.vocabulary_size)
            model.load_state_dict(
                {
                    name.replace(":", "."): _turned(name, value[replica].detach().clone())
                    for name, value in self.stacked.items()
                }
            )
            models.append(model.to(self._like))
        return models

    @property
    def _like(self) -> Tensor:
        """Some parameter: it has the device and the precision of all."""
        return self._of("posterior:mean:weight")

    def _of(self, name: str) -> Tensor:
        return cast(Tensor, self.stacked[name])

    def encode(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> DiagonalGaussian:
        """Give q(z|x) of every replica, means of shape ``(replicas, batch, latent)``.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        encoder = self._layers.encoder
        first = self._like.new_zeros(
            encoder.layers, self.replicas, len(tokens), encoder.hidden_size
        )
        states = self._recur("encoder", self._project_words("encoder", tokens), first)
        rows = torch.arange(len(tokens), device=tokens.device)
        features = states[lengths - 1, :, rows].transpose(0, 1)
        return DiagonalGaussian(
            self._linear("posterior:mean", features), self._linear("posterior:logvar", features)
        )

    def decode(
        self,
        z: Float[Tensor, "replicas batch latent"],
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
    ) -> Float[Tensor, "replicas batch predicted"]:
        """Give -log p(x_t | x_<t, z) in nats for every token after the first; 0 at padding.

        Args:
            z: A latent vector for each replica and sentence.
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        inputs, targets = tokens[:, :-1], tokens[:, 1:]
        config = self._layers.decoder
        first = self._linear("decoder:initial", z).view(*z.shape[:2], config.layers, -1)
        projected = self._project_words("decoder", inputs, z)
        states = self._recur("decoder", projected, first.permute(2, 0, 1, 3))
        logits = self._linear("decoder:output", states.transpose(0, 1).flatten(1, 2))
        labels = targets.T.reshape(-1).repeat(self.replicas)
        losses = F.cross_entropy(logits.flatten(0, 1), labels, reduction="none")
        losses = losses.view(self.replicas, *targets.T.shape).transpose(1, 2)
        positions = torch.arange(1, tokens.shape[1], device=tokens.device)
        return losses.masked_fill(positions >= lengths.unsqueeze(1), 0.0)

    def forward(
        self,
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
        noise: Float[Tensor, "replicas batch latent"],
    ) -> ReplicatedPass:
        """Encode, sample z once and decode; every result has the replicas as first axis.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
            noise: Standard normal numbers.
        """
        posterior = self.encode(tokens, lengths)
        z = posterior.rsample(noise)
        standard = z.new_zeros(z.shape[-1])
        return ReplicatedPass(
            posterior=posterior,
            prior=DiagonalGaussian(standard, standard),
            z=z,
            token_losses=self.decode(z, tokens, lengths),
        )

    def _project_words(self, part: str, tokens: Tensor, z: Tensor | None = None) -> Tensor:
        """Give what the first layer's gates make of words, and of z beside them.

        The whole table is projected and then looked up, (time, replicas, batch, gates): cheaper
        than projecting every word as long as the vocabulary is smaller than the batch has words.
        """
        table = self._of(f"{part}:embedding:weight")
        weight, bias = self._of(f"{part}:layers:weight_ih_l0"), self._bias(part, 0).unsqueeze(1)
        words, beside = weight[:, : table.shape[-1]], weight[:, table.shape[-1] :]
        projected = torch.baddbmm(bias, table, words)
        offsets = torch.arange(self.replicas, device=tokens.device) * self.vocabulary_size
        ids = tokens.T + offsets.view(-1, 1, 1)
        looked_up = F.embedding(ids, projected.flatten(0, 1)).transpose(0, 1)
        return looked_up if z is None else looked_up + torch.bmm(z, beside)

    def _bias(self, part: str, layer: int) -> Tensor:
        """Give the sum of a layer's two biases."""
        prefix = f"{part}:layers:bias"
        return self._of(f"{prefix}_ih_l{layer}") + self._of(f"{prefix}_hh_l{layer}")

    def _linear(self, name: str, values: Tensor) -> Tensor:
        """Apply every replica's linear layer; ``values`` is (replicas, rows, features)."""
        weight, bias = self._of(f"{name}:weight"), self._of(f"{name}:bias")
        return torch.baddbmm(bias.unsqueeze(1), values, weight.transpose(1, 2))

    def _recur(self, part: str, projected: Tensor, hidden: Tensor) -> Tensor:
        """Run the layers of the encoder or decoder; gives (time, replicas, batch, hidden)."""
        weights = []
        for layer in range(len(hidden)):
            recurrent = self._of(f"{part}:layers:weight_hh_l{layer}")
            if layer == 0:
                weights.append(LayerWeights(recurrent))
            else:
                below = self._of(f"{part}:layers:weight_ih_l{layer}")
                weights.append(LayerWeights(recurrent, below, self._bias(part, layer)))
        return self._lstms[part](projected, hidden, weights)


def _turned(name: str, value: Tensor) -> Tensor:
    """Transpose the weights of LSTMs, there and back."""
    is_weight = name.replace(":", ".").rpartition("layers.")[2].startswith("weight_")
    return value.T if is_weight else value


def clip_gradients(
    parameters: Sequence[nn.Parameter], largest: float
) -> Float[Tensor, " replicas"]:
    """Shorten every replica's gradient to a global norm of at most ``largest``.

    It is :func:`torch.nn.utils.clip_grad_norm_` replica by replica.

    Args:
        parameters: Stacked parameters, replicas first, all with gradients.
        largest: The norm that a gradient may have.

    Returns:
        The norms before clipping.
    """
    gradients = [cast(Tensor, parameter.grad) for parameter in parameters]
    norms = [torch.linalg.vector_norm(g, dim=tuple(range(1, g.dim()))) for g in gradients]
    norm: Tensor = torch.linalg.vector_norm(torch.stack(norms), dim=0)
    scale = (largest / (norm + 1e-6)).clamp(max=1.0)
    if bool((scale == 1.0).all()):
        return norm
    for gradient in gradients:
        gradient.mul_(scale.view(-1, *[1] * (gradient.dim() - 1)))
    return norm


@dataclass(frozen=True)
class _Layers:
    """The two configurations that replicas need, known to be supported."""

    encoder: RecurrentEncoderConfig
    decoder: RecurrentDecoderConfig


def _supported_layers(config: ModelConfig) -> _Layers:
    """Check that replicas can compute what this configuration means."""
    encoder, decoder = config.encoder, config.decoder
    if not isinstance(encoder, RecurrentEncoderConfig) or encoder.cell != "lstm":
        raise ValueError(f"replicas need an LSTM encoder, not {encoder!r}")
    if not isinstance(decoder, RecurrentDecoderConfig) or decoder.cell != "lstm":
        raise ValueError(f"replicas need an LSTM decoder, not {decoder!r}")
    if set(decoder.latent_enters) != {"initial-state", "inputs"}:
        raise ValueError(
            f"latent_enters={decoder.latent_enters!r}: replicas need initial-state and inputs"
        )
    if decoder.input_dropout or decoder.output_dropout:
        raise ValueError("replicas need input_dropout=0 and output_dropout=0")
    if not isinstance(config.posterior, GaussianConfig):
        raise ValueError(f"replicas need a Gaussian posterior, not {config.posterior!r}")
    if not isinstance(config.prior, StandardNormalConfig):
        raise ValueError(f"replicas need a standard normal prior, not {config.prior!r}")
    return _Layers(encoder, decoder)
