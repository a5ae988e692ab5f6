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

__all__ = ["Losses", "Masks", "ReplicatedPass"]

Parts = Mapping[str, Tensor]
"""Weights, or their gradients, as :class:`unvanish.models.stacking.Views` gives them."""


@dataclass(frozen=True)
class Losses:
    """The two parts of every replica's loss in nats, a number a sentence.

    Args:
        rec: Reconstruction loss.
        kl: KL of the posterior from the prior.
    """

    rec: Float[Tensor, "replicas batch"]
    kl: Float[Tensor, "replicas batch"]


@dataclass(frozen=True)
class Masks:
    """What dropout multiplies with, the same for every replica: 0, or 1 / (1 - p).

    Args:
        inputs: For the previous words' vectors that the decoder reads; ``None`` drops nothing.
        outputs: For the states that its output layer reads; ``None`` drops nothing.
    """

    inputs: Float[Tensor, "batch predicted embedding"] | None = None
    outputs: Float[Tensor, "batch predicted hidden"] | None = None


class ReplicatedPass:
    """Computes losses and gradients of one batch after another.

    Args:
        encoder: Configuration of the encoder.
        decoder: Configuration of the decoder.
        weights: Weights of the shapes of all that will come.
        rows: The rows of the encoder; those that sentences share are computed once.
        time: Tokens of the longest sentence that will come, symbols included.
        batch: Sentences of every batch that will come.

    Attributes:
        time: Tokens of the longest sentence that can come.
    """

    def __init__(
        self,
        encoder: RecurrentEncoderConfig,
        decoder: RecurrentDecoderConfig,
        weights: Parts,
        rows: Rows,
        *,
        time: int,
        batch: int,
    ) -> None:
        scratch, self.time = Scratch(), time
        self._encoding = _Encoding(encoder, weights, rows, scratch)
        self._decoding = _Decoding(decoder, weights, time - 1, batch, scratch)

    def read(
        self,
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
        shared: PrefixRows | None = None,
    ) -> None:
        """Take in the sentences that the next passes are about.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not; a row of 1 is none.
            shared: How the encoder's rows are shared; each sentence has its own when absent.
        """
        self._encoding.read(tokens, lengths, shared)
        self._decoding.read(tokens, lengths)

    def __call__(
        self,
        weights: Parts,
        grads: Parts,
        noise: Float[Tensor, "#replicas batch latent"],
        shares: Float[Tensor, " batch"],
        betas: Float[Tensor, " replicas"],
        masks: Masks = Masks(),
    ) -> Losses:
        """Give the losses; fills ``grads`` with the gradient of the sum of share (rec + beta kl).

        Args:
            weights: Where the replicas are.
            grads: What is overwritten.
            noise: Standard normal numbers.
            shares: What each sentence counts, 1 / batch for a mean.
            betas: Weight of every replica's KL.
            masks: What dropout multiplies with.
        """
        mean, logvar = self._encoding.forward(weights).chunk(2, dim=-1)
        deviation = torch.exp(0.5 * logvar)
        variance = deviation * deviation
        kl = 0.5 * (variance + mean * mean - 1 - logvar).sum(-1)
        z = torch.addcmul(mean, deviation, noise)
        rec = self._decoding.forward(weights, z, masks)
        grad = self._decoding.backward(weights, grads, shares, masks)
        share = betas.view(-1, 1, 1) * shares.view(1, -1, 1)
        grad_mean = torch.addcmul(grad, share, mean)
        grad_logvar = 0.5 * (grad * deviation * noise + share * (variance - 1))
        self._encoding.backward(weights, grads, torch.cat([grad_mean, grad_logvar], dim=-1))
        return Losses(rec, kl)


class _Encoding:
    """From words to means and logarithms of variances."""

    def __init__(
        self, config: RecurrentEncoderConfig, weights: Parts, rows: Rows, scratch: Scratch
    ) -> None:
        self.layers = [f"encoder.layers.{layer}" for layer in range(config.layers)]
        like = weights["posterior"]
        self.lstm = ReplicatedLSTM(
            rows,
            replicas=len(like),
            features=config.embedding_size,
            size=config.hidden_size,
            layers=config.layers,
            like=like,
            scratch=scratch,
        )

    def read(self, tokens: Tensor, lengths: Tensor, shared: PrefixRows | None) -> None:
        """Note which word each row reads, and in which row each sentence ends."""
        batch, self.time = tokens.shape
        if shared is None:
            self.words = tokens.T.reshape(-1)
            self.rows = (lengths - 1) * batch + torch.arange(batch, device=tokens.device)
        else:
            self.words = shared.words
            self.rows = shared.places.gather(1, lengths.unsqueeze(1) - 1).squeeze(1)
        self.places = self.lstm.places[self.rows]

    def forward(self, weights: Parts) -> Float[Tensor, "replicas batch 2*latent"]:
        _embed(weights["encoder.embedding"], self.words, self.lstm.inputs[: len(self.words)])
        self.lstm.forward([weights[layer] for layer in self.layers], self.time)
        self.last = self.lstm.states.index_select(0, self.places).transpose(0, 1)
        return torch.bmm(self.last, weights["posterior"])

    def backward(self, weights: Parts, grads: Parts, grad: Tensor) -> None:
        product(self.last.transpose(1, 2), grad, out=grads["posterior"])
        asked = torch.bmm(grad, weights["posterior"][:, 1:].transpose(1, 2)).transpose(0, 1)
        self.lstm.grad_states[: len(self.words)].zero_().index_add_(0, self.rows, asked)
        own, theirs = ([parts[layer] for layer in self.layers] for parts in (weights, grads))
        self.lstm.backward(own, theirs, self.time)
        _embed_back(
            self.lstm.grad_inputs[: len(self.words)], self.words, grads["encoder.embedding"]
        )


