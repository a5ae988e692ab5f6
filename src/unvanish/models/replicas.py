"""Several text VAEs of one shape trained side by side in one program.

Every parameter of R models is stacked along a new first axis, so that R small models cost little
more than one. A replica computes what :class:`TextVAE` computes, up to rounding.
"""

from collections.abc import Mapping, Sequence
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
from ..nn.prefix_rows import PrefixRows, Rows
from ..nn.replicated_lstm import ReplicatedLSTM, Scratch, stack_layer, unstack_layer
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
    of length R; all weights of an LSTM's layer are one parameter, ``encoder:layers:0`` for the
    lowest of the encoder (:func:`unvanish.nn.replicated_lstm.stack_layer`). An optimizer that
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
        scratch = Scratch()
        self._lstms = {part: ReplicatedLSTM(scratch) for part in ("encoder", "decoder")}
        self._shared: PrefixRows | None = None
        self.stacked = nn.ParameterDict(
            {name: nn.Parameter(value) for name, value in _stack(models).items()}
        )

    def unstack(self) -> list[TextVAE]:
        """Give every replica as a model of its own, with copies of its parameters."""
        models = []
        for replica in range(self.replicas):
            with torch.random.fork_rng(devices=[]):
                model = TextVAE(self.config, vocabulary_size=self.vocabulary_size)
            model.to(self._like)
            _unstack({name: value[replica] for name, value in self.stacked.items()}, model)
            models.append(model)
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
        encoder, shared = self._layers.encoder, self._rows_of(tokens)
        first = self._like.new_zeros(
            encoder.layers, shared.rows.counts[0], self.replicas, encoder.hidden_size
        )
        states = self._recur("encoder", self._embed("encoder", shared.words), first, shared.rows)
        last = shared.places.gather(1, lengths.unsqueeze(1) - 1).squeeze(1)
        features = states[last].transpose(0, 1)
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
        batch, time = inputs.shape
        layers = self._layers.decoder.layers
        first = self._linear("decoder:initial", z).view(*z.shape[:2], layers, -1)
        words = self._embed("decoder", inputs.T.reshape(-1))
        read = torch.cat([words, z.transpose(0, 1).repeat(time, 1, 1)], dim=-1)
        rows = Rows.separate(time, batch)
        states = self._recur("decoder", read, first.permute(2, 1, 0, 3), rows)
        logits = self._linear("decoder:output", states.transpose(0, 1))
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

    def _rows_of(self, tokens: Tensor) -> PrefixRows:
        """Lay sentences out in rows, or remember how it was done for the same ones."""
        if self._shared is None or not torch.equal(tokens, self._shared.tokens):
            self._shared = PrefixRows.of(tokens)
        return self._shared

    def _embed(self, part: str, words: Tensor) -> Tensor:
        """Look words up in every replica's table; gives (words, replicas, embedding)."""
        tables = self._of(f"{part}:embedding:weight").transpose(0, 1)
        return F.embedding(words, tables.flatten(1)).view(len(words), *tables.shape[1:])

    def _linear(self, name: str, values: Tensor) -> Tensor:
        """Apply every replica's linear layer; ``values`` is (replicas, rows, features)."""
        weight, bias = self._of(f"{name}:weight"), self._of(f"{name}:bias")
        return torch.baddbmm(bias.unsqueeze(1), values, weight.transpose(1, 2))

    def _recur(self, part: str, inputs: Tensor, first: Tensor, rows: Rows) -> Tensor:
        """Run the layers of the encoder or decoder; gives (rows, replicas, hidden)."""
        weights = [self._of(f"{part}:layers:{layer}") for layer in range(len(first))]
        return self._lstms[part](inputs, first, weights, rows)


def _stack(models: Sequence[TextVAE]) -> dict[str, Tensor]:
    """Give all parameters of all models, the layers of LSTMs each as one."""
    states = [model.state_dict() for model in models]
    names = [name for name in states[0] if ".layers." not in name]
    stacked = {name.replace(".", ":"): torch.stack([s[name] for s in states]) for name in names}
    for part, lstms in _lstms_of(models).items():
        for layer in range(lstms[0].num_layers):
            stacked[f"{part}:layers:{layer}"] = stack_layer(lstms, layer)
    return stacked


def _unstack(values: Mapping[str, Tensor], model: TextVAE) -> None:
    """Copy the parameters of one replica into a model."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if ".layers." not in name:
                parameter.copy_(values[name.replace(".", ":")])
    for part, (lstm,) in _lstms_of([model]).items():
        for layer in range(lstm.num_layers):
            unstack_layer(values[f"{part}:layers:{layer}"], lstm, layer)


def _lstms_of(models: Sequence[TextVAE]) -> dict[str, list[nn.LSTM]]:
    return {
        part: [cast(nn.LSTM, model.get_submodule(f"{part}.layers")) for model in models]
        for part in ("encoder", "decoder")
    }


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
