"""Which sentences lie near which in the latent space, drawn by t-SNE.

A projection keeps directions and shows little of 256 of them; t-SNE keeps who is whose neighbour
and nothing else: neither distances between groups nor their sizes mean anything.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from numpy import ndarray

from ..config import UsageError
from ..config.errors import require
from ..extras import how_to_install
from .figures import draw
from .picture import Picture
from .styles import COLOURS

__all__ = ["draw_neighbourhoods", "neighbourhoods"]

_PERPLEXITY = 30.0


def neighbourhoods(
    means: Float[ndarray, "sentences latent"], *, perplexity: float = _PERPLEXITY, seed: int = 0
) -> Float[ndarray, "sentences 2"]:
    """Lay latent vectors out in two dimensions by t-SNE, from their principal components.

    Args:
        means: Such as ``run.encode(text)``.
        perplexity: About how many neighbours a sentence has; below their number.
        seed: Source of what chance there is.

    Raises:
        UsageError: If scikit-learn is missing, the vectors are too few for the perplexity, or one
            is not finite.

    References:
        van der Maaten and Hinton, Visualizing Data using t-SNE, JMLR 2008. Figure 9 of Fu et al.
        (2019) has the perplexity of 30 that scikit-learn takes by default.
    """
    try:
        from sklearn.manifold import TSNE  # type: ignore[import-untyped]
    except ImportError:
        raise UsageError(f"t-SNE needs scikit-learn: {how_to_install('eval')}") from None
    if means.ndim != 2 or means.shape[1] < 2 or not np.isfinite(means).all():
        raise UsageError(
            f"vectors of shape {means.shape} cannot be laid out: give finite ones of two "
            "dimensions or more, a row a sentence"
        )
    n = len(means)
    require(1 <= perplexity < n, "perplexity", perplexity, f"give 1 to below {n}, their number")
    placed: ndarray = TSNE(init="pca", perplexity=perplexity, random_state=seed).fit_transform(
        means.astype(np.float32)
    )
    return placed


def draw_neighbourhoods(
    name: str,
    alt: str,
    maps: Mapping[str, Float[ndarray, "sentences 2"]],
    labels: Sequence[str],
    names: Mapping[str, str] | None = None,
) -> Picture:
    """Draw maps of the same sentences by several models side by side, a colour a label.

    Args:
        name: Name of the picture.
        alt: What it shows.
        maps: By model, what :func:`neighbourhoods` gave.
        labels: Of the sentences; blue and red where there are two, in their order.
        names: What the legend calls them; ``None`` calls them as they are.

    Raises:
        UsageError: If a map has not a place for every label, or there are more labels than
            colours.
    """
    known = sorted(set(labels))
    if len(known) > len(COLOURS):
        raise UsageError(f"{len(known)} labels are too many to colour: give {len(COLOURS)} at most")
    for model, places in maps.items():
        if places.shape != (len(labels), 2):
            raise UsageError(
                f"the map of {model!r} has not a place for each of {len(labels)} labels"
            )
    numbers = np.array([known.index(label) for label in labels])
    order = np.random.default_rng(0).permutation(len(labels))  # so that none hides the others
    shades = np.array(COLOURS)[numbers[order]]

    def paint(figure: Figure) -> None:
        grid = figure.subplots(1, len(maps), squeeze=False)[0]
        for axes, (model, places) in zip(grid, maps.items(), strict=True):
            x, y = places[order].T
            axes.scatter(x, y, c=shades, s=5, alpha=0.5, linewidths=0, rasterized=True)
            axes.set_title(model, fontsize=10, loc="left")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.set_aspect("equal", adjustable="datalim")
        dots = [axes.scatter([], [], color=colour, s=25, alpha=0.5) for colour in COLOURS]
        legend = [(names or {}).get(label, label) for label in known]
        dots = dots[: len(legend)]
        figure.legend(dots, legend, loc="outside lower center", ncols=len(dots), frameon=False)

    return draw(name, alt, (2.9 * len(maps) + 0.2, 3.3), paint)
