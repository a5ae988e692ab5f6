"""What costs time before anything is computed: importing, `--help`, and calling a schedule.

Everything is told beside its baseline of the same run: an interpreter that does nothing, one that
imports torch, and a schedule written as a function of Python by hand.

    python benchmarks/starting.py --out results/starting.json
"""

import argparse
import json
import subprocess
import sys
import timeit
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from unvanish import Cyclical
from unvanish.training.environment import environment

TIMES = 15

PROGRAMS = {
    "an interpreter that does nothing": ["-c", "pass"],
    "import unvanish": ["-c", "import unvanish"],
    "import torch": ["-c", "import torch"],
    "unvanish --help": ["-m", "unvanish", "--help"],
    "unvanish train --help": ["-m", "unvanish", "train", "--help"],
}


def by_hand(step: int, period: int = 10_000, ramp: int = 5_000) -> float:
    """A cyclical schedule as one writes it for oneself, without options."""
    position = step % period
    return position / ramp if position < ramp else 1.0


def seconds_of_programs(times: int) -> dict[str, float]:
    """Give the least seconds that each program takes, started in turns."""
    best = dict.fromkeys(PROGRAMS, float("inf"))
    for _ in range(times):
        for name, words in PROGRAMS.items():
            best[name] = min(best[name], timeit.timeit(lambda: _start(words), number=1))  # noqa: B023
    return best


def _start(words: Sequence[str]) -> None:
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)


def seconds_of_call(function: Callable[[int], float], times: int) -> float:
    """Give the least seconds that a call takes, over many steps."""
    steps = range(0, 40_000, 7)

    def work() -> None:
        for step in steps:
            function(step)

    return min(timeit.repeat(work, number=1, repeat=times)) / len(steps)


def main(words: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    programs = seconds_of_programs(given.times)
    nothing = programs["an interpreter that does nothing"]
    calls = {
        "Cyclical(40_000)": seconds_of_call(Cyclical(40_000), given.times),
        "by hand": seconds_of_call(by_hand, given.times),
    }
    results = {
        "format": 1,
        "kind": "starting",
        "programs": {
            name: {"seconds": seconds, "seconds_more_than_nothing": seconds - nothing}
            for name, seconds in programs.items()
        },
        "calls": {name: {"microseconds": 1e6 * seconds} for name, seconds in calls.items()},
        "environment": environment(torch.device("cpu"), "fp32"),
    }
    text = json.dumps(results, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
