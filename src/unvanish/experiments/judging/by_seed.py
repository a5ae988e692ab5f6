"""Figures of several settings with several seeds, whatever the runs are."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from ...measures import Spread, summarize
from .claims import paired

__all__ = ["BySeed"]


class BySeed(ABC):
    """Finished runs of which figures can be asked by setting and seed."""

    @abstractmethod
    def values(self, cell: str, figure: str) -> dict[int, float]:
        """Give a figure by seed; runs that have not ended, or do not have it, are absent.

        Args:
            cell: The setting.
            figure: The figure's name.
        """

    def spreads(self, cell: str, figures: Sequence[str]) -> dict[str, Spread]:
        """Summarise figures over seeds; those that were not measured are left out."""
        found = {figure: list(self.values(cell, figure).values()) for figure in figures}
        return {figure: summarize(values) for figure, values in found.items() if values}

    def difference(self, first: str, second: str, figure: str) -> Spread | None:
        """Summarise first - second over the seeds that both have; ``None`` where there are none."""
        return paired(self.values(first, figure), self.values(second, figure))

    def contrast(self, weights: Mapping[str, float], figure: str) -> Spread | None:
        """Summarise a weighted sum over settings, seed by seed.

        Args:
            weights: By setting.
            figure: What of.

        Returns:
            The sums of the seeds that all settings have; ``None`` where there are none.
        """
        values = {cell: self.values(cell, figure) for cell in weights}
        seeds = sorted(set.intersection(*map(set, values.values()))) if values else []
        sums = [math.fsum(weights[cell] * values[cell][seed] for cell in weights) for seed in seeds]
        return summarize(sums) if sums else None
