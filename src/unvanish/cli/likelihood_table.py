"""The likelihood by importance sampling, as a table."""

import math
from collections.abc import Mapping
from typing import Any

from rich.table import Table

__all__ = ["likelihood_table"]


def likelihood_table(splits: Mapping[str, Mapping[str, Any]]) -> Table:
    """Lay the likelihood out as a table, one row a split.

    Args:
        splits: Figures by split, of which ``importance_weighted`` is shown.
    """
    rows = {name: figures["importance_weighted"] for name, figures in splits.items()}
    samples, fewer = ({row[key] for row in rows.values()} for key in ("samples", "fewer_samples"))
    title = f"-log p(x) by importance sampling, {_number(samples)} draws of z"
    table = Table(title=title, title_justify="left")
    table.add_column("split")
    for heading in (
        "-log p(x)",
        f"from {_number(fewer)}",
        "nats/token",
        "ppl",
        "bits/character",
        "effective draws",
        "below 10",
    ):
        table.add_column(heading, justify="right")
    for name, row in rows.items():
        table.add_row(name, *_cells(row))
    return table


def _number(numbers: set[int]) -> str:
    return " or ".join(f"{number:,}" for number in sorted(numbers))


def _cells(row: Mapping[str, Any]) -> list[str]:
    error = row["nll_standard_error"]
    return [
        f"{row['nll']:.3f}" + ("" if error is None else f" ± {error:.3f}"),
        f"{row['nll_fewer']:.3f}",
        f"{row['nats_per_token']:.4f}",
        f"{row['ppl']:.3f}" if math.isfinite(row["ppl"]) else "-",
        "-" if row["bits_per_character"] is None else f"{row['bits_per_character']:.4f}",
        f"{row['effective_sample_size']:.1f}",
        f"{row['effective_sample_size_below_10']:.1%}",
    ]
