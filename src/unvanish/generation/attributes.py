"""Directions in the latent space, and steps along them."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ..config import UsageError
from .labels import known_labels, require_label

__all__ = ["analogy", "attribute_vector", "move"]


def analogy(
    a: Float[Tensor, "*batch latent"],
    b: Float[Tensor, "*batch latent"],
    c: Float[Tensor, "*batch latent"],
) -> Float[Tensor, "*batch latent"]:
    """Give what is to c as b is to a: c + (b - a).

    Args:
        a: Latent vectors, such as posterior means.
        b: What they become.
        c: Others, to be changed alike.

    References:
        Mikolov et al., Linguistic Regularities in Continuous Space Word Representations,
        NAACL 2013, https://aclanthology.org/N13-1090.

    Example:
        >>> a, b, c = torch.tensor([[1.0, 1.0], [1.0, 3.0], [4.0, 0.0]])
        >>> analogy(a, b, c)
        tensor([4., 2.])
    """
    return c + (b - a)


def attribute_vector(
    means: Float[Tensor, "sentences latent"],
    labels: Sequence[str | None] | None,
    toward: str,
    away: str | None = None,
) -> Float[Tensor, " latent"]:
    r"""Give the direction from sentences of other labels to sentences of one.

    .. math:: \frac1{|T|} \sum_{i \in T} \mu_i - \frac1{|A|} \sum_{i \in A} \mu_i

    where T are the sentences labelled ``toward`` and A those labelled ``away``. One that has no
    label is in neither.

    Args:
        means: Posterior means of labelled sentences.
        labels: The label of each, such as ``Corpus.labels``.
        toward: The label to move to.
        away: The label to move from; ``None`` takes all others.

    Raises:
        UsageError: If there are no labels, no sentence has one of the two, or all have one label.
        ValueError: If there are more or fewer labels than means.

    References:
        Larsen et al., Autoencoding beyond pixels using a learned similarity metric, ICML 2016,
        https://arxiv.org/abs/1512.09300.

    Example:
        >>> means = torch.tensor([[0.0, 1.0], [2.0, 1.0], [5.0, 5.0]])
        >>> attribute_vector(means, ["bad", "good", None], toward="good")
        tensor([2., 0.])
    """
    known = known_labels(labels)
    if labels is None or len(labels) != len(means):
        raise ValueError(f"there are {len(labels or ())} labels for {len(means)} means")
    require_label(toward, known)
    if len(known) == 1:
        raise UsageError(f"all labelled sentences are {toward!r}; give some of another label")
    if away is not None:
        require_label(away, known)
    if away == toward:
        raise UsageError(f"toward and away are both {toward!r}; give another, or leave away out")
    there = [label == toward for label in labels]
    others = {away} if away is not None else set(known) - {toward}
    elsewhere = [label in others for label in labels]
    return _mean(means, there) - _mean(means, elsewhere)


def move(
    z: Float[Tensor, "*batch latent"], vector: Float[Tensor, " latent"], strength: float = 1.0
) -> Float[Tensor, "*batch latent"]:
    """Go along a direction: z + strength * vector.

    Args:
        z: Where to begin.
        vector: The direction, such as an :func:`attribute_vector`.
        strength: How far; 1 goes as far as the means of the labels are apart, a negative number
            the other way.

    Example:
        >>> move(torch.tensor([[1.0, 1.0]]), torch.tensor([2.0, 0.0]), 0.5)
        tensor([[2., 1.]])
    """
    return z + strength * vector


def _mean(means: Float[Tensor, "sentences latent"], chosen: list[bool]) -> Float[Tensor, " latent"]:
    """Average some rows in 64 bits."""
    rows = means[torch.tensor(chosen, device=means.device)]
    return rows.double().mean(0).to(means.dtype)
