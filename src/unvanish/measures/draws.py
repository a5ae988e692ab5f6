"""Draws of z from posteriors, and averages over them."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .estimate import Estimate

__all__ = ["DrawnAverage", "draw_noise", "source_of"]

_BLOCK = 1 << 22
"""Most numbers drawn at a time; the draws do not depend on it."""
_ENOUGH = 10_000
"""Draws of z that all sentences together get by default."""


def source_of(seed: int) -> np.random.Generator:
    """Give a source of draws that is not the one of ``default_rng(seed)``.

    Arrays that were made up from a seed and measured with the same one must not meet their own
    noise.

    Args:
        seed: Any number from 0.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2019,)))


def draw_noise(
    noise: Any, samples: int | None, seed: int, shape: tuple[int, ...]
) -> Iterator[NDArray[np.float64]]:
    """Yield the noise of some draws at a time, ``(draws, N, d)`` or ``(draws, 1, d)``.

    Args:
        noise: Standard normal numbers of shape ``(S, N, d)`` or ``(S, 1, d)``; drawn when absent.
        samples: Draws S for each sentence when noise is absent; ``None`` takes 10,000 for all
            sentences together, and at least 2 for each.
        seed: Source of the noise when it is absent.
        shape: ``(N, d)``.

    Raises:
        ValueError: If ``noise`` has another shape or holds a number that is not finite, or
            ``samples`` is below 1.
    """
    size = max(1, _BLOCK // (shape[0] * shape[1]))
    if noise is None:
        samples = max(2, -(-_ENOUGH // shape[0])) if samples is None else samples
        if samples < 1:
            raise ValueError(f"samples={samples} is not possible: give at least 1")
        generator = source_of(seed)
        for start in range(0, samples, size):
            yield generator.standard_normal((min(size, samples - start), *shape))
        return
    noise = np.asarray(noise, dtype=np.float64)
    fits = noise.ndim == 3 and noise.shape[1] in (1, shape[0]) and noise.shape[2] == shape[1]
    if not fits or len(noise) == 0:
        raise ValueError(f"noise has shape {noise.shape}: give (S, {shape[0]} or 1, {shape[1]})")
    if not np.isfinite(noise).all():
        raise ValueError("noise holds numbers that are not finite")
    for start in range(0, len(noise), size):
        yield noise[start : start + size]


class DrawnAverage:
    """The average of a quantity over sentences and draws, added up block by block.

    Args:
        independent: Whether every sentence had noise of its own. The error of the draws is then
            that within sentences, and else that of whole draws from one another.
    """

    def __init__(self, *, independent: bool) -> None:
        self._independent = independent
        self._draws: list[NDArray[np.float64]] = []
        self._mean: Any = 0.0
        self._squares: Any = 0.0
        self._n = 0

    def add(self, values: NDArray[np.float64]) -> None:
        """Take in a block, ``(draws, N)``."""
        self._draws.append(values.mean(axis=1))
        count, first = len(values), values[0]
        total = self._n + count
        with np.errstate(invalid="ignore"):  # where something is infinite, nothing of it is used
            mean = first + (values - first).mean(axis=0)  # exact however large the values are
            squares = np.square(values - mean).sum(axis=0)
            away = mean - self._mean
            joined = self._mean + away * (count / total)
            squares += np.square(away) * self._n * count / total
        kept = np.isfinite(values).all(axis=0) & np.isfinite(self._mean)
        self._mean = np.where(kept, joined, np.inf)  # an infinite average stays one
        self._squares = self._squares + np.where(kept, squares, 0.0)
        self._n = total

    @property
    def by_sentence(self) -> NDArray[np.float64]:
        """The average over draws for every sentence."""
        mean: NDArray[np.float64] = self._mean
        return mean

    def over_these_sentences(self) -> Estimate:
        """Give the average with the error of the draws alone: the sentences are all there are."""
        value = float(self.by_sentence.mean())
        if self._n < 2:
            return Estimate(value, math.nan)
        if not self._independent:
            draws = np.concatenate(self._draws)
            return Estimate(value, float(draws.std(ddof=1)) / math.sqrt(self._n))
        within = self._squares / (self._n - 1) / self._n
        return Estimate(value, math.sqrt(float(within.sum())) / len(within))

    def over_all_sentences(self) -> Estimate:
        """Give the average with the error of having seen these sentences and no others too."""
        values = self.by_sentence
        value = float(values.mean())
        if math.isinf(value):
            return Estimate(value, 0.0)
        error = float(values.std(ddof=1)) / math.sqrt(len(values))
        between = 0.0 if self._independent else self.over_these_sentences().error
        return Estimate(value, math.hypot(error, between))
