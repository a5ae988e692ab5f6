"""Pictures of a list of values: text, SVG, matplotlib. The first two need nothing installed."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["plot", "sample_steps", "sparkline", "svg"]

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH, _HEIGHT = 480, 160
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 468, 14, 118


def sample_steps(length: int, limit: int) -> list[int]:
    """Return at most ``limit`` steps spread evenly over a run, its first and last included.

    Example:
        >>> sample_steps(9, 3)
        [0, 4, 8]
    """
    if length <= limit:
        return list(range(length))
    return [round(i * (length - 1) / max(limit - 1, 1)) for i in range(limit)]


def sparkline(values: "Sequence[float]", *also: float) -> str:
    """Return one block character per value, on a scale that includes 0.

    Args:
        values: The values.
        *also: Values not shown that the scale includes too.

    Example:
        >>> sparkline([0, 1, 2, 3, 4, 5, 6, 7])
        '▁▂▃▄▅▆▇█'
    """
    low, high = min(0.0, *also, *values), max(0.0, *also, *values)
    scale = (len(_BARS) - 1) / (high - low or 1.0)
    return "".join(_BARS[round((value - low) * scale)] for value in values)


def svg(steps: "Sequence[int]", values: "Sequence[float]", title: str) -> str:
    """Return a standalone SVG picture of values over steps, its axes labelled."""
    from html import escape

    low, high = min(0.0, *values), max(0.0, *values)
    high = high if high > low else low + 1.0
    across, up = (_RIGHT - _LEFT) / max(steps[-1], 1), (_BOTTOM - _TOP) / (high - low)
    points = " ".join(
        f"{_LEFT + step * across:.1f},{_BOTTOM - (value - low) * up:.1f}"
        for step, value in zip(steps, values, strict=True)
    )
    middle, centre = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
            f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="11">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
            f'<path d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}" fill="none" stroke="gray"/>',
            f'<polyline points="{points}" fill="none" stroke="#1f6fb4" stroke-width="1.5"/>',
            _text(_LEFT - 4, _TOP + 4, f"{high:g}", "end"),
            _text(_LEFT - 4, _BOTTOM + 4, f"{low:g}", "end"),
            _text(_LEFT, _BOTTOM + 16, "0", "middle"),
            _text(_RIGHT, _BOTTOM + 16, f"{steps[-1]:,}", "end"),
            _text(middle, _BOTTOM + 30, "step", "middle"),
            _text(14, centre, "weight", "middle", f' transform="rotate(-90 14 {centre})"'),
            "</svg>",
        ]
    )


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{more}>{text}</text>'


def plot(
    steps: "Sequence[int]", values: "Sequence[float]", ax: "Axes | None", **kwargs: Any
) -> "Axes":
    """Draw values over steps on ``ax`` (a new figure's without one) and label the axes."""
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots()[1]
    ax.plot(steps, values, **kwargs)
    ax.set_xlabel("step")
    ax.set_ylabel("weight")
    return ax
