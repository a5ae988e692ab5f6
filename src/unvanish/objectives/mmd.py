r"""Maximum mean discrepancy: how far the aggregated posterior lies from the prior.

.. math:: \mathrm{mmd} = E\,k(z, z') + E\,k(p, p') - 2\,E\,k(z, p)
    \qquad z, z' \sim q(z),\; p, p' \sim p(z)
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["Kernel", "mmd"]

Kernel = Literal["gaussian", "inverse-multiquadratic"]


def mmd(
    z: Float[Tensor, "batch latent"],
    prior: Float[Tensor, "draws latent"] | None = None,
    kernel: Kernel = "inverse-multiquadratic",
    *,
    scale: float | None = None,
    unbiased: bool = True,
) -> Float[Tensor, ""]:
    r"""Estimate the squared maximum mean discrepancy between samples of q(z) and of the prior.

    The kernels, with C the scale, are :math:`\exp(-\|z - z'\|^2 / C)` and
    :math:`C / (C + \|z - z'\|^2)`. The unbiased estimate leaves a sample's kernel with itself out
    and so may be a little below 0.

    Args:
        z: Samples of the posteriors of a batch.
        prior: Samples of the prior; drawn from N(0, I), as many as ``z`` has, when absent.
        kernel: ``"inverse-multiquadratic"`` (default), which also feels what is far away, or
            ``"gaussian"``.
        scale: C; by default twice the number of dimensions, the mean squared distance of two
            samples of N(0, I).
        unbiased: Whether to leave out a sample's kernel with itself.

    Raises:
        ValueError: If a shape or an option is wrong, or there are fewer than 2 samples.

    References:
        Gretton et al., A Kernel Two-Sample Test, JMLR 2012; Zhao et al., InfoVAE, AAAI 2019,
        https://arxiv.org/abs/1706.02262; Tolstikhin et al., Wasserstein Auto-Encoders, ICLR 2018,
        https://arxiv.org/abs/1711.01558 (kernel and scale).

    Example:
        >>> same = torch.tensor([[0.0], [1.0]])
        >>> mmd(same, same, unbiased=False)
        tensor(0.)
    """
    prior = torch.randn_like(z) if prior is None else prior
    _check(z, prior, kernel, scale)
    width = 2.0 * z.shape[-1] if scale is None else scale

    def similarity(one: Tensor, other: Tensor) -> Tensor:
        squares = (one.unsqueeze(1) - other.unsqueeze(0)).square().sum(-1)
        return torch.exp(-squares / width) if kernel == "gaussian" else width / (width + squares)

    def within(samples: Tensor) -> Tensor:
        kernels, count = similarity(samples, samples), len(samples)
        if not unbiased:
            return kernels.mean()
        return (kernels.sum() - kernels.diagonal().sum()) / (count * (count - 1))

    return within(z) + within(prior) - 2 * similarity(z, prior).mean()


def _check(z: Tensor, prior: Tensor, kernel: str, scale: float | None) -> None:
    if kernel not in ("gaussian", "inverse-multiquadratic"):
        raise ValueError(f"kernel={kernel!r}: give 'gaussian' or 'inverse-multiquadratic'")
    if z.dim() != 2 or prior.dim() != 2 or z.shape[-1] != prior.shape[-1]:
        raise ValueError(
            f"z has shape {tuple(z.shape)} and prior {tuple(prior.shape)}: give (batch, latent) "
            "and (draws, latent)"
        )
    if min(len(z), len(prior)) < 2:
        raise ValueError(f"{len(z)} samples of z, {len(prior)} of the prior: give at least 2")
    if scale is not None and not scale > 0:
        raise ValueError(f"scale={scale!r}: give a number above 0")