class _Decoding:
    """From z to the loss of the words, and the gradient back to z."""

    def __init__(
        self,
        config: RecurrentDecoderConfig,
        weights: Parts,
        time: int,
        batch: int,
        scratch: Scratch,
    ) -> None:
        self.layers = [f"decoder.layers.{layer}" for layer in range(config.layers)]
        like, self.width, self.scratch = weights["initial"], config.embedding_size, scratch
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
        self.ones_and_z = like.new_ones(replicas, batch, 1 + latent)

    def read(self, tokens: Tensor, lengths: Tensor) -> None:
        """Note what is read, what is to be said, and where."""
        batch, self.time = len(tokens), tokens.shape[1] - 1
        self.words, targets = (part.T.reshape(-1) for part in (tokens[:, :-1], tokens[:, 1:]))
        self.targets = targets.expand(len(self.ones_and_z), 1, -1)
        positions = torch.arange(1, tokens.shape[1], device=tokens.device).unsqueeze(1)
        self.spoken = (positions < lengths).to(self.ones_and_z.dtype)
        self.states = self.lstm.states[batch : batch + len(self.words)]

    def forward(
        self, weights: Parts, z: Float[Tensor, "replicas batch latent"], masks: Masks
    ) -> Float[Tensor, "replicas batch"]:
        """Give rec."""
        batch = z.shape[1]
        self.ones_and_z[..., 1:] = z
        first = torch.bmm(self.ones_and_z, weights["initial"]).transpose(0, 1)
        for state, part in zip(self.lstm.first, first.chunk(len(self.layers), -1), strict=True):
            state.copy_(part)
        inputs = self.lstm.inputs[: len(self.words)]
        _embed(weights["decoder.embedding"], self.words, inputs)
        _drop(inputs[..., : self.width], masks.inputs)
        beside = inputs[..., self.width :]
        beside.view(-1, batch, *beside.shape[1:]).copy_(z.transpose(0, 1))
        self.lstm.forward([weights[layer] for layer in self.layers], self.time)
        self.said = self._kept(masks).transpose(0, 1)
        weight = weights["output"].transpose(1, 2)
        shape = (len(z), weight.shape[1], len(self.words))
        logits = self.scratch.take("logits", shape, z)
        product(weight, self.said.transpose(1, 2), out=logits)
        self.logp = F.log_softmax(logits, dim=1)  # words before rows: much the faster order
        found = self.logp.gather(1, self.targets).view(len(z), self.time, batch)
        return -(found * self.spoken).sum(1)

    def _kept(self, masks: Masks) -> Float[Tensor, "rows replicas hidden+1"]:
        """Give what the output layer reads: a one and what dropout leaves of the states."""
        if masks.outputs is None:
            return self.states
        kept = self.scratch.take("kept", tuple(self.states.shape), self.states)
        kept.copy_(self.states)
        _drop(kept[..., 1:], masks.outputs)
        return kept

    def backward(
        self, weights: Parts, grads: Parts, shares: Float[Tensor, " batch"], masks: Masks
    ) -> Float[Tensor, "replicas batch latent"]:
        """Give the gradient of z."""
        counted = (self.spoken * shares).view(-1)
        grad = torch.exp(self.logp).mul_(counted)
        grad = grad.scatter_add_(1, self.targets, -counted.expand_as(self.targets))
        grad = grad.transpose(1, 2)
        product(self.said.transpose(1, 2), grad, out=grads["output"])
        weight = weights["output"][:, 1:].transpose(1, 2)
        grad_states = self.lstm.grad_states[: len(self.words)]
        product(grad, weight, out=grad_states.transpose(0, 1))
        _drop(grad_states, masks.outputs)
        own, theirs = ([parts[layer] for layer in self.layers] for parts in (weights, grads))
        self.lstm.backward(own, theirs, self.time)
        grad_inputs = self.lstm.grad_inputs[: len(self.words)]
        _drop(grad_inputs[..., : self.width], masks.inputs)
        _embed_back(grad_inputs, self.words, grads["decoder.embedding"])
        first = self.lstm.grad_first.permute(2, 1, 0, 3).flatten(2)
        product(self.ones_and_z.transpose(1, 2), first, out=grads["initial"])
        beside = grad_inputs[..., self.width :]
        beside = beside.view(-1, first.shape[1], *beside.shape[1:]).sum(0).transpose(0, 1)
        return torch.baddbmm(beside, first, weights["initial"][:, 1:].transpose(1, 2))


def _drop(
    values: Float[Tensor, "rows replicas columns"],
    mask: Float[Tensor, "batch predicted columns"] | None,
) -> None:
    """Multiply what every replica has by the mask, in place."""
    if mask is not None:
        values.mul_(mask.transpose(0, 1).reshape(len(values), 1, -1))


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
