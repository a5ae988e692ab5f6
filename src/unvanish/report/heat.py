"""The KL of every latent dimension over training."""

import matplotlib as mpl
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from numpy import ndarray

from .figures import draw
from .history import Plan
from .picture import Picture

__all__ = ["draw_dimensions"]

_LEAST_TOP = 0.1
"""Nats that the brightest colour stands for at least, so that noise stays dark."""


def draw_dimensions(
    name: str,
    steps: Float[ndarray, " epochs"],
    kl: Float[ndarray, "epochs latent"],
    plan: Plan,
) -> Picture:
    """Draw the KL of every dimension after every epoch, the greatest at the end on top.

    Args:
        name: Name of the picture.
        steps: Optimizer steps at the end of each epoch.
        kl: The KL of each dimension, in nats per sentence.
        plan: The schedule, drawn above.
    """
    height = min(0.22 * kl.shape[1], 3.6) + 1.7

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(0.6, height - 1.6))
        above.fill_between(plan.beta.steps, plan.beta.values, color="gray", alpha=0.5, linewidth=0)
        above.set_ylabel("beta")
        above.set_ylim(0, plan.top)
        mesh = _draw_mesh(below, steps, kl)
        below.set_xlabel("training step")
        below.set_xlim(0, float(steps[-1]))
        below.xaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:,.0f}"))
        below.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
        figure.colorbar(mesh, ax=below, label="kl (nats per sentence)", aspect=12)

    alt = "KL of every latent dimension after every epoch."
    return draw(name, alt, (8.0, height), paint, png=False)


def _draw_mesh(
    axes: Axes, steps: Float[ndarray, " epochs"], kl: Float[ndarray, "epochs latent"]
) -> QuadMesh:
    """Draw a row a dimension, the greatest at the end on top."""
    order = np.argsort(-kl[-1], kind="stable")
    mesh = axes.pcolormesh(
        np.concatenate([[0.0], steps]),
        np.arange(len(order) + 1) - 0.5,
        kl.T[order],
        cmap="viridis",
        vmin=0,
        vmax=max(_LEAST_TOP, float(kl.max())),
        rasterized=True,
    )
    axes.invert_yaxis()
    shown = np.unique(np.linspace(0, len(order) - 1, min(len(order), 16)).round().astype(int))
    axes.set_yticks(shown, [str(order[k] + 1) for k in shown])
    axes.set_ylabel("dimension of z")
    return mesh
