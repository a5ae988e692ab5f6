"""Where sentences are in the latent space, seen in two dimensions."""

from collections.abc import Mapping
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Float, Int64
from numpy import ndarray

from ..config import UsageError
from ..runs import Run

__all__ = ["Projection", "project", "read_projection"]

_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Projection:
    """Posterior means after every epoch on the same two axes.

    Args:
        points: By epoch, a place for each sentence.
        indices: Which sentences of the validation split they are.
        axes: What the axes are.
        prior_radius: Radius of the circle round 0 that holds 95 % of a standard normal prior;
            ``None`` where the second axis is no latent dimension.
    """

    points: Mapping[int, Float[ndarray, "sentences 2"]]
    indices: Int64[ndarray, " sentences"]
    axes: tuple[str, str]
    prior_radius: float | None = float(np.sqrt(-2 * np.log(0.05)))

    @property
    def limit(self) -> float:
        """Half the width of a frame that shows every epoch, and the prior."""
        most = max(float(np.abs(points).max()) for points in self.points.values())
        return 1.05 * max(most, self.prior_radius or 0.0, 1e-3)


def read_projection(run: Run) -> Projection | None:
    """Read where a run's sentences were after every epoch; ``None`` if none has ended.

    Raises:
        UsageError: If what was kept is damaged.
    """
    try:
        kept = run.latent()
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise _damaged(run) from error
    if not kept:
        return None
    indices = kept[max(kept)][0]
    means = {epoch: mean for epoch, (_, mean) in kept.items()}
    shape = (len(indices), run.config.model.latent_size)
    if any(mean.shape != shape or not np.isfinite(mean).all() for mean in means.values()):
        raise _damaged(run)
    return project(means, indices)


def _damaged(run: Run) -> UsageError:
    return UsageError(
        f"{run.path / 'latent'} cannot be read: it is damaged; remove it, then report again"
    )


def project(
    means: Mapping[int, Float[ndarray, "sentences latent"]],
    indices: Int64[ndarray, " sentences"],
) -> Projection:
    """Show means in two dimensions: as they are, or by the principal components of the last.

    The components are turned about 0, where the mean of the prior is, which so stays in the
    middle of the map.

    Args:
        means: By epoch, the means.
        indices: Which sentences they are.
    """
    last = means[max(means)].astype(np.float64)
    if last.shape[1] == 1:
        return _one_dimension(means, indices)
    centred = last - last.mean(0)
    plain = last.shape[1] == 2
    basis = np.eye(2) if plain else _components(centred)
    whole = float((centred**2).sum())
    shares = ((centred @ basis) ** 2).sum(0) / (whole or 1.0)
    name = "z{}" if plain else "principal component {}"
    first, second = (
        f"{name.format(k)} ({share:.0%} of the variance)" for k, share in enumerate(shares, 1)
    )
    points = {epoch: mean @ basis for epoch, mean in means.items()}
    return Projection(points, indices, (first, second))


def _one_dimension(
    means: Mapping[int, Float[ndarray, "sentences latent"]],
    indices: Int64[ndarray, " sentences"],
) -> Projection:
    """Spread the sentences over the height of the map, each always at the same place."""
    apart = np.arange(len(indices)) * _GOLDEN % 1 * 2 - 1
    points = {epoch: np.column_stack([mean[:, 0], apart]) for epoch, mean in means.items()}
    axes = ("z, the only dimension", "no meaning: sentences side by side")
    return Projection(points, indices, axes, None)


def _components(centred: Float[ndarray, "sentences latent"]) -> Float[ndarray, "latent 2"]:
    """Give the first two principal directions, each with its largest entry positive."""
    directions = np.linalg.eigh(centred.T @ centred)[1][:, :-3:-1]
    largest = np.abs(directions).argmax(0)
    signs = np.sign(directions[largest, [0, 1]])
    components: Float[ndarray, "latent 2"] = directions * signs
    return components
