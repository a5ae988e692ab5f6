"""The way of a batch through several text VAEs at once and back, its gradient written by hand.

For models so small, what a framework does around the operations costs more than they do: here it
is about a hundred operations for all models, in memory that is there from the beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from ..config import RecurrentDecoderConfig, RecurrentEncoderConfig
from ..nn.prefix_rows import PrefixRows, Rows
from ..nn.replicated_buffers import product
from ..nn.replicated_lstm import ReplicatedLSTM, Scratch

__all__ = ["Losses", "ReplicatedPass"]

Parts = Mapping[str, Tensor]
"""Weights, or their gradients, as :class:`unvanish.models.stacking.Views` gives them."""


@dataclass(frozen=True)
class Losses:
    """The two parts of every replica's loss in nats, means over sentences.

    Args:
        rec: Reconstruction loss.
        kl: KL of the posteriors from the prior.
    """

    rec: Float[Tensor, " replicas"]
    kl: Float[Tensor, " replicas"]


class ReplicatedPass:
    """Computes losses and gradients of one batch.

    Args:
        encoder: Configuration of the encoder.
        decoder: Configuration of the decoder.
        weights: Weights of the shapes of all that will come.
        tokens: Sentences with their begin and end symbols, padded on the right.
        lengths: Tokens of each sentence, symbols included, padding not.
    """

    def __init__(
        self,
        encoder: RecurrentEncoderConfig,
        decoder: RecurrentDecoderConfig,
        weights: Parts,
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
    ) -> None:
        scratch = Scratch()
        self._encoding = _Encoding(encoder, weights, tokens, lengths, scratch)
        self._decoding = _Decoding(decoder, weights, tokens, lengths, scratch)

    def __call__(
        self,
        weights: Parts,
        grads: Parts,
        noise: Float[Tensor, "replicas batch latent"],
        betas: Float[Tensor, " replicas"],
    ) -> Losses:
        """Give the losses; fills ``grads`` with the gradient of rec + beta kl.

        Args:
            weights: Where the replicas are.
            grads: What is overwritten.
            noise: Standard normal numbers.
            betas: Weight of every replica's KL.
        """
        mean, logvar = self._encoding.forward(weights).chunk(2, dim=-1)
        deviation = torch.exp(0.5 * logvar)
        variance = deviation * deviation
        kl = 0.5 * (variance + mean * mean - 1 - logvar).sum(-1).mean(-1)
        rec = self._decoding.forward(weights, torch.addcmul(mean, deviation, noise))
        grad = self._decoding.backward(weights, grads)
        share = (betas / noise.shape[1]).view(-1, 1, 1)
        grad_mean = torch.addcmul(grad, share, mean)
        grad_logvar = 0.5 * (grad * deviation * noise + share * (variance - 1))
        self._encoding.backward(weights, grads, torch.cat([grad_mean, grad_logvar], dim=-1))
        return Losses(rec, kl)


class _Encoding:
    """From words to means and logarithms of variances."""

    def __init__(
        self,
        config: RecurrentEncoderConfig,
        weights: Parts,
        tokens: Tensor,
        lengths: Tensor,
        scratch: Scratch,
    ) -> None:
        shared = PrefixRows.of(tokens)
        self.layers = [f"encoder.layers.{layer}" for layer in range(config.layers)]
        self.words, self.width = shared.words, config.embedding_size
        like = weights["posterior"]
        self.lstm = ReplicatedLSTM(
            shared.rows,
            replicas=len(like),
            features=self.width,
            size=config.hidden_size,
            layers=config.layers,
            like=like,
            scratch=scratch,
        )
        self.rows = shared.places.gather(1, lengths.unsqueeze(1) - 1).squeeze(1)
        self.places = self.lstm.places[self.rows]

    def forward(self, weights: Parts) -> Float[Tensor, "replicas batch 2*latent"]:
        _embed(weights["encoder.embedding"], self.words, self.lstm.inputs)
        self.lstm.forward([weights[layer] for layer in self.layers])
        self.read = self.lstm.states.index_select(0, self.places).transpose(0, 1)
        return torch.bmm(self.read, weights["posterior"])

    def backward(self, weights: Parts, grads: Parts, grad: Tensor) -> None:
        product(self.read.transpose(1, 2), grad, out=grads["posterior"])
        asked = torch.bmm(grad, weights["posterior"][:, 1:].transpose(1, 2)).transpose(0, 1)
        self.lstm.grad_states.zero_().index_add_(0, self.rows, asked)
        self.lstm.backward(
            [weights[layer] for layer in self.layers], [grads[layer] for layer in self.layers]
        )
        _embed_back(self.lstm.grad_inputs, self.words, grads["encoder.embedding"])


class _Decoding:
    """From z to the loss of the words, and the gradient back to z."""

    def __init__(
        self,
        config: RecurrentDecoderConfig,
        weights: Parts,
        tokens: Tensor,
        lengths: Tensor,
        scratch: Scratch,
    ) -> None:
        batch, time = len(tokens), tokens.shape[1] - 1
        self.layers = [f"decoder.layers.{layer}" for layer in range(config.layers)]
        self.words, self.width = tokens[:, :-1].T.reshape(-1), config.embedding_size
        like = weights["initial"]
        replicas, latent = len(like), like.shape[1] - 1
        self.lstm = ReplicatedLSTM(
            Rows.separate(time, batch),
            replicas=replicas,
            features=self.width + latent,
            size=config.hidden_size,
            layers=config.layers,
            like=like,
            scratch=scratch,
        )
        self.read = self.lstm.states[batch:].transpose(0, 1)
        self.ones_and_z = like.new_ones(replicas, batch, 1 + latent)
        spoken = torch.arange(1, time + 1, device=tokens.device) < lengths.unsqueeze(1)
        labels = F.one_hot(tokens[:, 1:].T.reshape(-1), weights["output"].shape[2])
        self.spoken = spoken.T.reshape(-1).to(like.dtype) / batch
        self.labels = labels.T.to(like.dtype) * self.spoken
        self.logits = like.new_empty(replicas, *self.labels.shape)

    def forward(
        self, weights: Parts, z: Float[Tensor, "replicas batch latent"]
    ) -> Float[Tensor, " replicas"]:
        """Give rec."""
        batch = z.shape[1]
        self.ones_and_z[..., 1:] = z
        first = torch.bmm(self.ones_and_z, weights["initial"]).transpose(0, 1)
        for state, part in zip(self.lstm.first, first.chunk(len(self.layers), -1), strict=True):
            state.copy_(part)
        _embed(weights["decoder.embedding"], self.words, self.lstm.inputs)
        beside = self.lstm.inputs[..., self.width :]
        beside.view(-1, batch, *beside.shape[1:]).copy_(z.transpose(0, 1))
        self.lstm.forward([weights[layer] for layer in self.layers])
        weight = weights["output"].transpose(1, 2)
        logits = product(weight, self.read.transpose(1, 2), out=self.logits)
        self.logp = F.log_softmax(logits, dim=1)  # words before rows: much the faster order
        return -(self.logp.flatten(1) @ self.labels.flatten())

    def backward(self, weights: Parts, grads: Parts) -> Float[Tensor, "replicas batch latent"]:
        """Give the gradient of z."""
        grad = torch.exp(self.logp).mul_(self.spoken).sub_(self.labels)
        grad = grad.transpose(1, 2)
        product(self.read.transpose(1, 2), grad, out=grads["output"])
        weight = weights["output"][:, 1:].transpose(1, 2)
        product(grad, weight, out=self.lstm.grad_states.transpose(0, 1))
        self.lstm.backward(
            [weights[layer] for layer in self.layers], [grads[layer] for layer in self.layers]
        )
        _embed_back(self.lstm.grad_inputs, self.words, grads["decoder.embedding"])
        first = self.lstm.grad_first.permute(2, 1, 0, 3).flatten(2)
        product(self.ones_and_z.transpose(1, 2), first, out=grads["initial"])
        beside = self.lstm.grad_inputs[..., self.width :]
        beside = beside.view(-1, first.shape[1], *beside.shape[1:]).sum(0).transpose(0, 1)
        return torch.baddbmm(beside, first, weights["initial"][:, 1:].transpose(1, 2))


def _embed(
    table: Float[Tensor, "replicas words columns"],
    words: Int64[Tensor, " rows"],
    inputs: Float[Tensor, "rows replicas read"],
) -> None:
    """Look words up in every replica's table."""
    inputs[..., : table.shape[2]] = table.transpose(0, 1).index_select(0, words)


def _embed_back(
    grad: Float[Tensor, "rows replicas read"],
    words: Int64[Tensor, " rows"],
    table: Float[Tensor, "replicas words columns"],
) -> None:
    """Write the gradient of every replica's table."""
    table.zero_().transpose(0, 1).index_add_(0, words, grad[..., : table.shape[2]])
