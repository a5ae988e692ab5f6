"""A diagnosis as a person reads it."""

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ..measures.diagnosis import Diagnosis, Figures

__all__ = ["dimensions_table", "verdict_lines"]

_SHOWN = 12
"""Most dimensions that the table lists."""

_STYLE = {"alive": "bold green", "partly-collapsed": "bold yellow", "cannot-tell": "bold"}
_BAD = "bold red"


def verdict_lines(found: "Diagnosis") -> list[Text | Table | str]:
    """Lay out verdict, evidence and advice.

    Args:
        found: The diagnosis.
    """
    head = Text(found.verdict, _STYLE.get(found.verdict, _BAD))
    head.append(f": {found.meaning}", "default")
    lines: list[Text | Table | str] = [head, ""]
    lines += [_hanging(text) for text in found.evidence]
    lines += ["", Text("Try next:", "bold")]
    lines += [_hanging(f"{number}. {text}") for number, text in enumerate(found.advice, 1)]
    return [*lines, ""]


def dimensions_table(figures: "Figures") -> Table:
    """Lay out the dimensions, those with the greatest KL first.

    Args:
        figures: What was measured.
    """
    order = sorted(range(figures.latent_size), key=lambda j: -figures.kl_per_dimension[j])
    more = len(order) - _SHOWN
    caption = "nats per sentence; information: 95 % interval"
    if more > 0:
        rest = sum(float(figures.kl_per_dimension[j]) for j in order[_SHOWN:])
        caption += f"; {more} more dimensions with {rest:.3f} nats of KL together"
    table = Table(caption=caption, caption_justify="left", box=None, pad_edge=False)
    table.add_column("dimension of z", justify="right")
    for heading in ("kl", "information", "variance of the mean"):
        table.add_column(heading, justify="right", no_wrap=heading != "variance of the mean")
    for j in order[:_SHOWN]:
        told = figures.information_per_dimension[j]
        table.add_row(
            str(j + 1),
            f"{figures.kl_per_dimension[j]:.3f}",
            f"{told.low:.3f} to {told.high:.3f}",
            f"{figures.variances[j]:.3f}",
        )
    return table


def _hanging(text: str) -> Table:
    """Set the first word of a line, in bold, beside the rest of it."""
    head, mark, rest = text.partition(": ") if not text[0].isdigit() else text.partition(". ")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="bold", no_wrap=True, min_width=15 if mark == ": " else 0)
    grid.add_column()
    grid.add_row(f"  {head}{mark.strip()}", rest)
    return grid
