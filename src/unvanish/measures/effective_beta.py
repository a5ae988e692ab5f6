"""What the weight of a loss means in units of the true ELBO."""

import math
import warnings

__all__ = ["EffectiveBetaWarning", "effective_beta"]


class EffectiveBetaWarning(UserWarning):
    """The weight before the KL is not the beta that the loss has."""


def effective_beta(
    beta: float = 1.0,
    *,
    rec_averaged_over: float = 1,
    kl_averaged_over: float = 1,
    rec_scale: float = 1.0,
) -> float:
    r"""Give the weight of the KL that a loss really has, where 1 is the ELBO.

    The ELBO sums rec over tokens or pixels and kl over latent dimensions. Averages change the
    ratio of the two: dividing rec by the number of its terms multiplies beta by that number,
    dividing kl by the number of its own divides beta by it. Averaging both over the batch changes
    nothing.

    .. math:: \frac{c \, \mathrm{rec}}{n} + \beta \frac{\mathrm{kl}}{d}
              \;\propto\; \mathrm{rec} + \frac{\beta n}{c \, d} \, \mathrm{kl}

    Args:
        beta: The factor before kl in the code.
        rec_averaged_over: Terms n that rec is the mean of for one example: pixels, or tokens of a
            sentence; 1 (default) if they are summed.
        kl_averaged_over: Terms d that kl is the mean of for one example: latent dimensions; 1
            (default) if they are summed.
        rec_scale: How many times -log p(x|z) in nats rec is, c. 1 (default) for a cross-entropy;
            2 for a squared error, which is twice the nats of a Gaussian of variance 1, and
            2 * variance for another variance.

    Raises:
        ValueError: If a number is not finite, or one that divides is not above 0.

    Warns:
        EffectiveBetaWarning: If the two weights differ, with what to multiply the KL by.

    Example:
        A mean squared error over 784 pixels beside a kl summed over its dimensions looks like
        beta = 1, and a decoder can hardly afford to use z:

        >>> import warnings
        >>> with warnings.catch_warnings(record=True, action="always") as caught:
        ...     effective_beta(1.0, rec_averaged_over=784, rec_scale=2)
        392.0
        >>> print(caught[0].message)
        beta = 1 in the code is 392 in units of the ELBO: multiply the KL by 0.00255102, ...
    """
    divisors = {
        "rec_averaged_over": rec_averaged_over,
        "kl_averaged_over": kl_averaged_over,
        "rec_scale": rec_scale,
    }
    if not math.isfinite(beta):
        raise ValueError(f"beta={beta!r}: give a finite number")
    for name, value in divisors.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name}={value!r}: give a finite number above 0")
    factor = rec_averaged_over / (rec_scale * kl_averaged_over)
    if beta != 0 and not math.isclose(factor, 1.0, rel_tol=1e-9):
        warnings.warn(
            f"beta = {beta:g} in the code is {beta * factor:g} in units of the ELBO: multiply the "
            f"KL by {1 / factor:g}, or sum both parts over one example's terms",
            EffectiveBetaWarning,
            stacklevel=2,
        )
    return beta * factor
