"""The numbers of Fu et al. (2019), Cyclical Annealing Schedule, NAACL 2019: one file, with sources.

https://aclanthology.org/N19-1021, https://arxiv.org/abs/1903.10145. A number that cannot be
compared with what is measured here says why in :attr:`PublishedRow.caveat`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BETA_HALF", "DIALOG", "DIALOGS", "ILLUSTRATIVE", "LANGUAGE_MODEL", "LR_ABLATION"]
__all__ += ["EQUAL_SETTINGS", "ILLUSTRATIVE_STEPS", "READ_TO", "PublishedRow", "PublishedTable"]
__all__ += ["kl_read_off"]


@dataclass(frozen=True)
class PublishedRow:
    """A row of a table of the paper.

    Args:
        figures: The numbers by the names that ours have.
        caveat: Why they cannot be compared with ours, if so.
    """

    figures: Mapping[str, float]
    caveat: str = ""


@dataclass(frozen=True)
class PublishedTable:
    """A table of the paper, or what can be read off a figure.

    Args:
        source: Which.
        rows: By the names that ours have.
        noise: What is known of its spread from run to run: nothing is printed in the paper.
    """

    source: str
    rows: Mapping[str, PublishedRow]
    noise: str = "single runs, no spread given"

    def difference(self, first: str, second: str, figure: str) -> float | None:
        """Give first - second, or ``None`` where one of them is not in the table.

        Args:
            first: A row.
            second: Another.
            figure: A column.
        """
        rows = [self.rows[row].figures if row in self.rows else {} for row in (first, second)]
        if any(figure not in row for row in rows):
            return None
        return rows[0][figure] - rows[1][figure]

    def contrast(self, weights: Mapping[str, float], figure: str) -> float:
        """Give a weighted sum over rows that all have a figure, to a thousandth.

        Args:
            weights: By row.
            figure: A column.
        """
        addends = [weight * self.rows[row].figures[figure] for row, weight in weights.items()]
        return round(math.fsum(addends), 3) + 0.0  # which makes 0 of -0


def _text_rows(rows: Mapping[str, tuple[float, float, float, float]]) -> dict[str, PublishedRow]:
    """Name the columns of the tables of language models; the paper's ELBO is cut, not rounded."""
    names = ("rec", "kl", "elbo", "ppl")
    return {
        row: PublishedRow(dict(zip(names, values, strict=True))) for row, values in rows.items()
    }


EQUAL_SETTINGS = 0.15
"""Nats of elbo that runs with equal settings differ by at the most, in Tables 1 and 4."""

ILLUSTRATIVE_STEPS = 40_000
"""Steps of the paper's runs of the illustrative problem."""

READ_TO = 0.05
"""Nats to which the curves of Figure 3 can be read; the paper gives no numbers."""

_READ_OFF: dict[int, dict[str, tuple[float, float]]] = {
    1_000: {"constant": (4.1, 0.48), "monotonic": (3.45, 3.3), "cyclical": (3.55, 2.2)},
    10_000: {"constant": (2.32, 0.02), "monotonic": (1.35, 1.05), "cyclical": (1.94, 0.42)},
    11_000: {"constant": (2.32, 0.01), "monotonic": (1.36, 1.02), "cyclical": (0.52, 2.7)},
    20_000: {"constant": (2.3, 0.03), "monotonic": (1.37, 0.94), "cyclical": (1.02, 1.32)},
    40_000: {"constant": (2.18, 0.14), "monotonic": (1.35, 0.97), "cyclical": (0.72, 1.63)},
}
"""Rec and KL after so many steps. The panel called ELBO is left out: it shows rec + beta * KL."""

ILLUSTRATIVE = {
    steps: PublishedTable(
        f"Figure 3, after {steps:,} steps (read off the curves, ± {READ_TO})",
        {name: PublishedRow({"rec": rec, "kl": kl}) for name, (rec, kl) in curves.items()},
    )
    for steps, curves in _READ_OFF.items()
}
"""By the number of steps; of the steps that Figure 4 shows, 31,000 was not read."""


