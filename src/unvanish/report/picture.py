"""A finished figure, as SVG for a page and as PNG.

Text, axes and grids of the SVG have the colour of the text around it, so that one picture serves
light and dark pages; the PNG is dark on white.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

__all__ = ["INK", "Picture", "finish"]

INK = "#1b1c1d"
"""Colour of text, axes and grids."""

_DPI = 150


@dataclass(frozen=True)
class Picture:
    """A figure as SVG, and as PNG where that is asked for.

    Args:
        name: Name of its files, and prefix of the identifiers inside the SVG.
        alt: What it shows, for a reader who cannot see it.
        svg: The ``<svg>`` element, to stand inside a page.
        png: The same as PNG; ``None`` where it is drawn for a page alone.
    """

    name: str
    alt: str
    svg: str
    png: bytes | None

    def save(self, folder: Path) -> None:
        """Write ``NAME.svg`` and, where there is one, ``NAME.png``."""
        standalone = self.svg.replace("currentColor", INK)
        (folder / f"{self.name}.svg").write_text(standalone, encoding="utf-8")
        if self.png is not None:
            (folder / f"{self.name}.png").write_bytes(self.png)


def finish(figure: Figure, name: str, alt: str, *, png: bool) -> Picture:
    """Write a figure in the forms that are asked for.

    Args:
        figure: What is drawn in :data:`INK` takes the colour of the page's text in the SVG.
        name: Name of the picture.
        alt: What it shows.
        png: Whether it is drawn as PNG too.
    """
    _lay_out(figure)
    svg, pixels = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg", dpi=_DPI, metadata={"Date": None, "Creator": None})
    if png:
        figure.savefig(pixels, format="png", dpi=_DPI, facecolor="white", transparent=False)
    return Picture(name, alt, _inline(svg.getvalue(), name), pixels.getvalue() if png else None)


def _lay_out(figure: Figure) -> None:
    """Put everything in its place for good.

    A figure that has a layout draws itself once more, for nothing, whenever it is saved.
    """
    figure.set_dpi(_DPI)
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine(None)


def _inline(text: str, name: str) -> str:
    """Make matplotlib's SVG fit to stand in a page: ink of the page's text, unique identifiers."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\b(id="|url\(#|href="#)', rf"\g<1>{name}-", text)
    text = re.sub(r'<svg [^>]*viewBox="([^"]*)"[^>]*>', _opening_tag, text, count=1)
    return text.replace(INK, "currentColor")


def _opening_tag(match: re.Match[str]) -> str:
    """Leave size to the page: the picture is as wide as its place."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{match[1]}" role="img">'
    )
