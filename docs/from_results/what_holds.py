"""The verdicts and tables of docs/what_holds.md, from what `unvanish reproduce` wrote."""

from typing import Any

from unvanish.experiments.catalogue import EXPERIMENTS
from unvanish.experiments.reproducing.markdown import as_markdown

from .page import Page

__all__ = ["IN_SHORT", "PAGE"]

IN_SHORT = (
    "**Not measured as a whole yet.** Below is what `--quick` gives: smaller models, fewer steps, "
    "and of corpora a part of the text with fewer known words, to be tested on too, which makes "
    "perplexities lower. No claim is judged by it, and it says nothing about the paper's figures."
)
"""Stands above the results of an experiment that was carried out in short alone."""

PAGE = Page("what_holds.md", "experiment")


def found(results: dict[str, Any]) -> str:
    """What an experiment found, without the heading: the page has one of its own."""
    if not results["quick"]:
        return as_markdown(results, heading=False)
    return f"{IN_SHORT}\n\n{as_markdown(results, heading=False, verdicts=False)}"


for experiment in EXPERIMENTS:
    PAGE.place(experiment, f"reproduce-{experiment}", f"reproduce-{experiment}-quick")(found)