def kl_read_off(schedule: str, steps: int) -> float:
    """Give the KL of Figure 3 in nats.

    Args:
        schedule: ``"constant"``, ``"monotonic"`` or ``"cyclical"``.
        steps: 1,000, 10,000, 11,000, 20,000 or 40,000.
    """
    return ILLUSTRATIVE[steps].rows[schedule].figures["kl"]


_EPOCH = {"vae": 30.0, "sa-vae": 472.0}
"""Seconds of an epoch on Penn Treebank, on a GPU that the paper does not name."""


def _with_time(rows: Mapping[str, PublishedRow]) -> dict[str, PublishedRow]:
    """Add the time of an epoch as a multiple of the VAE's."""
    found = {}
    for name, row in rows.items():
        seconds = _EPOCH["sa-vae" if name.startswith("sa-vae") else "vae"]
        found[name] = PublishedRow({**row.figures, "time": seconds / _EPOCH["vae"]}, row.caveat)
    return found


LANGUAGE_MODEL = PublishedTable(
    "Table 1, Penn Treebank, after 40 epochs",
    _with_time(
        _text_rows(
            {
                "vae-monotonic": (101.73, 0.907, -102.63, 108.09),
                "vae-cyclical": (100.51, 1.955, -102.46, 107.25),
                "sa-vae-monotonic-best": (100.75, 1.796, -102.54, 107.64),
                "sa-vae-monotonic": (101.83, 1.053, -102.89, 109.33),
                "sa-vae-cyclical": (100.50, 2.261, -102.76, 108.71),
            }
        )
    ),
    "single runs; two pairs of equal settings in Tables 1 and 4 differ by 0.20 and 0.10 in rec, "
    "0.05 and 0.06 in kl, 0.15 and 0.05 in elbo",
)

BETA_HALF = PublishedTable(
    "Table 1, Penn Treebank, beta of at most 0.5",
    {
        "vae-monotonic-half": PublishedRow(
            {"rec": 97.36, "kl": 9.605, "elbo": -106.96, "ppl": 132.57},
            "its perplexity follows from its rec and kl on the validation split, that of all other "
            "rows on the test split",
        ),
        "vae-cyclical-half": PublishedRow(
            {"rec": 95.22, "kl": 9.484, "elbo": -104.70, "ppl": 118.78}
        ),
    },
)

LR_ABLATION = PublishedTable(
    "Table 4, Penn Treebank, after 40 epochs (of which split, it does not say)",
    {
        name: PublishedRow(dict(zip(("rec", "kl", "elbo"), values, strict=True)))
        for name, values in {
            "cyclical-constant": (101.30, 1.457, -102.76),
            "monotonic-constant": (101.93, 0.858, -102.78),
            "cyclical-cyclical": (100.61, 1.897, -102.51),
            "monotonic-cyclical": (101.74, 0.748, -102.49),
        }.items()
    },
    LANGUAGE_MODEL.noise,
)

DIALOG = PublishedTable(
    "Table 3, Switchboard",
    {
        name: PublishedRow(
            dict(zip(("rec_ppl", "kl", "bleu4_precision", "bleu4_recall", "a_bow_precision",
                      "a_bow_recall", "e_bow_precision", "e_bow_recall"), values, strict=True))
        )
        for name, values in {
            "cvae-monotonic": (36.16, 0.265, 0.185, 0.122, 0.957, 0.911, 0.867, 0.784),
            "cvae-cyclical": (29.77, 4.104, 0.234, 0.220, 0.961, 0.941, 0.833, 0.808),
            "cvae-bow-monotonic": (18.44, 14.06, 0.211, 0.210, 0.958, 0.938, 0.830, 0.808),
            "cvae-bow-cyclical": (16.74, 15.55, 0.219, 0.219, 0.961, 0.940, 0.828, 0.805),
        }.items()
    },
)  # fmt: skip

DIALOGS = 2_316
"""Dialogs of Switchboard that its models were trained on."""
