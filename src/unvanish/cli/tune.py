"""``unvanish tune``: searching for a schedule."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from ..schedules import Schedule
from .configuring import configure, starting_point
from .options import CommonOptions
from .output import print_json
from .resuming import require_nothing_else
from .setting_options import DATA, TRAINING, SettingOptions, TextOptions
from .stopping import told_how_to_go_on

if TYPE_CHECKING:
    from rich.table import Table

    from ..comparison import Search

__all__ = ["tune"]

SEARCH = Group("Search", sort_key=0)
AT_LEAST_ONE = Number(gte=1)
SHOWN = 10
"""Trials that the table shows."""


def tune(
    corpus: Annotated[Path | None, Parameter(group=DATA, show_default=False)] = None,
    /,
    *,
    trials: Annotated[int, Parameter(group=SEARCH, validator=AT_LEAST_ONE)] = 30,
    most_cycles: Annotated[int | None, Parameter(group=SEARCH, validator=AT_LEAST_ONE)] = None,
    storage: Annotated[str | None, Parameter(group=SEARCH)] = None,
    resume: Annotated[bool, Parameter(group=SEARCH, negative="")] = False,
    text: TextOptions = TextOptions(),  # noqa: B008 - frozen
    recipe: Annotated[str | None, Parameter(group=TRAINING)] = None,
    settings: SettingOptions = SettingOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Search for the cycles, proportion and shape of beta, and the free bits, that your text wants.

    Tries cyclical schedules (M cycles, proportion R, shape of the ramp), each with free bits or
    without (unless `--free-bits` says how many), with Optuna and keeps the one with the best
    validation elbo at beta = 1. Look at kl and active units too: a model that
    ignores z may well have a good elbo.

    It may be stopped at any moment; `unvanish tune --resume --out FOLDER` goes on, also in several
    processes or on several machines at once that share the folder.

    For example: `unvanish tune my.txt --trials 20 --epochs 10 --out runs/search`

    Args:
        corpus: The training text (default: a synthetic corpus and, unless another is given, the
            recipe synthetic).
        trials: Trials in all, with those of earlier calls.
        most_cycles: Try up to so many cycles (default 8).
        storage: URL of an Optuna database (default: a journal in the folder). --resume takes it
            from the folder, unless it holds a password: then give it again.
        resume: Go on with the search at --out; needs no other option but --trials.
        recipe: A whole setting by name, for all trials; the other options change it.
    """
    from ..comparison import (
        NOT_KEPT,
        Search,
        begin_search,
        carry_out_search,
        kept_storage,
        reopen_search,
    )
    from .progress import TerminalReporter, say_synthetic
    from .storing import storing_shown

    out = common.out or Path("runs/search")
    if resume:
        allowed = "--trials and --storage may be given"
        require_nothing_else(corpus, text, recipe, settings, common, most_cycles, allowed=allowed)
        search = reopen_search(out, storage)
    else:
        base = starting_point(corpus)
        config = configure(recipe, settings.given(), settings.set_, common.seed, base=base)
        kept = kept_storage(storage) if storage else None
        search = Search(config, text.files(corpus), most_cycles or 8, storage=kept)
        if settings.free_bits is not None:
            search = replace(search, free_bits=(settings.free_bits,))
        with storing_shown(quiet=common.quiet) as progress:
            begin_search(search, out, progress)
        if kept == NOT_KEPT:
            words = "the URL of --storage holds a password and is not kept: give it with --resume"
            print(f"warning: {words}", file=sys.stderr)
        if not search.files and not common.quiet:
            say_synthetic(recipe)
    with told_how_to_go_on(_going_on(search, out), out / "search.json"):
        results = carry_out_search(
            search,
            out,
            trials=trials,
            storage=storage,
            device=common.device,
            reporter=lambda schedule: TerminalReporter(quiet=common.quiet),
            waiting=lambda: _say_waiting(quiet=common.quiet),
        )
    _show(results, out, as_json=common.json)


def _going_on(search: "Search", out: Path) -> str:
    """Give the command that goes on with a search; no password is told."""
    from ..comparison import NOT_KEPT

    command = f"unvanish tune --resume --out {out}"
    return f"{command} --storage URL" if search.storage == NOT_KEPT else command


def _say_waiting(*, quiet: bool) -> None:
    if not quiet:
        print("other processes are at the last trials: waiting for them", file=sys.stderr)


def _show(results: Mapping[str, Any], out: Path, *, as_json: bool) -> None:
    """Print the best trials, as a table or as JSON, on standard output."""
    if as_json:
        print_json(results)
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_table(results["runs"][:SHOWN]))
    best, failed = results["summary"]["best"], results["summary"]["failed"]
    lost = f", {failed} failed" if failed else ""
    words = (
        "valid: nats per sentence at beta = 1, last parameters, one seed: compare the best few "
        f"with several seeds before you believe the order\n{results['summary']['trials']} trials"
        f"{lost}, written to {out}\nbest: --schedule {best}"
    )
    console.print(words, markup=False, soft_wrap=True)


def _table(runs: Sequence[Mapping[str, Any]]) -> "Table":
    """Lay trials out with all that they tried, under the names it has in the text of a schedule."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    tried = ("n_cycles", "ratio", "shape")
    table = Table(title="the best trials", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (*tried, "free bits", "elbo", "rec", "kl", "active units"):
        table.add_column(heading, justify="right", no_wrap=" " not in heading)
    for run in runs:
        objective, figures = run["config"]["objective"], run["splits"]["valid"]["last"]
        schedule = Schedule.parse(objective["beta"]).to_dict()
        cells = [f"{figures[name]:.3f}" for name in ("elbo", "rec", "kl")]
        table.add_row(
            *(str(schedule[name]) for name in tried),
            f"{objective['free_bits']:g}",
            *cells,
            str(figures["active_units"]),
        )
    return table
