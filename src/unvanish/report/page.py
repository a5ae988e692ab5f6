"""One HTML page that holds everything it shows: no files beside it, no network.

A script is only what a page brings itself; the browser is told to run no other.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .picture import Picture

__all__ = ["Fold", "Page", "Section", "Table"]


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
    """A part of a page: text, pictures, markup, tables, then what may stay folded.

    Args:
        title: Its heading.
        text: Paragraphs.
        pictures: Pictures, each with its caption.
        tables: Tables.
        folded: Tables behind a heading that opens on a click.
        markup: What brings its own HTML.
    """

    title: str
    text: Sequence[str] = ()
    pictures: Sequence[tuple[Picture, str]] = ()
    tables: Sequence[Table] = ()
    folded: Sequence[Table] = ()
    markup: Sequence[Markup] = ()


@dataclass(frozen=True)
class Fold:
    """Sections behind a heading that opens on a click.

    Args:
        title: The heading.
        sections: What is behind it.
    """

    title: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Page:
    """A report.

    Args:
        title: Its heading.
        lead: Paragraphs before the first section.
        sections: Its parts.
        closing: Paragraphs at the end: where it comes from.
        folds: Parts after the sections that may stay folded.
        kind: What made the page, for a program that finds it again.
        style: Further style.
        script: Its only script.
    """

    title: str
    lead: Sequence[str]
    sections: Sequence[Section]
    closing: Sequence[str] = field(default=())
    folds: Sequence[Fold] = ()
    kind: str = "unvanish"
    style: Markup = Markup("")  # noqa: RUF009 - never changes
    script: Markup = Markup("")  # noqa: RUF009 - never changes

    @property
    def policy(self) -> str:
        """What a browser may load and run for this page: nothing but what it brings itself."""
        digest = hashlib.sha256(self.script.encode()).digest()
        allowed = f"'sha256-{base64.b64encode(digest).decode()}'" if self.script else "'none'"
        return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:"

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
