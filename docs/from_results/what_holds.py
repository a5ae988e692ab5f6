"""The verdicts and tables of docs/what_holds.md, from what `unvanish reproduce` wrote."""

from typing import Any

from unvanish.experiments.catalogue import EXPERIMENTS, find_experiment
from unvanish.experiments.reproducing.markdown import as_markdown, unjudged, written_table

from .page import Page

__all__ = ["IN_SHORT", "PAGE"]

IN_SHORT = (
    "**Not measured as a whole yet.** Below is what `--quick` gives: smaller models, fewer steps, "
    "and of corpora a part of the text with fewer known words, to be tested on too, which makes "
    "perplexities lower. No claim is judged by it, and it says nothing about the paper's figures."
)
"""Stands above the results of an experiment that was carried out in short alone."""

TO_BE_JUDGED = "What will be judged, together, once it is measured:"

VERDICTS = ("holds", "does not hold", "not established")

PAGE = Page("what_holds.md", "experiment")


def found(results: dict[str, Any]) -> str:
    """What an experiment found, without the heading: the page has one of its own."""
    if not results["quick"]:
        return as_markdown(results, heading=False)
    told = [IN_SHORT, TO_BE_JUDGED, unjudged(results["summary"]["claims"])]
    return "\n\n".join([*told, as_markdown(results, heading=False, verdicts=False)])


@PAGE.overview("all")
def overview(results: dict[str, dict[str, Any] | None]) -> str:
    """Count the verdicts of every experiment."""
    rows = [["experiment", "seeds", "claims", *VERDICTS]]
    rows += [_counted(name, found) for name, found in results.items()]
    return f"{written_table(rows)}\n"


def _counted(name: str, results: dict[str, Any] | None) -> list[str]:
    title = find_experiment(name).title
    if results is None:
        return [title, "", "", *("" for _ in VERDICTS)]
    claims = results["summary"]["claims"]
    if results["quick"]:
        return [title, "not measured as a whole", str(len(claims)), *("" for _ in VERDICTS)]
    verdicts = [claim["verdict"] for claim in claims]
    counts = (str(verdicts.count(verdict)) for verdict in VERDICTS)
    return [title, str(len(results["seeds"]) or "no runs"), str(len(claims)), *counts]


for experiment in EXPERIMENTS:
    PAGE.place(experiment, f"reproduce-{experiment}", f"reproduce-{experiment}-quick")(found)
