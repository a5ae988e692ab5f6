"""``unvanish reproduce``: the paper's experiments."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from .options import CommonOptions
from .output import print_json
from .stopping import told_how_to_go_on

if TYPE_CHECKING:
    from ..experiments.reproducing import Experiment, Request

__all__ = ["reproduce"]

REPRODUCTION = Group("Reproduction", sort_key=0)
AT_LEAST_ONE = Number(gte=1)


def reproduce(
    name: str,
    /,
    *,
    data: Annotated[Path | None, Parameter(group=REPRODUCTION)] = None,
    seeds: Annotated[int | None, Parameter(group=REPRODUCTION, validator=AT_LEAST_ONE)] = None,
    quick: Annotated[bool, Parameter(group=REPRODUCTION, negative="")] = False,
    train: Annotated[bool, Parameter(group=REPRODUCTION)] = True,
    workers: Annotated[int | None, Parameter(group=REPRODUCTION, validator=AT_LEAST_ONE)] = None,
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Repeat an experiment of Fu et al. (2019) and say which of its claims hold.

    `unvanish reproduce list` names the experiments, what they need, how many seeds they take and
    how long.

    Most experiments are a grid of runs with several seeds; dialog takes one seed, and schedules
    trains nothing. The folder `--out` (runs/NAME, with `--quick` runs/NAME-quick) holds the runs,
    results.json, report.md with our figures beside the paper's, and report.html with the
    pictures too. It may be stopped at any moment; the same command goes on, with more `--seeds`
    too.

    For example: `unvanish reproduce lr-ablation --data data --seeds 5`

    Args:
        name: An experiment, or list.
        data: The folder of the corpora: ptb/train.txt, yelp/train.tsv, swda/train.jsonl.gz, ...;
            missing files are listed with where to get them and the command that makes them.
        seeds: Repetitions of every setting (default: what `unvanish reproduce list` says; with
            `--quick` 1 of most); the first is `--seed`.
        quick: Smaller models, fewer sentences and steps: over within minutes, and nothing is
            established.
        train: Whether to train what is not trained yet; else the finished runs are reported.
        workers: Runs at once (default: one a core, on a GPU one). They share the cores, none with
            more than OMP_NUM_THREADS threads.
    """
    if name == "list":
        _list(as_json=common.json)
        return
    from ..experiments.catalogue import find_experiment
    from ..experiments.reproducing import Request, carry_out
    from .reproducing import TerminalWatcher

    experiment = find_experiment(name)
    request = Request(
        out=common.out or Path("runs") / f"{name}{'-quick' if quick else ''}",
        data=data,
        seeds=seeds,
        seed=1 if common.seed is None else common.seed,
        quick=quick,
        device=common.device,
        workers=workers,
        train=train,
    )
    with told_how_to_go_on(_again(name, request, common), request.out / "reproduction.json"):
        results = carry_out(experiment, request, TerminalWatcher(quiet=common.quiet))
    _tell(results, request.out, as_json=common.json)


def _again(name: str, request: "Request", common: CommonOptions) -> str:
    """Give the command that goes on."""
    words = ["unvanish", "reproduce", name, "--out", str(request.out)]
    for option, value in (
        ("--data", request.data),
        ("--seeds", request.seeds),
        ("--seed", common.seed),
        ("--workers", request.workers),
    ):
        words += [] if value is None else [option, str(value)]
    words += [] if common.device == "auto" else ["--device", common.device]
    return shlex.join([*words, "--quick"] if request.quick else words)


def _list(*, as_json: bool) -> None:
    """Name the experiments, or give them as JSON."""
    from ..experiments.catalogue import EXPERIMENTS, find_experiment

    experiments = [find_experiment(name) for name in EXPERIMENTS]
    if as_json:
        print_json({"experiments": [_plain(each) for each in experiments]})
        return
    from rich.console import Console

    console = Console(highlight=False)
    for each in experiments:
        console.print(f"{each.name:16}{each.title}", markup=False, soft_wrap=True)
        takes = f"takes (on two cores) {each.whole.duration}; with --quick {each.quick.duration}"
        for line in (each.source, _needs(each), *_seeds(each), takes):
            console.print(f"{'':16}{line}", markup=False, soft_wrap=True)


def _plain(experiment: "Experiment") -> dict[str, Any]:
    return {
        "name": experiment.name,
        "title": experiment.title,
        "source": experiment.source,
        "files": [file.path for file in experiment.files],
        "more_files": [file.path for file in experiment.more_files],
        "seeds": experiment.whole.seeds,
        "duration": {"whole": experiment.whole.duration, "quick": experiment.quick.duration},
    }


def _seeds(experiment: "Experiment") -> list[str]:
    """Say how often an experiment repeats every setting, if it does."""
    whole, quick = experiment.whole.seeds, experiment.quick.seeds
    return [f"seeds {whole}, with --quick {quick}, unless --seeds is given"] if whole else []


def _needs(experiment: "Experiment") -> str:
    """Say which files an experiment reads."""
    needed, more = (
        ", ".join(file.path for file in files)
        for files in (experiment.files, experiment.more_files)
    )
    return f"needs {needed or 'nothing'}" + (f"; with {more} it does more" if more else "")


def _tell(results: dict[str, Any], out: Path, *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        print_json(results)
        return
    from rich.console import Console

    from ..experiments.judging import how_judged
    from .reproducing import caveats, claims, tables

    console = Console(highlight=False)
    for table in tables(results, console):
        console.print(table)
    judged = how_judged(results["summary"]["claims"])
    for line in (*caveats(results), *claims(results), *judged):
        console.print(line, markup=False, soft_wrap=True)
    if results["quick"] and any(not claim["exact"] for claim in results["summary"]["claims"]):
        note = "with --quick, in other sizes than the paper's: nothing is established"
        console.print(note, markup=False, soft_wrap=True)
    written = f"\nwritten to {out}, with the page {out / 'report.html'}"
    console.print(written, markup=False, soft_wrap=True)
