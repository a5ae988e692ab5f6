"""What z and the previous words were worth over training, over the seeds of each schedule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..measures import Spread, summarize
from ..runs import Run

__all__ = ["PathsOverTraining", "summarize_paths"]

_ALONGSIDE = ("kl", "rec")
"""What is read together with the gaps."""


@dataclass(frozen=True)
class PathsOverTraining:
    """Both paths of one schedule after every epoch that all of its runs have done.

    Args:
        schedule: Its name.
        seeds: The seeds of the runs that measured them.
        sentences: Validation sentences on which they were measured, or all if there are fewer.
        steps: Optimizer steps done at each measurement.
        beta: Weight of the KL in the last of these steps.
        figures: Mean and 95 % interval over seeds at each measurement, in nats per sentence, by
            the names of ``metrics.jsonl`` without ``valid/``: those that every one of these lines
            has, as earlier versions measured fewer; ``kl`` and ``rec`` are those of the whole
            validation split.
    """

    schedule: str
    seeds: tuple[int, ...]
    sentences: int
    steps: tuple[int, ...]
    beta: tuple[float, ...]
    figures: Mapping[str, tuple[Spread, ...]]


def summarize_paths(runs: Mapping[str, Mapping[int, Run]]) -> tuple[PathsOverTraining, ...]:
    """Average over seeds what was measured of the paths.

    A schedule is left out where they were not measured, or never at a step of all of its runs.

    Args:
        runs: By schedule and seed.
    """
    lines = {
        schedule: {seed: run.metrics() for seed, run in seeds.items() if run.config.training.paths}
        for schedule, seeds in runs.items()
    }
    found = [
        _over_training(schedule, measured, runs[schedule])
        for schedule, measured in lines.items()
        if measured
    ]
    return tuple(each for each in found if each is not None)


def _over_training(
    schedule: str, lines: Mapping[int, list[dict[str, Any]]], runs: Mapping[int, Run]
) -> PathsOverTraining | None:
    """Average over the steps at which all seeds have measured; ``None`` if there are none."""
    seeds = sorted(lines)
    found = [{line["step"]: line for line in lines[s] if "valid/gap_words" in line} for s in seeds]
    steps = sorted(set.intersection(*(set(each) for each in found)))
    if not steps:
        return None
    beta = {line["step"]: line["train/beta"] for line in lines[seeds[0]] if "train/beta" in line}
    everywhere = set.intersection(*(set(each[step]) for each in found for step in steps))
    gaps = [name for name in found[0][steps[0]] if name.startswith("valid/gap_")]
    figures = {
        name.removeprefix("valid/"): tuple(
            summarize([each[step][name] for each in found]) for step in steps
        )
        for name in (*gaps, *(f"valid/{name}" for name in _ALONGSIDE))
        if name in everywhere
    }
    sentences = runs[seeds[0]].config.training.paths
    return PathsOverTraining(
        schedule, tuple(seeds), sentences, tuple(steps), tuple(beta[s] for s in steps), figures
    )
