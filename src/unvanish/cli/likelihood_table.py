"""The likelihood by importance sampling, as a table."""

import math
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from ..measures.figure_text import figure_text, spread_text

__all__ = ["draws_in_words", "likelihood_table"]


def likelihood_table(splits: Mapping[str, Mapping[str, Any]]) -> Table:
    """Lay the likelihood out as a table, one column a split.

    Args:
        splits: Figures by split, of which ``importance_weighted`` is shown.
    """
    columns = [_column(figures["importance_weighted"]) for figures in splits.values()]
    table = Table(title="-log p(x) by importance sampling", title_justify="left")
    table.add_column("")
    for split in splits:
        table.add_column(split, justify="right")
    for row in zip(*(column.items() for column in columns), strict=True):
        table.add_row(row[0][0], *(cell for _, cell in row))
    return table


def draws_in_words(number: int) -> str:
    """Write how many draws.

    Args:
        number: The number.

    Example:
        >>> draws_in_words(1), draws_in_words(1_000)
        ('1 draw', '1,000 draws')
    """
    return f"{number:,} draw{'' if number == 1 else 's'}"


def _column(figures: Mapping[str, Any]) -> dict[str, str]:
    """Write the figures of a split, by what they are called."""
    bits, nll = figures["bits_per_character"], figures["nll"]
    draws, fewer = (draws_in_words(figures[name]) for name in ("samples", "fewer_samples"))
    return {
        f"nats per sentence, {draws} of z": spread_text(nll, figures["nll_standard_error"], 3),
        f"nats per sentence, {fewer}": f"{figures['nll_fewer']:.3f}",
        "sentences measured": f"{figures['sentences']:,}",
        "products": figures["precision"],
        "nats per token": f"{figures['nats_per_token']:.4f}",
        "ppl of -log p(x)": _perplexity(figures["ppl"]),
        "bits per character": "-" if bits is None else f"{bits:.4f}",
        "effective sample size": f"{figures['effective_sample_size']:.1f}",
        "sentences with one below 10": f"{figures['effective_sample_size_below_10']:.1%}",
    }


def _perplexity(value: float) -> str:
    return figure_text(value, 3) if math.isfinite(value) else "-"
