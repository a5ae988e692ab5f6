"""One HTML page that holds everything it shows: no scripts, no files beside it, no network."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .figures import Picture

__all__ = ["Page", "Section", "Table"]


@dataclass(frozen=True)
class Table:
    """Rows under headings.

    Args:
        caption: What the table shows and in which units.
        headings: Names of the columns.
        rows: Text of the cells; the first of a row is its heading.
        numeric: Whether the cells after the first are numbers, to be aligned as such.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: bool = True


@dataclass(frozen=True)
class Section:
    """A part of a page: text, then pictures, then tables, then what may stay folded.

    Args:
        title: Its heading.
        text: Paragraphs.
        pictures: Pictures, each with its caption.
        tables: Tables.
        folded: Tables behind a heading that opens on a click.
    """

    title: str
    text: Sequence[str] = ()
    pictures: Sequence[tuple[Picture, str]] = ()
    tables: Sequence[Table] = ()
    folded: Sequence[Table] = ()


@dataclass(frozen=True)
class Page:
    """A report.

    Args:
        title: Its heading.
        lead: Paragraphs before the first section.
        sections: Its parts.
        closing: Paragraphs at the end: where it comes from.
    """

    title: str
    lead: Sequence[str]
    sections: Sequence[Section]
    closing: Sequence[str] = field(default=())

    def html(self) -> str:
        """Render the page."""
        environment = Environment(
            loader=PackageLoader("unvanish.report"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["drawn"] = _drawn
        return environment.get_template("page.html").render(page=self)

    def save(self, file: Path) -> None:
        """Write the page.

        Args:
            file: Its name, ending in ``.html``.
        """
        file.write_text(self.html(), encoding="utf-8")


def _drawn(picture: Picture) -> Markup:
    """Let a picture's SVG, which our own figures made, stand in the page as it is."""
    label = Markup('role="img" aria-label="{}"').format(picture.alt)
    return Markup(picture.svg.replace('role="img"', label, 1))
