"""Figures drawn with matplotlib, without its global state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray

from .picture import INK, Picture, finish
from .styles import Style, legend_texts, styles

__all__ = ["Curve", "Panel", "draw", "draw_frames", "draw_panels"]

_STYLE: Any = {  # matplotlib types the keys as literals
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
    "font.size": 10,
    "savefig.format": "png",  # by which a layout is measured
    "savefig.transparent": True,
    "svg.fonttype": "path",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@dataclass(frozen=True)
class Curve:
    """A line with a band around it.

    Args:
        label: Its name in the legend; equal labels are drawn alike and have one entry.
        x: Where the values stand.
        y: The values.
        low: Lower edge of the band; ``None`` draws none.
        high: Upper edge of the band.
    """

    label: str
    x: Float[ndarray, " points"]
    y: Float[ndarray, " points"]
    low: Float[ndarray, " points"] | None = None
    high: Float[ndarray, " points"] | None = None


@dataclass(frozen=True)
class Panel:
    """One pair of axes.

    Args:
        title: What is drawn.
        x_label: Name and unit of the horizontal axis.
        y_label: Name and unit of the vertical axis.
        curves: The lines.
        line: Height of a dashed line to compare with, and what it is called.
        boundary: Where on the horizontal axis something changes, and what; drawn dotted.
        y_limits: Ends of the vertical axis; chosen from the curves when absent.
        shades: Areas behind the lines, in shares of the frame's height; one with the label of a
            line has its colour, and one that begins above the bottom is stronger.
    """

    title: str
    x_label: str
    y_label: str
    curves: Sequence[Curve]
    line: tuple[float, str] | None = None
    boundary: tuple[float, str] | None = None
    y_limits: tuple[float, float] | None = None
    shades: Sequence[Curve] = ()


def draw_panels(
    name: str,
    alt: str,
    panels: Sequence[Panel],
    *,
    columns: int = 2,
    height: float = 2.6,
    legend_columns: int = 5,
    png: bool = True,
) -> Picture:
    """Draw panels of curves in a grid, with one legend below.

    Args:
        name: Name of the picture.
        alt: What it shows.
        panels: The panels, row by row.
        columns: Panels in a row.
        height: Height of a row in inches.
        legend_columns: Most names in a row of the legend.
        png: Whether it is drawn as PNG too, which takes as long again.

    Raises:
        UsageError: If there are more names than lines that can be told apart.
    """
    rows = -(-len(panels) // columns)
    labels = dict.fromkeys(curve.label for panel in panels for curve in panel.curves)
    looks = dict(zip(labels, styles(len(labels)), strict=True))
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=(8.0, height * rows + 0.4), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        handles: dict[str, Artist] = {}
        for axes, panel in zip(grid, panels, strict=False):
            handles |= _draw_panel(axes, panel, looks)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        figure.legend(
            list(handles.values()),
            legend_texts(list(handles)),
            loc="outside lower center",
            ncols=min(len(handles), legend_columns),
            frameon=False,
        )
        return finish(figure, name, alt, png=png)


def draw_frames(
    name: str,
    alt: str,
    frames: Mapping[str, Sequence[Float[ndarray, "draws points 2"]]],
    columns: Sequence[str],
    *,
    limit: float,
    colour_label: str,
) -> Picture:
    """Draw samples of a two-dimensional latent space at several moments of several runs.

    Args:
        name: Name of the picture.
        alt: What it shows.
        frames: Samples by name of the run, one array a moment; a colour is a point's index.
        columns: Names of the moments.
        limit: Half the width of every frame, so that frames can be compared.
        colour_label: What the colours number.
    """
    first = next(iter(frames.values()))[0]
    colours = mpl.colormaps["tab10"].colors[: first.shape[1]]  # type: ignore[attr-defined]
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        size = (8.0, 1.45 * len(frames) + 0.7)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(len(frames), len(columns), squeeze=False, sharex=True, sharey=True)
        for row, (run, moments) in zip(grid, frames.items(), strict=True):
            row[0].set_ylabel(f"{run}\n$z_2$")
            for axes, z in zip(row, moments, strict=True):
                _draw_frame(axes, z, colours, limit)
        for axes, title in zip(grid[0], columns, strict=True):
            axes.set_title(title, fontsize=9)
        for axes in grid[-1]:
            axes.set_xlabel("$z_1$")
        dots = [
            mpl.lines.Line2D([], [], marker="o", linestyle="", color=colour) for colour in colours
        ]
        figure.legend(
            dots,
            [str(k + 1) for k in range(len(colours))],
            title=colour_label,
            loc="outside lower center",
            ncols=len(colours),
            frameon=False,
            handletextpad=0.0,
            columnspacing=1.0,
        )
        return finish(figure, name, alt, png=True)


def draw(
    name: str,
    alt: str,
    size: tuple[float, float],
    paint: Callable[[Figure], None],
    *,
    png: bool = True,
) -> Picture:
    """Draw a figure of any other kind in the style of these.

    Args:
        name: Name of the picture.
        alt: What it shows.
        size: Width and height in inches.
        paint: Draws on the figure it is given.
        png: Whether it is drawn as PNG too, which takes as long again.
    """
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=size, layout="constrained")
        paint(figure)
        return finish(figure, name, alt, png=png)


def _draw_panel(axes: Axes, panel: Panel, looks: Mapping[str, Style]) -> dict[str, Artist]:
    """Draw on one pair of axes and give what the legend shows, by its name."""
    for shade in panel.shades:
        colour = looks[shade.label].colour if shade.label in looks else INK
        low, alpha = (0.0, 0.1) if shade.low is None else (shade.low, 0.4)
        place = axes.get_xaxis_transform()
        axes.fill_between(shade.x, low, shade.y, color=colour, alpha=alpha, lw=0, transform=place)
    handles: dict[str, Artist] = {}
    for curve in panel.curves:
        colour, line = looks[curve.label]
        (handles[curve.label],) = axes.plot(curve.x, curve.y, line, color=colour, linewidth=1.4)
        if curve.low is not None and curve.high is not None:
            axes.fill_between(curve.x, curve.low, curve.high, color=colour, alpha=0.25, linewidth=0)
    if panel.line is not None:
        height, label = panel.line
        handles[label] = axes.axhline(height, color=INK, linewidth=0.9, linestyle="--")
    if panel.boundary is not None:
        end, label = panel.boundary
        handles[label] = axes.axvline(end, color=INK, linewidth=0.9, linestyle=":")
    _frame(axes, panel)
    return handles


def _frame(axes: Axes, panel: Panel) -> None:
    """Draw what is around the lines."""
    axes.set_title(panel.title, fontsize=10, loc="left")
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    axes.set_xlim(left=0)
    if panel.y_limits is not None:
        axes.set_ylim(*panel.y_limits)
    axes.grid(color=INK, alpha=0.12, linewidth=0.6)
    axes.xaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))


def _draw_frame(
    axes: Axes,
    z: Float[ndarray, "draws points 2"],
    colours: Sequence[tuple[float, float, float]],
    limit: float,
) -> None:
    """Scatter all points in random order of colour, so that none hides the others."""
    draws, points, _ = z.shape
    order = np.random.default_rng(0).permutation(draws * points)
    flat = z.reshape(-1, 2)[order]
    shades = np.tile(np.array(colours), (draws, 1))[order]
    axes.scatter(flat[:, 0], flat[:, 1], c=shades, s=2.5, alpha=0.6, linewidths=0, rasterized=True)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-limit, limit)
    axes.set_aspect("equal")
    axes.tick_params(labelsize=7)
