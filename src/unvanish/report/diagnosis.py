"""The part of a page that says whether the latent variable is alive."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..measures.diagnosis import Diagnosis, Figures
from ..measures.thresholds import ACTIVE
from .figures import draw
from .page import Section, Table
from .picture import Picture
from .styles import COLOURS

__all__ = ["TITLE", "diagnosis_section"]

TITLE = "Is the latent variable alive?"

_ORDER = ("first", "then")

_SHOWN = 64
"""Most dimensions that are drawn."""
_FLOOR = 1e-6
"""Least variance that is drawn."""


def diagnosis_section(diagnosis: Diagnosis | None, silence: str, name: str) -> Section:
    """Give verdict, evidence, advice and the dimensions of a run.

    Args:
        diagnosis: What was found; ``None`` where it could not be measured.
        silence: Why not.
        name: Prefix of its pictures, once in a page.
    """
    if diagnosis is None:
        return Section(TITLE, text=[silence])
    return Section(
        TITLE,
        text=[f"{diagnosis.verdict}: {diagnosis.meaning}."],
        pictures=_pictures(diagnosis.figures, name),
        tables=_tables(diagnosis),
    )


def _pictures(figures: Figures, name: str) -> list[tuple[Picture, str]]:
    bars = (
        "Each dimension of z by itself, the greatest KL first. Bars: KL. Lines: 95 % interval of "
        "the information about the sentence; a bar without a line near its top is KL on paper."
    )
    curve = (
        f"Variance over sentences of the posterior mean, sorted. {figures.active_units} of "
        f"{figures.latent_size} lie above {ACTIVE:g}, the usual line of an active unit; where the "
        "curve crosses it slowly the count means little."
    )
    return [
        (_bars(f"{name}-information", figures), bars),
        (_variances(f"{name}-variances", figures), curve),
    ]


def _tables(diagnosis: Diagnosis) -> list[Table]:
    evidence = [list(_parted(line)) for line in diagnosis.evidence]
    advice = [
        [order, text.replace("`", "")] for order, text in zip(_ORDER, diagnosis.advice, strict=True)
    ]
    measured = f"Measured on {diagnosis.figures.sentences:,} test sentences, in nats per sentence."
    return [
        Table(measured, (), evidence, numeric=False),
        Table("Try next", (), advice, numeric=False),
    ]


def _parted(line: str) -> tuple[str, str]:
    """Part a line of evidence into its subject and what is said of it."""
    head, colon, rest = line.partition(": ")
    if colon and len(head) < 20:
        return head, rest
    return "", line


def _bars(name: str, figures: Figures) -> Picture:
    order = np.argsort(-figures.kl_per_dimension, kind="stable")[:_SHOWN]
    told = [figures.information_per_dimension[j] for j in order]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(order))
        axes.bar(places, figures.kl_per_dimension[order], color=COLOURS[0], alpha=0.45, label="KL")
        axes.vlines(
            places,
            [interval.low for interval in told],
            [interval.high for interval in told],
            color=COLOURS[1],
            linewidth=4,
            label="information",
        )
        axes.set_xlabel("dimension of z")
        axes.set_ylabel("nats per sentence")
        shown = places[:: max(1, len(places) // 16)]
        axes.set_xticks(shown, [str(order[k] + 1) for k in shown])
        top = max(float(figures.kl_per_dimension.max()), *(interval.high for interval in told))
        axes.set_ylim(0, max(0.05, 1.08 * top))
        axes.legend(frameon=False)

    alt = "KL and information of every dimension of z."
    return draw(name, alt, (8.0, 2.6), paint, png=False)


def _variances(name: str, figures: Figures) -> Picture:
    ordered = np.sort(figures.variances)[::-1]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        ranks = np.arange(1, len(ordered) + 1)
        axes.semilogy(ranks, np.maximum(ordered, _FLOOR), "o-", color=COLOURS[0], markersize=4)
        axes.axhline(ACTIVE, color="gray", linestyle="--", linewidth=1)
        axes.annotate("0.01", (len(ordered), ACTIVE), ha="right", va="bottom", fontsize=9)
        axes.set_xlabel("dimensions of z, sorted")
        axes.set_ylabel("variance of the mean")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    return draw(name, "Sorted variance of the posterior mean.", (8.0, 2.4), paint, png=False)
