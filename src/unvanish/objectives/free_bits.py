r"""Free bits: a part of the rate that costs nothing, in the five forms that bear the name.

With R the KL of sentence b in dimension j and lambda the free nats:

.. math::
    \text{dimension-batch:}\quad & \sum_j \max(\lambda, \tfrac1B \textstyle\sum_b R_{bj}) \\
    \text{dimension:}\quad & \textstyle\sum_j \max(\lambda, R_{bj}) \\
    \text{sentence:}\quad & \max(\lambda, \textstyle\sum_j R_{bj}) \\
    \text{batch:}\quad & \max(\lambda, \tfrac1B \textstyle\sum_{bj} R_{bj}) \\
    \text{soft:}\quad & \gamma \textstyle\sum_j R_{bj}, \; \gamma \text{ from
    :class:`unvanish.controllers.SoftFreeBits`}

They are not equivalent. Where every sentence has the same R, the first two agree, and so do the
next two; but the forms by sentence also stop sentences that are short of lambda while others have
more than enough.
"""

from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["OVER_BATCH", "FreeBitsForm", "free_bits"]

FreeBitsForm = Literal["dimension-batch", "dimension", "sentence", "batch", "soft"]

OVER_BATCH = ("dimension-batch", "batch")
"""The forms that count means over a batch."""


def free_bits(
    kl: Float[Tensor, "batch latent"],
    free: float | Float[Tensor, ""],
    form: FreeBitsForm = "dimension-batch",
    *,
    masked: bool = False,
    gamma: float | Float[Tensor, ""] | None = None,
    whole: Float[Tensor, " latent"] | None = None,
) -> Float[Tensor, " batch"]:
    """Give what the rate costs, one number a sentence in nats; the mean of it goes into the loss.

    Report the KL itself, not this: it never falls below what is free.

    Args:
        kl: KL of every sentence in every dimension, as :func:`kl_gaussian` gives it.
        free: Nats that are free: in each dimension for the forms by dimension, altogether for the
            others. Not read by ``"soft"``, whose controller has the target.
        form: ``"dimension-batch"`` (Kingma et al. 2016; default), ``"dimension"``, ``"sentence"``,
            ``"batch"`` or ``"soft"``. The forms over the batch give every sentence the same number.
        masked: Whether what is below ``free`` counts 0 instead of ``free``, as in the code of Li
            et al. (2019) and Optimus. The gradient is the same.
        gamma: The weight of ``"soft"``.
        whole: For the forms over the batch where ``kl`` is only a part of one (gradients that are
            accumulated, or averaged over processes): the mean of every dimension over all of it,
            which decides what is free. The costs of the parts, each weighted by its sentences, are
            then on average that of the whole batch, and so are their gradients.

    Raises:
        ValueError: If ``form`` is none of these, ``kl`` or ``whole`` has another shape, ``free`` is
            below 0, or ``gamma`` is missing for ``"soft"`` or given for another form.

    References:
        dimension-batch: Kingma et al., Improved Variational Inference with Inverse Autoregressive
        Flow, NeurIPS 2016, https://arxiv.org/abs/1606.04934. dimension, sentence, batch: the
        options of Li et al., A Surprisingly Effective Fix for Deep Latent Variable Modeling of
        Text, EMNLP 2019, https://arxiv.org/abs/1909.00868. soft: Chen et al., Variational Lossy
        Autoencoder, ICLR 2017, https://arxiv.org/abs/1611.02731.

    Example:
        >>> kl = torch.tensor([[2.0, 0.0], [0.0, 0.2]])
        >>> for form in ("dimension-batch", "dimension", "sentence", "batch"):
        ...     print(form, free_bits(kl, 0.5, form))
        dimension-batch tensor([1.5000, 1.5000])
        dimension tensor([2.5000, 1.0000])
        sentence tensor([2.0000, 0.5000])
        batch tensor([1.1000, 1.1000])
    """
    _check(kl, free, form, gamma, whole)
    if gamma is not None:
        return gamma * kl.sum(-1)
    if form in ("sentence", "batch"):
        kl = kl.sum(-1, keepdim=True)
    counted = deciding = kl.mean(0, keepdim=True) if form in OVER_BATCH else kl
    if whole is not None and form in OVER_BATCH:
        deciding = whole.detach().sum(-1, keepdim=True) if form == "batch" else whole.detach()
    floor = torch.zeros_like(counted) if masked else torch.full_like(counted, float(free))
    return torch.where(deciding <= free, floor, counted).sum(-1).expand(len(kl))  # NaN stays


def _check(
    kl: Tensor,
    free: float | Tensor,
    form: str,
    gamma: float | Tensor | None,
    whole: Tensor | None,
) -> None:
    if form not in get_args(FreeBitsForm):
        raise ValueError(f"form={form!r}: give one of {', '.join(get_args(FreeBitsForm))}")
    if kl.dim() != 2:
        raise ValueError(f"kl has shape {tuple(kl.shape)}: give (batch, latent)")
    if whole is not None and whole.shape != kl.shape[1:]:
        raise ValueError(f"whole has shape {tuple(whole.shape)}: give {tuple(kl.shape[1:])}")
    if not free >= 0:
        raise ValueError(f"free={free!r}: give nats, 0 or more")
    if (form == "soft") != (gamma is not None):
        needed = "needs gamma, the value of a SoftFreeBits" if form == "soft" else "has no gamma"
        raise ValueError(f"gamma={gamma!r}: the form {form!r} {needed}")
