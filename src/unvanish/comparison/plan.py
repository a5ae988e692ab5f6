"""What is compared: schedules and baselines times seeds, everything else being equal."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from ..config import Config, UsageError, as_baseline, override, to_dict
from ..runs.naming import tidy_name
from .stored_plan import PLAN_FORMAT, read_plan

__all__ = ["ComparisonPlan", "Entry"]


@dataclass(frozen=True)
class Entry:
    """One run of a comparison.

    Args:
        schedule: Its beta, as it was given, or the name of a baseline.
        seed: Its seed.
        config: Every setting.
        folder: Name of its folder.
    """

    schedule: str
    seed: int
    config: Config
    folder: str


@dataclass(frozen=True)
class ComparisonPlan:
    """Schedules and seeds under one setting.

    Args:
        schedules: Weights of the KL over training: presets or schedules in text form.
        seeds: Seeds, the same for every schedule: so are initialisation, order of the batches and
            noise.
        base: Every other setting.
        files: Paths of the corpus by split; none means the synthetic corpus.
        baselines: What the schedules are compared with beside each other, such as ``"lm"``; beta
            is that of the base.
        seen: Seeds whose results were there when others were first added.
        left_out: Seeds that were planned, and left out when there were results of others.

    Raises:
        UsageError: If there is no schedule or seed, one is there twice, or there is no such
            baseline.

    Example:
        >>> plan = ComparisonPlan(("constant", "fu2019"), (1, 2), Config())
        >>> [(entry.schedule, entry.seed) for entry in plan.entries()]
        [('constant', 1), ('fu2019', 1), ('constant', 2), ('fu2019', 2)]
    """

    schedules: tuple[str, ...]
    seeds: tuple[int, ...]
    base: Config
    files: Mapping[str, str] = field(default_factory=dict)
    baselines: tuple[str, ...] = ()
    seen: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name, values in (
            ("schedule", self.schedules),
            ("seed", self.seeds),
            ("baseline", self.baselines),
        ):
            if not values and name != "baseline":
                raise UsageError(f"there is no {name} to compare: give at least one")
            twice = [value for value in values if values.count(value) > 1]
            if twice:
                raise UsageError(f"{name} {twice[0]!r} is there twice: give each once")
        for baseline in self.baselines:
            as_baseline(self.base, baseline)

    @property
    def names(self) -> tuple[str, ...]:
        """What is compared: the schedules, then the baselines."""
        return (*self.schedules, *self.baselines)

    def extended(
        self,
        schedules: Sequence[str],
        seeds: int | None,
        baselines: Sequence[str],
        *,
        seen: bool,
        begun: int,
    ) -> "ComparisonPlan":
        """Add to what is compared, or leave out seeds of which there is nothing yet.

        Args:
            schedules: Further ones; those that are there already stay.
            seeds: How many there are to be in all; as many as there are when absent.
            baselines: Further ones.
            seen: Whether a run has ended, so that there is something to look at.
            begun: How many seeds there are to be at least: the first ones, up to the last of which
                a run has begun.

        Raises:
            UsageError: If runs of more seeds have begun, none is left, or there is no such
                baseline.

        Example:
            >>> plan = ComparisonPlan(("constant",), (4, 5), Config())
            >>> more = plan.extended(("constant", "fu2019"), 3, (), seen=True, begun=2)
            >>> more.schedules, more.seeds, more.seen
            (('constant', 'fu2019'), (4, 5, 6), (4, 5))
        """
        there = len(self.seeds)
        wanted = there if seeds is None else max(seeds, 0)
        if wanted < begun:
            raise UsageError(
                f"a run of seed {self.seeds[begun - 1]} has begun: give --seeds {begun} or more"
            )
        first = max(self.seeds) + 1
        more = tuple(range(first, first + wanted - there))
        return replace(
            self,
            schedules=tuple(dict.fromkeys((*self.schedules, *schedules))),
            seeds=(*self.seeds[:wanted], *more),
            baselines=tuple(dict.fromkeys((*self.baselines, *baselines))),
            seen=self.seen or (self.seeds if seen and more else ()),
            left_out=(*self.left_out, *(self.seeds[wanted:] if seen else ())),
        )

    def entries(self) -> list[Entry]:
        """List the runs; the first seed of every name comes before the second of any."""
        return [self._entry(name, seed) for seed in self.seeds for name in self.names]

    def _entry(self, compared: str, seed: int) -> Entry:
        name = f"{compared} ({self.base.name})" if self.base.name else compared
        if compared in self.baselines:
            config = as_baseline(self.base, compared)
        else:
            config = override(self.base, {"objective.beta": compared})
        config = override(config, {"seed": seed, "name": name})
        return Entry(compared, seed, config, f"{_tidy(compared)}-seed{seed}")

    def to_dict(self) -> dict[str, Any]:
        """Write the plan as plain values for JSON."""
        return {
            "format": PLAN_FORMAT,
            "schedules": list(self.schedules),
            "seeds": list(self.seeds),
            "base": to_dict(self.base),
            "files": dict(self.files),
            "baselines": list(self.baselines),
            "seen": list(self.seen),
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Read a plan from what :meth:`to_dict` gave.

        Raises:
            UsageError: If it is none, or of a format not known here.
        """
        return read_plan(
            "comparison",
            plain,
            lambda base: cls(
                tuple(plain["schedules"]),
                tuple(int(seed) for seed in plain["seeds"]),
                base,
                plain["files"],
                tuple(plain.get("baselines", ())),
                tuple(plain.get("seen", ())),
                tuple(plain.get("left_out", ())),
            ),
        )


def _tidy(schedule: str) -> str:
    """Make the name of a folder of a schedule; different ones never meet."""
    tidy = tidy_name(schedule)
    if tidy == schedule and len(tidy) <= 60:
        return tidy
    return f"{tidy[:50]}-{hashlib.sha256(schedule.encode()).hexdigest()[:6]}"
