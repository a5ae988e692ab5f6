"""Well-known helpers under their well-known signatures, repaired.

The ``frange_cycle_*`` functions are those of the notebook beside the paper
(https://github.com/haofuml/cyclical_annealing) and of Optimus, much copied since. Changing the
import is enough. What differs, besides a list in place of a numpy array:

- every element follows eq. (6)-(7); the originals were filled with 1 first, in the notebook's
  variant also where ``stop`` is not 1;
- ``ratio=1`` works: the sigmoid and cosine variants could raise IndexError;
- the sigmoid starts at ``start`` and ends at ``stop``, not at 0.0025 and 0.9975, and both it and
  the cosine obey ``start`` and ``stop``;
- where ``n_cycle`` does not divide ``n_iter``, cycles begin where eq. (7) says;
- a run that ends inside a ramp warns, and says which setting does not.

For new code ``Cyclical`` does the same without a list.
"""

from .schedules import Constant, Cyclical, Monotonic, Schedule
from .schedules.shapes import SNAP
from .schedules.validation import finite, share, whole

__all__ = [
    "frange_cycle_cosine",
    "frange_cycle_linear",
    "frange_cycle_sigmoid",
    "frange_cycle_zero_linear",
    "from_kl_warmup",
]


def frange_cycle_linear(
    n_iter: int, start: float = 0.0, stop: float = 1.0, n_cycle: int = 4, ratio: float = 0.5
) -> list[float]:
    """Return the weights of ``n_iter`` steps: linear ramps, each followed by a hold.

    Args:
        n_iter: Length of the run in steps.
        start: Weight at the beginning of each ramp.
        stop: Weight at its end, held to the end of the cycle.
        n_cycle: Number of cycles.
        ratio: Share of a cycle spent on the ramp, in [0, 1].

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> frange_cycle_linear(8, n_cycle=2)
        [0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0, 1.0]
    """
    return _cycles("linear", n_iter, start, stop, n_cycle, ratio)


def frange_cycle_sigmoid(
    n_iter: int, start: float = 0.0, stop: float = 1.0, n_cycle: int = 4, ratio: float = 0.5
) -> list[float]:
    """Return the weights of ``n_iter`` steps: sigmoid ramps; see ``frange_cycle_linear``."""
    return _cycles("sigmoid", n_iter, start, stop, n_cycle, ratio)


def frange_cycle_cosine(
    n_iter: int, start: float = 0.0, stop: float = 1.0, n_cycle: int = 4, ratio: float = 0.5
) -> list[float]:
    """Return the weights of ``n_iter`` steps: cosine ramps; see ``frange_cycle_linear``."""
    return _cycles("cosine", n_iter, start, stop, n_cycle, ratio)


def frange_cycle_zero_linear(
    n_iter: int,
    start: float = 0.0,
    stop: float = 1.0,
    n_cycle: int = 4,
    ratio_increase: float = 0.5,
    ratio_zero: float = 0.3,
) -> list[float]:
    """Return the weights of ``n_iter`` steps, each cycle holding ``start`` before its ramp.

    Args:
        n_iter: Length of the run in steps.
        start: Weight before each ramp.
        stop: Weight after it.
        n_cycle: Number of cycles.
        ratio_increase: Share of a cycle spent on the ramp.
        ratio_zero: Share of a cycle spent at ``start`` before it.

    Raises:
        ValueError: An argument is outside its range; ratio_zero + ratio_increase above 1 too,
            where the original cut the ramp off.

    Example:
        >>> frange_cycle_zero_linear(8, n_cycle=1, ratio_increase=0.25, ratio_zero=0.25)
        [0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0]
    """
    ratio_increase = share("ratio_increase", ratio_increase)
    ratio_zero = share("ratio_zero", ratio_zero)
    if ratio_zero + ratio_increase > 1.0 + SNAP:
        raise ValueError(
            f"ratio_zero + ratio_increase must be <= 1, got {ratio_zero} + {ratio_increase}"
        )
    return _cycles("linear", n_iter, start, stop, n_cycle, ratio_increase, ratio_zero)


def _cycles(
    shape: str,
    n_iter: int,
    start: float,
    stop: float,
    n_cycle: int,
    ratio: float,
    zero_ratio: float = 0.0,
) -> list[float]:
    n_iter, n_cycle = whole("n_iter", n_iter, 1), whole("n_cycle", n_cycle, 1)
    schedule = Cyclical(None, n_cycle, ratio, shape, start=start, stop=stop, zero_ratio=zero_ratio)
    return schedule.bind(n_iter).values()


def from_kl_warmup(
    n_epochs_kl_warmup: int | None = None,
    n_steps_kl_warmup: int | None = None,
    min_kl_weight: float = 0.0,
    max_kl_weight: float = 1.0,
    steps_per_epoch: int | None = None,
) -> Schedule:
    """Return the schedule of a scvi-tools training plan, under its names.

    As there, epochs override steps when both are given, and with neither (or 0) the weight is
    ``max_kl_weight`` throughout. Here a warm-up in epochs rises with every step; there it rises
    once an epoch, to the same values at the epochs' first steps.

    References:
        https://docs.scvi-tools.org/en/stable/api/reference/scvi.train.TrainingPlan.html

    Args:
        n_epochs_kl_warmup: Length of the warm-up in epochs.
        n_steps_kl_warmup: Length of the warm-up in steps.
        min_kl_weight: Weight at step 0.
        max_kl_weight: Weight from the end of the warm-up on, at least ``min_kl_weight``.
        steps_per_epoch: Steps in an epoch; needed for a warm-up in epochs.

    Raises:
        ValueError: An argument is outside its range, or ``steps_per_epoch`` is missing.

    Example:
        >>> from_kl_warmup(n_epochs_kl_warmup=2, steps_per_epoch=2).values(6)
        [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    """
    low, high = finite("min_kl_weight", min_kl_weight), finite("max_kl_weight", max_kl_weight)
    if low > high:
        raise ValueError(f"min_kl_weight must be <= max_kl_weight={high}, got {low}")
    warmup = whole("n_steps_kl_warmup", n_steps_kl_warmup or 0, 0)
    if n_epochs_kl_warmup:
        if steps_per_epoch is None:
            raise ValueError("steps_per_epoch must be given for a warm-up in epochs, got None")
        epoch = whole("steps_per_epoch", steps_per_epoch, 1)
        warmup = epoch * whole("n_epochs_kl_warmup", n_epochs_kl_warmup, 0)
    return Monotonic(warmup, start=low, stop=high) if warmup else Constant(high)
