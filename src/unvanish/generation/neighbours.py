"""The nearest latent vectors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from ..config import UsageError
from ..config.errors import require

__all__ = ["Neighbours", "neighbours"]

_QUERIES, _CORPUS = 256, 8192
"""Rows compared at once: at most 16 MiB of distances, however many vectors there are."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest of many vectors to each of some, the nearest first.

    Args:
        indices: Which ones.
        distances: How far each is.
    """

    indices: Int64[Tensor, "queries k"]
    distances: Float64[Tensor, "queries k"]


def neighbours(
    queries: Float[Tensor, "queries latent"],
    corpus: Float[Tensor, "sentences latent"],
    k: int,
    metric: Literal["euclidean", "cosine"] = "euclidean",
) -> Neighbours:
    r"""Compare every query with every vector, exactly and in bounded memory.

    Of vectors that are equally far the first is nearer. Euclidean distances are differences
    squared and summed in 64 bits; the cosine distance is

    .. math:: 1 - \cos(a, b) = \tfrac12 \|\hat a - \hat b\|^2

    of the vectors brought to length 1.

    Args:
        queries: What neighbours are looked for, such as posterior means of some sentences.
        corpus: Where they are looked for, such as posterior means of the training split.
        k: How many for each query.
        metric: ``"euclidean"`` or ``"cosine"``.

    Raises:
        UsageError: If ``k`` is below 1 or above the number of vectors, or the metric is another,
            or has no meaning because a vector is 0.
        ValueError: If the vectors differ in size.

    Example:
        >>> found = neighbours(torch.tensor([[0.9, 0.0]]), torch.eye(2), k=2)
        >>> found.indices
        tensor([[0, 1]])
        >>> found.distances
        tensor([[0.1000, 1.3454]], dtype=torch.float64)
    """
    require(1 <= k <= len(corpus), "k", k, f"give a number from 1 to {len(corpus)}")
    require(metric in ("euclidean", "cosine"), "metric", metric, "give 'euclidean' or 'cosine'")
    if queries.shape[1] != corpus.shape[1]:
        raise ValueError(f"queries have size {queries.shape[1]}, the others {corpus.shape[1]}")
    prepared = _unit if metric == "cosine" else Tensor.double
    found = [
        _nearest(prepared(part), corpus, k, prepared) for part in torch.split(queries, _QUERIES)
    ]
    distances = torch.cat([part.distances for part in found])
    if metric == "cosine":
        distances = distances.square() / 2
    return Neighbours(torch.cat([part.indices for part in found]), distances)


def _nearest(
    queries: Float64[Tensor, "queries latent"],
    corpus: Float[Tensor, "sentences latent"],
    k: int,
    prepared: Callable[[Tensor], Tensor],
) -> Neighbours:
    """Go through the vectors in portions and keep the k nearest of those met so far."""
    distances = queries.new_empty((len(queries), 0))
    indices = torch.empty((len(queries), 0), dtype=torch.int64, device=queries.device)
    first = 0
    for part in torch.split(corpus, _CORPUS):
        # not by a product of matrices, whose rounding would part vectors that are equal
        mode = "donot_use_mm_for_euclid_dist"
        here = torch.cdist(queries, prepared(part), compute_mode=mode)
        places = torch.arange(first, first + len(part), device=queries.device)
        distances = torch.cat([distances, here], dim=1)
        indices = torch.cat([indices, places.expand(len(queries), -1)], dim=1)
        # those met before come first and have lower indices: a stable sort keeps ties in order
        distances, order = distances.sort(dim=1, stable=True)
        distances, indices = distances[:, :k], indices.gather(1, order[:, :k])
        first += len(part)
    return Neighbours(indices, distances)


def _unit(vectors: Float[Tensor, "rows latent"]) -> Float64[Tensor, "rows latent"]:
    """Bring vectors to length 1.

    Raises:
        UsageError: If one is 0.
    """
    wide = vectors.double()
    lengths: Tensor = torch.linalg.vector_norm(wide, dim=1, keepdim=True)
    if bool((lengths == 0).any()):
        raise UsageError("a vector of zeros has no direction; use metric='euclidean'")
    return wide / lengths
