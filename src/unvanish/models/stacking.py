"""The parameters of several text VAEs of one shape in one tensor.

A row holds all numbers of one model, so that an optimizer's step, a gradient's norm and its
clipping are a few operations, however many parameters a model has.
"""

from collections.abc import Mapping, Sequence
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..nn.replicated_lstm import stack_layer, unstack_layer
from .text_vae import TextVAE

__all__ = ["EMBEDDINGS", "LINEAR", "Views", "lstms_of", "stack", "unstack"]

EMBEDDINGS = ("encoder.embedding", "decoder.embedding")
LINEAR = {
    "posterior": ("posterior.mean", "posterior.logvar"),
    "initial": ("decoder.initial",),
    "output": ("decoder.output",),
}
"""Linear layers by the name of what they are together: those that read the same are one."""


class Views:
    """Cuts a tensor with a row for every model into what its numbers stand for.

    ``NAME.embedding`` is ``(replicas, words, columns)``. Linear layers are ``(replicas, 1 + read,
    written)`` with the biases as the first row. ``encoder.layers.0`` and so on are the layers of
    the LSTMs as :func:`unvanish.nn.replicated_lstm.stack_layer` makes them.

    Args:
        shapes: Shape of every part of one model, in their order.
    """

    def __init__(self, shapes: Mapping[str, torch.Size]) -> None:
        self._shapes = dict(shapes)

    def of(self, numbers: Float[Tensor, "replicas numbers"]) -> dict[str, Tensor]:
        """Give the parts by name; they share the memory of ``numbers``."""
        parts = torch.split(numbers, [shape.numel() for shape in self._shapes.values()], dim=1)
        return {
            name: part.view(len(numbers), *shape)
            for part, (name, shape) in zip(parts, self._shapes.items(), strict=True)
        }


def stack(models: Sequence[TextVAE]) -> tuple[Float[Tensor, "replicas numbers"], Views]:
    """Give copies of all parameters, and what finds them again."""
    parts = {
        f"{part}.layers.{layer}": stack_layer(lstms, layer)
        for part, lstms in lstms_of(models).items()
        for layer in range(lstms[0].num_layers)
    }
    for name in EMBEDDINGS:
        tables = [cast(Tensor, model.get_submodule(name).weight) for model in models]
        parts[name] = torch.stack(tables).detach()
    for name, layers in LINEAR.items():
        joined = [torch.cat([_rows_of(model, layer) for layer in layers], 1) for model in models]
        parts[name] = torch.stack(joined)
    numbers = torch.cat([part.flatten(1) for part in parts.values()], dim=1)
    return numbers, Views({name: part.shape[1:] for name, part in parts.items()})


def unstack(parts: Mapping[str, Tensor], model: TextVAE) -> None:
    """Copy the parts of one model, as :class:`Views` gives them, into a model."""
    for part, (lstm,) in lstms_of([model]).items():
        for layer in range(lstm.num_layers):
            unstack_layer(parts[f"{part}.layers.{layer}"], lstm, layer)
    with torch.no_grad():
        for name in EMBEDDINGS:
            cast(Tensor, model.get_submodule(name).weight).copy_(parts[name])
        for name, joined in LINEAR.items():
            for own, rows in zip(joined, parts[name].chunk(len(joined), dim=1), strict=True):
                linear = _linear_of(model, own)
                linear.bias.copy_(rows[0])
                linear.weight.copy_(rows[1:].T)


def _rows_of(model: TextVAE, name: str) -> Float[Tensor, "1+read written"]:
    linear = _linear_of(model, name)
    return torch.cat([linear.bias.unsqueeze(0), linear.weight.T]).detach()


def _linear_of(model: TextVAE, name: str) -> nn.Linear:
    return cast(nn.Linear, model.get_submodule(name))


def lstms_of(models: Sequence[TextVAE]) -> dict[str, list[nn.LSTM]]:
    """Give the LSTMs of all models, by the part that they are in."""
    return {
        part: [cast(nn.LSTM, model.get_submodule(f"{part}.layers")) for model in models]
        for part in ("encoder", "decoder")
    }
