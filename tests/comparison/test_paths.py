"""The paths of several seeds against means and intervals computed otherwise."""

import json
import statistics

import numpy as np
import pytest
from scipy import stats

from unvanish.comparison import summarize_paths
from unvanish.config import Config, override, to_dict
from unvanish.runs import Run

GAPS = ["gap_other", "gap_words"]
NEW = [*GAPS, "gap_any"]
"""What is measured now; an earlier version measured the first two."""


@pytest.fixture
def make(tmp_path):
    """Write what is read of a run: settings, and a line before and at the end of every epoch."""

    def make(name, seed, epochs=3, paths=50, gaps_of=lambda epoch: GAPS):
        folder = tmp_path / f"{name}-{seed}"
        folder.mkdir()
        config = override(Config(), {"training.paths": paths, "seed": seed})
        (folder / "config.json").write_text(json.dumps({"format": 1, **to_dict(config)}))
        draws = np.random.default_rng(seed)
        lines = []
        for epoch in range(1, epochs + 1):
            place = {"step": 10 * epoch, "epoch": epoch}
            lines.append({**place, "train/beta": epoch / 4, "train/kl": 1.0})
            figures = {f"valid/{figure}": float(draws.normal()) for figure in ("kl", "rec")}
            gaps = {f"valid/{gap}": float(draws.normal()) for gap in gaps_of(epoch) if paths}
            lines.append({**place, **figures, **gaps})
        (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return Run(folder)

    return make


def test_means_and_intervals_over_seeds(make):
    runs = {seed: make("a", seed) for seed in (3, 1, 2)}
    (found,) = summarize_paths({"a": runs})
    assert (found.schedule, found.seeds, found.sentences) == ("a", (1, 2, 3), 50)
    assert (found.steps, found.beta) == ((10, 20, 30), (0.25, 0.5, 0.75))
    assert list(found.figures) == [*GAPS, "kl", "rec"]
    for name, spreads in found.figures.items():
        for step, spread in zip(found.steps, spreads, strict=True):
            values = [
                line[f"valid/{name}"]
                for seed in (1, 2, 3)
                for line in runs[seed].metrics()
                if line["step"] == step and f"valid/{name}" in line
            ]
            assert spread.mean == pytest.approx(statistics.mean(values))
            expected = stats.t.interval(0.95, 2, np.mean(values), stats.sem(values))
            assert spread.interval == pytest.approx(expected, rel=1e-4)


def test_only_what_all_seeds_have_done_and_measured(make):
    runs = {
        "a": {1: make("a", 1), 2: make("a", 2, epochs=2), 3: make("a", 3, paths=0)},
        "b": {1: make("b", 1, paths=0)},
        "c": {},
    }
    (found,) = summarize_paths(runs)
    assert (found.seeds, found.steps) == ((1, 2), (10, 20))


def test_nothing_is_given_where_no_step_was_measured_in_all_runs(make):
    """One that was asked to measure and has not yet, alone and beside one that has."""
    unmeasured = make("a", 1, gaps_of=lambda epoch: [])
    assert summarize_paths({"a": {1: unmeasured}}) == ()
    beside = {"a": {1: unmeasured, 2: make("a", 2)}, "b": {1: make("b", 1)}}
    assert [each.schedule for each in summarize_paths(beside)] == ["b"]


@pytest.mark.parametrize("of_first", [lambda epoch: NEW, lambda epoch: NEW[: 1 + epoch]])
def test_what_an_earlier_version_did_not_measure_is_left_out(make, of_first):
    """Whether it trained some of the seeds, or the first epochs of one."""
    old = {seed: make("old", seed) for seed in (1, 2)}
    mixed = {1: make("mixed", 1, gaps_of=of_first), 2: make("mixed", 2)}
    new = {seed: make("new", seed, gaps_of=lambda epoch: NEW) for seed in (1, 2)}
    found = summarize_paths({"old": old, "mixed": mixed, "new": new, "resumed": {1: mixed[1]}})
    assert [list(each.figures) for each in found[:3]] == [
        [*GAPS, "kl", "rec"],
        [*GAPS, "kl", "rec"],
        [*NEW, "kl", "rec"],
    ]
    resumed = NEW if of_first(1) == NEW else GAPS
    assert list(found[3].figures) == [*resumed, "kl", "rec"]
    assert all(len(each.figures["gap_other"]) == 3 for each in found)
