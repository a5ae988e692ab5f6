"""``unvanish compare``: schedules side by side."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from ..config import UsageError
from .configuring import configure, starting_point
from .options import CommonOptions
from .output import print_json
from .resuming import require_nothing_else
from .setting_options import DATA, TRAINING, Baseline, SettingOptions, TextOptions
from .stopping import told_how_to_go_on

if TYPE_CHECKING:
    from ..comparison import ComparisonPlan

__all__ = ["compare"]

COMPARISON = Group("Comparison", sort_key=0)
AT_LEAST_ONE = Number(gte=1)
_ADDING = "--seeds, --schedule and --baseline may be given: they change what is compared"


def compare(
    corpus: Annotated[Path | None, Parameter(group=DATA, show_default=False)] = None,
    /,
    *,
    schedule: Annotated[
        tuple[str, ...], Parameter(group=COMPARISON, negative="", show_default=False)
    ] = (),
    baseline: Annotated[Baseline | None, Parameter(group=COMPARISON)] = None,
    seeds: Annotated[int | None, Parameter(group=COMPARISON, validator=AT_LEAST_ONE)] = None,
    workers: Annotated[int | None, Parameter(group=COMPARISON, validator=AT_LEAST_ONE)] = None,
    side_by_side: Annotated[bool, Parameter(group=COMPARISON)] = True,
    resume: Annotated[bool, Parameter(group=COMPARISON, negative="")] = False,
    text: TextOptions = TextOptions(),  # noqa: B008 - frozen
    recipe: Annotated[str | None, Parameter(group=TRAINING)] = None,
    settings: SettingOptions = SettingOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Train the same model under several schedules with several seeds, and say what differs.

    Every schedule gets the same text, the same seeds (initialisation, order of the batches, noise)
    and the same settings. The table has means and standard deviations over seeds on the test
    split; every difference has two 95 % intervals, over test sentences (paired bootstrap) and over
    seeds, and counts as one only where both, and the interval over sentences and seeds together,
    exclude 0.

    The folder `--out` holds a run for every schedule and seed under `runs`, `results.json` and
    `report.html`.
    It may be stopped at any moment: `unvanish compare --resume --out FOLDER` goes on. With a larger
    `--seeds`, another `--schedule` or `--baseline lm` it adds these to what is compared. Fix the
    number of seeds before you look: no verdict accounts for seeds that are added afterwards.

    For example: `unvanish compare my.txt --schedule constant --schedule monotonic:0.25 --schedule
    cyclical --out runs/comparison`

    Args:
        corpus: The training text (default: a synthetic corpus and, unless another is given, the
            recipe synthetic).
        schedule: A preset (fu2019, bowman2016, ...) or a schedule like monotonic:0.25; give two or
            more, or one and --baseline (default: constant, monotonic:0.25 and
            cyclical:n_cycles=4,ratio=0.5).
        baseline: Compare with what a VAE has to beat too, with the same seeds: lm, the decoder
            without z as a language model, whose elbo is exactly log p(x).
        seeds: Repetitions of every schedule (default 5; 3 establish large differences alone); the
            first is `--seed`.
        workers: Runs at once (default: one a core, on a GPU one). They share the cores, none with
            more than OMP_NUM_THREADS threads.
        side_by_side: Train small models (LSTMs, up to 100,000 parameters, on a processor) of one
            seed as one program, in fp32 unless --precision says otherwise.
        resume: Go on with the comparison at --out; needs no other option. --seeds (how many in
            all), --schedule and --baseline add to it; a smaller --seeds leaves out the last
            ones, if none of their runs has begun.
        recipe: A whole setting by name, for all runs; the other options change it.
    """
    from ..comparison import ComparisonPlan, begin, extend, reopen
    from ..comparison.power import USUAL_SEEDS
    from .comparing import told_changes
    from .progress import say_synthetic
    from .storing import storing_shown

    out = common.out or Path("runs/comparison")
    baselines = () if baseline is None else (baseline,)
    if resume:
        require_nothing_else(corpus, text, recipe, settings, common, allowed=_ADDING)
        before = reopen(out)
        with storing_shown(quiet=common.quiet) as progress:
            plan = extend(
                out, schedules=schedule, seeds=seeds, baselines=baselines, progress=progress
            )
        if (changes := told_changes(before, plan)) and not common.quiet:
            print(changes, file=sys.stderr)
    else:
        _require_two(schedule, baseline)
        base = starting_point(corpus)
        config = configure(recipe, settings.given(), settings.set_, common.seed, base=base)
        chosen = schedule or ("constant", "monotonic:0.25", "cyclical:n_cycles=4,ratio=0.5")
        numbers = tuple(range(config.seed, config.seed + (seeds or USUAL_SEEDS)))
        plan = ComparisonPlan(chosen, numbers, config, text.files(corpus), baselines)
        with storing_shown(quiet=common.quiet) as progress:
            begin(plan, out, progress)
        if not plan.files and not common.quiet:
            say_synthetic(recipe)
    results = _carry_out(plan, out, workers, common, side_by_side=side_by_side)
    _show(results, plan, out, as_json=common.json)
    _require_every_run(results, plan, out)


def _require_two(schedules: tuple[str, ...], baseline: str | None) -> None:
    """Refuse a comparison of one thing.

    Raises:
        UsageError: If there is one schedule and no baseline.
    """
    if len(schedules) == 1 and baseline is None:
        raise UsageError(
            f"there is nothing to compare {schedules[0]} with: give another --schedule too, or "
            "--baseline lm"
        )


def _carry_out(
    plan: "ComparisonPlan",
    out: Path,
    workers: int | None,
    common: CommonOptions,
    *,
    side_by_side: bool,
) -> dict[str, Any]:
    """Train what is not trained yet under the eyes of a person, and write results and report."""
    from ..comparison import carry_out
    from .comparing import TerminalListener
    from .report import write_report

    folders = [entry.folder for entry in plan.entries()]
    with told_how_to_go_on(f"unvanish compare --resume --out {out}", out / "comparison.json"):
        with TerminalListener(folders, quiet=common.quiet) as listener:
            results = carry_out(
                plan,
                out,
                workers=workers,
                device=common.device,
                listener=listener,
                side_by_side=side_by_side,
            )
        write_report(out, device=common.device, seed=plan.seeds[0], quiet=common.quiet)
    return results


def _require_every_run(results: dict[str, Any], plan: "ComparisonPlan", out: Path) -> None:
    failed = results["summary"]["failed"]
    if failed:
        name, problem = next(iter(failed.items()))
        raise UsageError(
            f"{len(failed)} of {len(plan.entries())} runs are missing: {name}: {problem}; to try "
            f"again: unvanish compare --resume --out {out}"
        )


def _show(results: dict[str, Any], plan: "ComparisonPlan", out: Path, *, as_json: bool) -> None:
    """Print what was found, as tables or as JSON, on standard output."""
    from rich.console import Console

    from ..comparison.found import tell_found
    from .comparing import tables

    if as_json:
        print_json(results)
        return
    console, found = Console(highlight=False), tell_found(results, plan, out)
    for table in tables(found):
        console.print(table)
    told = (*found.notes, f"written to {out}, with the page {out / 'report.html'}")
    console.print("\n".join(told), markup=False, soft_wrap=True)
