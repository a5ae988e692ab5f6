r"""A learning rate that restarts with the cycles of beta.

.. math:: \tfrac12 (1 + \cos \pi\tau)

with tau the share of the beta cycle that has passed.
"""

from __future__ import annotations

from .falls import one_fall
from .schedule import Schedule
from .validation import whole

__all__ = ["cosine_restarts"]


def cosine_restarts(beta: Schedule, total_steps: int | None = None) -> Schedule:
    """Return the factor of the learning rate: from 1 along a cosine towards 0 in every beta cycle.

    Cycles that begin later, or follow one another in a ``Join``, are followed where they are. After
    the last one the factor is 0.

    Args:
        beta: The schedule whose cycles are followed; one without cycles gives one fall over the
            whole run, and one that is joined with cycles a fall while it is in charge.
        total_steps: Length of the run in steps; needed where there are no cycles, or ``beta`` is
            not bound to a length.

    Raises:
        ValueError: ``total_steps`` is needed and missing, or no whole number >= 1.

    References:
        Fu et al. (2019), section 6.4; Loshchilov and Hutter, SGDR, ICLR 2017,
        https://arxiv.org/abs/1608.03983.

    Example:
        >>> from unvanish import Cyclical
        >>> factor = cosine_restarts(Cyclical(total_steps=8, n_cycles=2))
        >>> [round(factor(step), 2) for step in range(8)]
        [1.0, 0.85, 0.5, 0.15, 1.0, 0.85, 0.5, 0.15]
    """
    if total_steps is not None:
        total_steps = whole("total_steps", total_steps, 1)
        beta = beta.with_total(total_steps)
    return beta.restarts(total_steps) or one_fall(total_steps, beta)
