"""The verdicts and tables of docs/what_holds.md, from what `unvanish reproduce` wrote."""

from typing import Any

from unvanish.experiments.catalogue import EXPERIMENTS
from unvanish.experiments.reproducing.markdown import as_markdown

from .page import Page

__all__ = ["PAGE"]

PAGE = Page("what_holds.md", "experiment")


def found(results: dict[str, Any]) -> str:
    """What an experiment found, without the heading: the page has one of its own."""
    return as_markdown(results, heading=False)


for experiment in EXPERIMENTS:
    PAGE.place(experiment, f"reproduce-{experiment}", f"reproduce-{experiment}-quick")(found)
