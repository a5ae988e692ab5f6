"""Gradients of several text VAEs of one shape on one batch after another, in their parameters.

Unlike :class:`unvanish.models.replicas.ReplicatedTextVAE` it leaves the parameters where they are:
whoever moves, clips or saves them sees models as any others.
"""

from collections.abc import Iterator, Sequence
from typing import cast

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from ..nn.prefix_rows import Rows
from ..nn.replicated_lstm import layer_parts
from .replicated_layers import replicated_layers
from .replicated_pass import Losses, Masks, ReplicatedPass
from .stacking import EMBEDDINGS, LINEAR, lstms_of, stack
from .text_vae import TextVAE

__all__ = ["ReplicatedBatches"]


class ReplicatedBatches:
    """Some models that read the same sentences, each with its own weight of the KL.

    Memory is laid out once for every number of sentences, and anew when longer ones come, which
    changes no shape. So a batch's gradients depend on it and the models alone, to the last bit: not
    on the batches before it, nor on the models beside one.

    Args:
        models: The models, equal in configuration, vocabulary, precision and device.

    Raises:
        ValueError: If a part of them is not supported (:func:`replicated_layers`).
    """

    def __init__(self, models: Sequence[TextVAE]) -> None:
        self.models = tuple(models)
        self._layers = replicated_layers(models[0].config)
        numbers, views = stack(models)
        self._weights, self._grads = views.of(numbers), views.of(torch.zeros_like(numbers))
        self._copies = [
            _Copies(model, _row(self._weights, k), _row(self._grads, k))
            for k, model in enumerate(models)
        ]
        self._passes: dict[int, ReplicatedPass] = {}

    @torch.no_grad()
    def gradients(
        self,
        tokens: Int64[Tensor, "batch time"],
        lengths: Int64[Tensor, " batch"],
        noise: Float[Tensor, "batch latent"],
        betas: Float[Tensor, " replicas"],
        masks: Masks = Masks(),  # noqa: B008 - frozen
    ) -> Losses:
        """Make the gradient of the mean of rec + beta kl every parameter's ``grad``.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
            noise: Standard normal numbers, the same for every model.
            betas: Weight of every model's KL.
            masks: What dropout multiplies with, the same for every model.
        """
        batch, time = tokens.shape
        replicated_pass = self._pass_of(batch, time)
        replicated_pass.read(tokens, lengths)
        for copies in self._copies:
            copies.gather()
        shares = noise.new_full((batch,), 1 / batch)
        found = replicated_pass(self._weights, self._grads, noise, shares, betas, masks)
        for copies in self._copies:
            copies.scatter()
        return found

    def _pass_of(self, batch: int, time: int) -> ReplicatedPass:
        """Give the memory for so many sentences, laid out anew if they are longer than before."""
        known = self._passes.get(batch)
        if known is None or known.time < time:
            known = self._passes[batch] = ReplicatedPass(
                self._layers.encoder,
                self._layers.decoder,
                self._weights,
                Rows.separate(time, batch),
                time=time,
                batch=batch,
            )
        return known


class _Copies:
    """Moves one model's parameters to their row, and their gradients back."""

    def __init__(
        self, model: TextVAE, weights: dict[str, Tensor], grads: dict[str, Tensor]
    ) -> None:
        self._grads = {
            parameter: torch.zeros_like(parameter, requires_grad=False)
            for parameter in model.parameters()
        }
        self._gathered = [
            (place, parameter.detach()[rows].t())
            for parameter, rows, place in _places(model, weights)
        ]
        self._scattered = [
            (self._grads[parameter][rows].t(), place)
            for parameter, rows, place in _places(model, grads)
        ]

    def gather(self) -> None:
        for place, values in self._gathered:
            place.copy_(values)

    def scatter(self) -> None:
        for place, values in self._scattered:
            place.copy_(values)
        for parameter, grad in self._grads.items():
            parameter.grad = grad


def _places(
    model: TextVAE, parts: dict[str, Tensor]
) -> Iterator[tuple[nn.Parameter, slice, Tensor]]:
    """Say of every parameter where its rows, transposed, are among the parts of one model."""
    whole = slice(None)
    for part, (lstm,) in lstms_of([model]).items():
        for layer in range(lstm.num_layers):
            for parameter, rows, place in layer_parts(parts[f"{part}.layers.{layer}"], lstm, layer):
                yield cast(nn.Parameter, parameter), rows, _as_parameter(parameter, place)
    for name in EMBEDDINGS:
        yield cast(nn.Parameter, model.get_submodule(name).weight), whole, parts[name].T
    for name, layers in LINEAR.items():
        for layer_name, place in zip(layers, parts[name].chunk(len(layers), 1), strict=True):
            linear = cast(nn.Linear, model.get_submodule(layer_name))
            yield linear.bias, whole, place[0]
            yield cast(nn.Parameter, linear.weight), whole, place[1:]


def _as_parameter(parameter: Tensor, place: Tensor) -> Tensor:
    return place[0] if parameter.dim() == 1 else place


def _row(parts: dict[str, Tensor], replica: int) -> dict[str, Tensor]:
    return {name: part[replica] for name, part in parts.items()}
