r"""The evidence lower bound of one's own training loop, from tensors alone.

.. math:: \mathrm{elbo} = -\frac1B \sum_b \left(\mathrm{rec}_b + \beta \sum_j
          \mathrm{kl}_{bj}\right)
"""

import torch
from jaxtyping import Float
from torch import Tensor

from ..nn import DiagonalGaussian

__all__ = ["elbo", "kl_gaussian"]


def kl_gaussian(
    mean: Float[Tensor, "*batch latent"], logvar: Float[Tensor, "*batch latent"]
) -> Float[Tensor, "*batch latent"]:
    r"""Give KL(N(mean, diag(exp(logvar))) || N(0, I)) in nats, one number a dimension.

    It is computed in 32 bits where those given have 16: near a collapse the terms all but cancel,
    and in 16 bits what is left of them is noise.

    .. math:: \tfrac12 \left(\mu^2 + \sigma^2 - 1 - \log \sigma^2\right)

    Args:
        mean: Means of q(z|x), ``(batch, latent)``.
        logvar: Logarithms of its variances, of the same shape.

    Raises:
        ValueError: If the shapes differ.

    References:
        Kingma and Welling, Auto-Encoding Variational Bayes, ICLR 2014, appendix B,
        https://arxiv.org/abs/1312.6114.

    Example:
        >>> import torch
        >>> kl_gaussian(torch.tensor([[2.0, 0.0]]), torch.zeros(1, 2))
        tensor([[2., 0.]])
    """
    given = DiagonalGaussian(*map(_at_least_32_bits, (mean, logvar)))
    return 0.5 * (given.mean.square() + (torch.expm1(given.logvar) - given.logvar))


def elbo(
    rec: Float[Tensor, " batch"],
    kl: Float[Tensor, " batch"] | Float[Tensor, "batch latent"],
    beta: float | Float[Tensor, ""] = 1.0,
) -> Float[Tensor, ""]:
    """Give the evidence lower bound in nats, the mean over examples; its negative is the loss.

    Both parts have one number an example: a rec that was averaged over tokens, pixels or the batch
    cannot be told from a right one afterwards and changes what beta means
    (:func:`unvanish.measures.effective_beta`), so it is refused.

    Args:
        rec: -log p(x|z) of every example in nats, summed over its tokens or pixels, ``(batch,)``.
        kl: KL of every example in nats, ``(batch,)``, or of its dimensions, ``(batch, latent)``.
        beta: The weight of kl: 1 for the ELBO, or what a schedule says.

    Raises:
        ValueError: If the shapes are others.

    Example:
        >>> import torch
        >>> rec, kl = torch.tensor([80.0, 90.0]), torch.tensor([[2.0, 1.0], [3.0, 0.0]])
        >>> elbo(rec, kl), elbo(rec, kl, beta=0.5)
        (tensor(-88.), tensor(-86.5000))
    """
    if rec.dim() != 1:
        raise ValueError(
            f"rec has shape {tuple(rec.shape)}: sum it over tokens or pixels, one number an "
            "example, and leave the mean over the batch to elbo"
        )
    if kl.dim() not in (1, 2) or len(kl) != len(rec):
        raise ValueError(
            f"kl has shape {tuple(kl.shape)} beside rec {tuple(rec.shape)}: give (batch,) or "
            "(batch, latent)"
        )
    return -(rec + beta * (kl if kl.dim() == 1 else kl.sum(-1))).mean()


def _at_least_32_bits(values: Tensor) -> Tensor:
    return values.to(torch.promote_types(values.dtype, torch.float32))
