"""What a person sees while a run trains, and when it is done."""

import math
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ..data import SyntheticText
from ..measures.figure_text import figure_text
from ..runs import Run
from ..training import Plan, Reporter
from .output import print_json

__all__ = ["TerminalReporter", "say_synthetic", "show_results"]


def say_synthetic(recipe: str | None) -> None:
    """Say on standard error what is trained on where there is no corpus, and with which settings.

    Args:
        recipe: The recipe that was given, if any.
    """
    settings = f"recipe {recipe or 'synthetic'}"
    print(f"no CORPUS: synthetic text, {SyntheticText()}; {settings}", file=sys.stderr)


class TerminalReporter(Reporter):
    """Shows the plan, a bar with the time left, and a line a round, on standard error.

    Args:
        quiet: Tell warnings only.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.quiet = quiet
        self._progress: Progress | None = None
        self._begun, self._unit = 0, "epoch"

    def started(self, plan: Plan) -> None:
        """Show the plan and open the bar."""
        self._unit = plan.unit
        if self.quiet:
            return
        write = self.console.print
        facts = f"  {plan.parameters:,} parameters, {plan.device}"
        write(Text.assemble((plan.name, "bold"), facts), soft_wrap=True)
        for line in plan.reading:
            write(line, markup=False, soft_wrap=True)
        write(
            f"{plan.unit}s {plan.rounds}, steps in each {plan.steps_per_round:,}, {plan.precision}",
            soft_wrap=True,
        )
        write(f"beta {plan.sparkline}", markup=False, soft_wrap=True)
        write(f"     {plan.beta}", markup=False, soft_wrap=True)
        self._progress = Progress(
            BarColumn(bar_width=12),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=self.console,
        )
        self._task = self._progress.add_task(
            "", total=plan.total_steps, completed=self._begun, figures=""
        )
        self._progress.start()

    def resumed(self, step: int) -> None:
        """Say where it goes on."""
        self._begun = step
        if not self.quiet:
            self.console.print(f"going on from step {step:,}", soft_wrap=True)

    def stepped(self, step: int, figures: Mapping[str, float]) -> None:
        """Move the bar."""
        if self._progress is None:
            return
        text = (
            f"beta {figures['train/beta']:.2f} rec {figures['train/rec']:.1f} "
            f"kl {figures['train/kl']:.2f} {figures['train/tokens_per_second']:,.0f} tokens/s"
        )
        self._progress.update(self._task, completed=step, figures=text)

    def evaluated(self, n: int, split: str, figures: Mapping[str, float]) -> None:
        """Write a line."""
        if self._progress is None:
            return
        self.console.print(
            f"{self._unit} {n:3d} {split}  rec {figures['rec']:7.2f}  kl {figures['kl']:6.3f}  "
            f"-elbo {-figures['elbo']:7.2f}  ppl {figure_text(figures['ppl'], 2):>8}  "
            f"active units {figures['active_units']:.0f}",
            markup=False,
            soft_wrap=True,
        )

    def warned(self, message: str) -> None:
        """Write the warning, quiet or not."""
        self.console.print(f"warning: {message}", style="yellow", markup=False, soft_wrap=True)

    def finished(self) -> None:
        """Close the bar."""
        if self._progress is not None:
            self._progress.stop()


def show_results(run: Run, *, as_json: bool) -> None:
    """Print what was measured, as a table or as JSON, on standard output.

    Args:
        run: A finished run.
        as_json: Print ``results.json`` itself.
    """
    results = run.results()
    if as_json:
        print_json(results)
        return
    console = Console(highlight=False)
    console.print(results_table(results))
    console.print(
        f"nats per sentence at beta = 1; written to {run.path}", markup=False, soft_wrap=True
    )
    console.print(f"latent variable: {verdict(run)}", markup=False, soft_wrap=True)
    console.print(f"next: {next_step(run)}", markup=False, soft_wrap=True)


def verdict(run: Run) -> str:
    """Say in a line whether the latent variable is alive, or why that is not known.

    Args:
        run: A finished run.
    """
    results, model = run.results(), run.config.model
    found = results.get("diagnosis")
    if found is not None and found["verdict"] == "unfinished":
        reason = found["evidence"][0].partition(": ")[2].removesuffix(".")
        return f"unfinished: {found['meaning']}: {reason}"
    if found is not None:
        return f"{found['verdict']}: {found['meaning']}; unvanish diagnose {run.path} says why"
    if model.is_language_model:
        return "none, this is a language model"
    if model.is_autoencoder:
        return "no verdict: an autoencoder has no KL that could vanish"
    if results["corpus"]["splits"]["test"]["sentences"] == 1:
        return "no verdict: one test sentence has no other to be compared with; give 50 or more"
    return "no verdict: posteriors with such means and variances cannot be measured"


def next_step(run: Run) -> str:
    """Say what to do with a finished run: of one that is unfinished, what its diagnosis advises.

    Args:
        run: A finished run.
    """
    found = run.results().get("diagnosis")
    if found is not None and found["verdict"] == "unfinished":
        advice = found["advice"][0].removesuffix(".")
        return f"{advice[:1].lower()}{advice[1:]}; unvanish diagnose {run.path} says more"
    return f"unvanish report {run.path}, or unvanish sample {run.path}"


def results_table(results: Mapping[str, Any]) -> Table:
    """Lay the figures of a run out as a table, one row a split and choice of parameters.

    One sentence alone has no active units, which are a matter of variances over sentences.

    Args:
        results: What ``results.json`` holds.
    """
    table = Table(title=Text(results["name"]), title_justify="left")
    for heading in ("split", "parameters"):
        table.add_column(heading)
    for heading in ("rec", "kl", "-elbo", "ppl", "active units"):
        table.add_column(heading, justify="right")
    for split, choices in results["splits"].items():
        alone = results["corpus"]["splits"][split]["sentences"] == 1
        for which, figures in choices.items():
            label = f"{which} (epoch {figures['epoch']})" if "epoch" in figures else which
            row = [figures["rec"], figures["kl"], -figures["elbo"], figures["ppl"]]
            numbers = [figure_text(value, 3) if math.isfinite(value) else "-" for value in row]
            table.add_row(split, label, *numbers, "-" if alone else str(figures["active_units"]))
    return table
