r"""A learning rate that restarts with the cycles of beta.

.. math:: \tfrac12 (1 + \cos \pi\tau)

with tau the share of the beta cycle that has passed.
"""

from __future__ import annotations

from dataclasses import replace

from .cyclical import Cyclical
from .schedule import Schedule

__all__ = ["cosine_restarts"]


def cosine_restarts(beta: Schedule, total_steps: int | None = None) -> Cyclical:
    """Return the factor of the learning rate: from 1 along a cosine towards 0 in every beta cycle.

    Args:
        beta: The schedule whose cycles are followed; one without cycles gives one fall over the
            whole run.
        total_steps: Length of the run in steps; needed where there are no cycles, or ``beta`` is
            not bound to a length.

    Raises:
        ValueError: ``total_steps`` is needed and missing.

    References:
        Fu et al. (2019), section 6.4; Loshchilov and Hutter, SGDR, ICLR 2017,
        https://arxiv.org/abs/1608.03983.

    Example:
        >>> factor = cosine_restarts(Cyclical(total_steps=8, n_cycles=2))
        >>> [round(factor(step), 2) for step in range(8)]
        [1.0, 0.85, 0.5, 0.15, 1.0, 0.85, 0.5, 0.15]
    """
    if total_steps is not None:
        beta = beta.with_total(total_steps)
    cycles = beta.cycle
    if total_steps is None and (cycles is None or cycles.horizon is None):
        why = "has no cycles" if cycles is None else "does not know the length of the run"
        raise ValueError(f"{beta!r} {why}: give total_steps")
    if cycles is None:
        cycles = Cyclical(total_steps, n_cycles=1)
    return replace(cycles, ratio=1.0, shape="cosine", start=1.0, stop=0.0, zero_ratio=0.0, offset=0)
