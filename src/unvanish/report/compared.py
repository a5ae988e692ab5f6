"""The part of a page that says what a comparison found."""

from ..comparison.found import Found, TextTable
from .page import Section, Table

__all__ = ["compared_section"]


def compared_section(found: Found, folder: str = "") -> Section:
    """Show what is compared, and every difference with its intervals and verdict.

    Args:
        found: What the comparison found.
        folder: Its name, where a page shows several.
    """
    tables = [_laid_out(found.schedules, numeric=False)]
    if found.differences is not None:
        tables.append(_laid_out(found.differences, numeric=True))
    return Section(
        "What the comparison found" + (f" ({folder})" if folder else ""),
        text=[f"{note[:1].upper()}{note[1:]}." for note in found.notes],
        tables=tables,
    )


def _laid_out(text: TextTable, *, numeric: bool) -> Table:
    title = f"{text.title[:1].upper()}{text.title[1:]}"
    return Table(title, text.headings, text.rows, numeric)
