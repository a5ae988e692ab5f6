"""What posteriors tell that come batch by batch, in bounded memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .gaussians import are_measurable, numbers
from .mutual_information import MutualInformation, mutual_information

__all__ = ["RunningPosteriors"]

_KEPT = 1_000
"""Most sentences whose posteriors are kept, drawn from all that came."""


class RunningPosteriors:
    """The rate and the activity of Gaussian posteriors, added up over batches.

    They are those of all sentences together: the same as ``rate`` and ``active_units`` give for
    them at once. Some are kept, chosen by lot, to be compared with each other. A number that is
    not finite is not refused, but shows in the results: what watches a training must not end it.

    Example:
        >>> seen = RunningPosteriors()
        >>> seen.add([[0.0, 1.0]], [[0.0, 0.0]])
        >>> seen.add([[2.0, 1.0]], [[0.0, 0.0]])
        >>> seen.kl, seen.kl_per_dimension.tolist(), seen.active_units()
        (1.5, [1.0, 0.5], 1)
    """

    def __init__(self) -> None:
        self.sentences = 0
        """How many have been added."""
        self._kl: Any = 0.0
        self._mean: Any = 0.0
        self._squares: Any = 0.0
        self._lots = np.random.default_rng(0)
        self._kept: Any = None

    def add(self, mean: Any, logvar: Any) -> None:
        """Take in the posteriors of a batch.

        Args:
            mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
            logvar: Logarithms of the variances, same shape.

        Raises:
            ValueError: If they have another shape, or another d than those before.
        """
        mean, logvar = numbers(mean), numbers(logvar)
        if mean.ndim != 2 or mean.shape != logvar.shape:
            shapes = f"{mean.shape} and {logvar.shape}"
            raise ValueError(f"mean and logvar have the shapes {shapes}: give (N, d) for both")
        if self.sentences and mean.shape[1] != len(self._kl):
            raise ValueError(f"there are {mean.shape[1]} dimensions after {len(self._kl)} before")
        if len(mean):
            self._kl = self._kl + 0.5 * (mean**2 + np.exp(logvar) - 1 - logvar).sum(axis=0)
            self._keep(np.stack([mean, logvar]))
            self._add_moments(mean)

    def _keep(self, batch: NDArray[np.float64]) -> None:
        """Keep the sentences with the smallest lots of all, so that no order of them matters."""
        lots = np.broadcast_to(self._lots.random((batch.shape[1], 1)), batch[0].shape)
        rows = np.concatenate([batch, lots[None]])
        kept = rows if self._kept is None else np.concatenate([self._kept, rows], axis=1)
        chosen = np.sort(np.argsort(kept[2, :, 0], kind="stable")[:_KEPT])
        self._kept = kept[:, chosen]

    def _add_moments(self, mean: NDArray[np.float64]) -> None:
        """Add the batch's sums of squares by Chan et al.'s rule, which is exact in any order."""
        batch, before, total = len(mean), self.sentences, self.sentences + len(mean)
        center = mean.mean(axis=0)
        away = center - self._mean
        squares = ((mean - center) ** 2).sum(axis=0)
        self._squares = self._squares + squares + away**2 * (before * batch / total)
        self._mean, self.sentences = self._mean + away * (batch / total), total

    @property
    def kl_per_dimension(self) -> NDArray[np.float64]:
        """KL(q(z_j|x) || N(0, 1)) of every dimension in nats, the mean over sentences."""
        self._require_some()
        per_dimension: NDArray[np.float64] = self._kl / self.sentences
        return per_dimension

    @property
    def kl(self) -> float:
        """KL(q(z|x) || N(0, I)) in nats, the mean over sentences."""
        return float(self.kl_per_dimension.sum())

    def active_units(self, threshold: float = 0.01) -> int:
        """Count the dimensions whose posterior mean varies over sentences.

        Args:
            threshold: Variance above which a dimension counts as active.
        """
        self._require_some()
        return int((self._squares / self.sentences > threshold).sum())

    def information(self) -> MutualInformation | None:
        """Bound what z tells about a sentence, by at most a thousand of them.

        It is ``None`` where there are fewer than two, or a number is not finite or no logarithm
        of a variance.
        """
        if self._kept is None:
            return None
        mean, logvar, _ = self._kept
        if not are_measurable(mean, logvar):
            return None
        return mutual_information(mean, logvar, samples=2)

    def _require_some(self) -> None:
        if not self.sentences:
            raise ValueError("no posteriors have been added")
