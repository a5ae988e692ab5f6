"""Training many small runs: optimizer steps a second, separate against side by side.

Both train the runs of `unvanish compare` on its synthetic text, schedules times seeds with the
recipe synthetic, in one worker process a core, and take turns. What is counted is training with
validation, checkpoints and the last evaluation, without the report. Processor time, which tells
more on a busy machine, also has the start of the processes, the same for both ways.

    python benchmarks/side_by_side.py --out results/side-by-side.json
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from unvanish.comparison import ComparisonPlan, Ended, Grid, Listener
from unvanish.comparison.groups import in_groups
from unvanish.comparison.worker import work
from unvanish.config import Config, override, to_dict
from unvanish.recipes import load_recipe
from unvanish.runs import load
from unvanish.training import available_cores
from unvanish.training.environment import environment
from unvanish.training.several_runs import share_out

SCHEDULES = ("constant", "monotonic:0.25", "cyclical:n_cycles=4,ratio=0.5")
WAYS = {"separate": None, "side by side": "cpu"}
"""Where runs may be side by side."""


class Watch(Listener):
    """Counts optimizer steps and notes when the first run began."""

    def __init__(self) -> None:
        self.began: float | None = None
        self.steps: dict[str, int] = {}
        self.problems: list[str] = []

    def planned(self, folder: str, total_steps: int) -> None:
        """Note when training begins."""
        self.began = self.began or time.perf_counter()

    def moved(self, folder: str, step: int) -> None:
        """Count."""
        self.steps[folder] = step

    def ended(self, ended: Ended) -> None:
        """Keep what went wrong."""
        if ended.problem is not None:
            self.problems.append(ended.problem)


def train(plan: ComparisonPlan, way: str, workers: int, folder: Path) -> tuple[float, float]:
    """Train all runs of a plan; give optimizer steps a second, by the clock and of a processor.

    Raises:
        RuntimeError: If a run failed.
    """
    device = WAYS[way]
    groups = in_groups(plan.entries(), plan.files, folder, device=device, workers=workers)
    watch, used = Watch(), _processor_seconds()
    grid = Grid(folder, plan.files, "cpu")
    share_out(groups, work, grid, at_once=workers, listener=watch)
    if watch.problems or watch.began is None:
        raise RuntimeError(f"a run failed: {watch.problems}")
    steps, seconds = sum(watch.steps.values()), time.perf_counter() - watch.began
    return steps / seconds, steps / (_processor_seconds() - used)


def _processor_seconds() -> float:
    """Give the processor time of all workers that have ended."""
    used = os.times()
    return used.children_user + used.children_system


def measure(config: Config, seeds: int, workers: int, turns: int) -> dict[str, Any]:
    """Let both ways take turns; the best of each counts."""
    plan = ComparisonPlan(SCHEDULES, tuple(range(1, seeds + 1)), config)
    speeds: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    differences: list[float] = []
    for turn in range(turns):
        found: dict[str, list[float]] = {}
        for way in list(WAYS) if turn % 2 == 0 else list(WAYS)[::-1]:
            folder = Path(tempfile.mkdtemp())
            try:
                speeds[way].append(train(plan, way, workers, folder))
                found[way] = _first_losses(folder, plan)
            finally:
                shutil.rmtree(folder)
            by_clock, of_processor = speeds[way][-1]
            print(f"{way}: {by_clock:.1f} steps/s, {of_processor:.1f} a core", file=sys.stderr)
        pairs = zip(*found.values(), strict=True)
        differences += [abs(one - other) / one for one, other in pairs]
    kinds = ("steps_per_second", "steps_per_processor_second")
    best = {
        kind: {way: max(each[k] for each in found) for way, found in speeds.items()}
        for k, kind in enumerate(kinds)
    }
    return {
        "benchmark": "side_by_side",
        "config": to_dict(config),
        "runs": len(plan.entries()),
        "workers": workers,
        "turns": {
            way: [dict(zip(kinds, each, strict=True)) for each in speeds[way]] for way in WAYS
        },
        "best": best,
        "ratio": {kind: best[kind]["side by side"] / best[kind]["separate"] for kind in kinds},
        "largest_difference_of_first_losses": max(differences),
        "environment": environment(torch.device("cpu"), "fp32"),
    }


def _first_losses(folder: Path, plan: ComparisonPlan) -> list[float]:
    """Give the first line of every run's metrics: rounding has not grown to chaos there."""
    lines = [next(iter(load(folder / each.folder).metrics())) for each in plan.entries()]
    return [float(line["train/loss"]) for line in lines]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="seeds of each of three schedules")
    parser.add_argument("--epochs", type=int, default=2, help="epochs of every run")
    parser.add_argument("--workers", type=int, default=available_cores(), help="processes at once")
    parser.add_argument("--turns", type=int, default=3, help="turns of each way")
    parser.add_argument("--set", action="append", default=[], help="NAME=VALUE of a setting")
    parser.add_argument("--precision", default="fp32", help="of the separate runs too")
    parser.add_argument("--out", type=Path, help="where to write the figures")
    given = parser.parse_args(arguments)
    changes: dict[str, Any] = {
        "training.epochs": given.epochs,
        "training.precision": given.precision,
        "training.log_every": 25,
    }
    changes |= {name: int(value) for name, _, value in (each.partition("=") for each in given.set)}
    config = override(load_recipe("synthetic").config, changes)
    found = measure(config, given.seeds, given.workers, given.turns)
    text = json.dumps(found, indent=2)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
