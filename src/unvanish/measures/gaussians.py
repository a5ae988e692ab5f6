"""Arrays of Gaussian posteriors, checked."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "PosteriorsWarning",
    "are_measurable",
    "gaussian_posteriors",
    "numbers",
    "require_rows",
    "warn_of_unlikely_posteriors",
]

_LARGEST_LOGVAR = 100.0
_LARGEST_MEAN = 1e9
"""Beyond them squares and densities are no finite numbers in 64 bits."""

_WIDER = 0.05
"""Median of the logarithms from which on posteriors are asked about."""


class PosteriorsWarning(UserWarning):
    """Arrays that are hardly those of posteriors."""


def gaussian_posteriors(mean: Any, logvar: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check the arrays of posteriors and give them in 64 bits.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.

    Raises:
        ValueError: If the shapes differ, there are no rows, or a number is not finite or no
            logarithm of a variance.

    Example:
        >>> gaussian_posteriors([[0.0]], [[800.0]])
        Traceback (most recent call last):
        ValueError: logvar holds 800.0: give the natural logarithm of the variance, within ±100
    """
    arrays = numbers(mean), numbers(logvar)
    for name, array in zip(("mean", "logvar"), arrays, strict=True):
        if array.ndim != 2 or array.size == 0:
            raise ValueError(f"{name} has shape {array.shape}: give (N, d) with at least one row")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds numbers that are not finite")
    if arrays[0].shape != arrays[1].shape:
        raise ValueError(f"mean and logvar differ in shape: {arrays[0].shape}, {arrays[1].shape}")
    mean_, logvar_ = (array.flat[int(np.abs(array).argmax())] for array in arrays)
    if abs(mean_) > _LARGEST_MEAN:
        raise ValueError(f"mean holds {mean_}: give means of q(z|x) within ±{_LARGEST_MEAN:g}")
    if abs(logvar_) > _LARGEST_LOGVAR:
        raise ValueError(
            f"logvar holds {logvar_}: give the natural logarithm of the variance, within "
            f"±{_LARGEST_LOGVAR:.0f}"
        )
    return arrays


def are_measurable(mean: Any, logvar: Any) -> bool:
    """Tell whether posteriors are several and their numbers are ones that can be measured.

    What watches a training asks this first: a posterior that has all but lost its variance is no
    reason to end it.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``.
        logvar: Logarithms of the variances, same shape.

    Example:
        >>> are_measurable(np.zeros((2, 1)), np.full((2, 1), -150.0))
        False
    """
    limits = (numbers(mean), _LARGEST_MEAN), (numbers(logvar), _LARGEST_LOGVAR)
    return len(limits[0][0]) > 1 and all(
        bool((np.abs(array) <= largest).all()) for array, largest in limits
    )


def warn_of_unlikely_posteriors(logvar: NDArray[np.float64], *, stacklevel: int = 2) -> None:
    """Warn where arrays look transposed, or every posterior is wider than the prior.

    The KL rises with a width beyond the prior's and rec does not fall with it, so that a model has
    no reason for it unless it has hardly been trained; standard deviations and variances, which
    are above 0, look like it.

    Args:
        logvar: Logarithms of the variances, shape ``(N, d)``.
        stacklevel: Whom to blame, as ``warnings.warn`` counts.

    Warns:
        PosteriorsWarning: If there are fewer rows than columns, or all logarithms are above 0 and
            most of them well above.
    """
    for problem in _unlikely(logvar):
        warnings.warn(problem, PosteriorsWarning, stacklevel=stacklevel + 1)


def _unlikely(logvar: NDArray[np.float64]) -> Iterator[str]:
    rows, columns = logvar.shape
    if rows < columns:
        yield (
            f"{rows:,} sentences have {columns:,} dimensions of z each: give arrays of a row a "
            "sentence, .T if they are the other way round, and more sentences if not"
        )
    if logvar.min() > 0 and np.median(logvar) > _WIDER:
        yield (
            f"every logvar is above 0, from {logvar.min():.3g} to {logvar.max():.3g}: all "
            "posteriors are wider than the prior; if these are standard deviations give "
            "2 * log(std), if they are variances log(var)"
        )


def require_rows(mean: NDArray[np.float64]) -> None:
    """Refuse a single posterior where several are compared.

    Raises:
        ValueError: If there are fewer than two rows.
    """
    if len(mean) < 2:
        raise ValueError("mean has a single row: give the posteriors of at least two sentences")


def numbers(values: Any) -> NDArray[np.float64]:
    """Take numbers in 64 bits, out of a tensor that gradients flow through too.

    Args:
        values: An array, a tensor on any device, or lists.

    Raises:
        ValueError: If entries are masked, or complex.
    """
    detach = getattr(values, "detach", None)
    if detach is not None:
        values = detach().cpu().double()
    if np.ma.is_masked(values):
        raise ValueError("some entries are masked: leave their rows out")
    if np.iscomplexobj(values):
        raise ValueError("the numbers are complex: give real ones")
    return np.asarray(values, dtype=np.float64)
