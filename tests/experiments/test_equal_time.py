"""Schedules of the ten sequences, compared after as long at beta = 1."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from unvanish.cli import main
from unvanish.experiments import equal_time
from unvanish.experiments.equal_time import LABELS, AfterEquallyLong, claims_of
from unvanish.experiments.illustrative.problem import Settings, schedule_named
from unvanish.experiments.illustrative.sequence_runs import SequenceRuns
from unvanish.experiments.illustrative.stored import load_trajectory

SETTINGS = Settings(steps=40_000, hold=10_000)
AT_ONE = dict(zip(LABELS, (10_000, 35_000, 35_000, 35_000), strict=True))
"""From which step on beta is 1, counted by hand."""


def fading(rates):
    """Runs of three seeds whose KL falls by the given share every 1,000 steps at beta = 1."""

    def run(cell, seed):
        held = np.maximum(np.arange(SETTINGS.total) - AT_ONE[cell], 0) / 1_000
        kl = (2.0 + 0.001 * seed) * (1.0 - rates[cell]) ** held
        return SimpleNamespace(kl=kl, loss=2.3 + kl)

    runs = {cell: {seed: run(cell, seed) for seed in (1, 2, 3)} for cell in LABELS}
    return SequenceRuns(SETTINGS, runs)


@pytest.mark.parametrize("cell", LABELS)
def test_beta_is_1_from_there_on_and_not_before(cell):
    beta = schedule_named(cell, SETTINGS.steps)(np.arange(SETTINGS.total))
    assert (beta[AT_ONE[cell] :] == 1.0).all()
    assert beta[AT_ONE[cell] - 1] < 1.0


def test_three_schedules_end_with_the_same_hold_and_two_with_the_same_cycle():
    one, last = list(LABELS)[2:]
    steps = np.arange(30_000, SETTINGS.total)
    cyclical = schedule_named("cyclical", SETTINGS.steps)(steps)
    np.testing.assert_allclose(schedule_named(last, SETTINGS.steps)(steps), cyclical, atol=1e-12)
    assert (schedule_named(last, SETTINGS.steps)(np.arange(30_001)) == 0.0).all()
    rising = schedule_named(one, SETTINGS.steps)(np.arange(35_001))
    np.testing.assert_allclose(rising, np.arange(35_001) / 35_000)


def test_what_fades_at_the_same_rate_is_the_same_after_as_long():
    runs = fading(dict.fromkeys(LABELS, 0.1))
    for held in (1_000, 5_000, 15_000):
        after = AfterEquallyLong(runs, held)
        every = [after.values(cell, "kl") for cell in LABELS]
        for values in every:
            assert values == pytest.approx(every[0])
        middle = (held - 125) / 1_000
        assert every[0][1] == pytest.approx(2.001 * 0.9**middle, rel=1e-3)
    assert [claim.verdict for claim in claims_of(runs)] == ["not established"] * 3


def test_slower_fading_under_cycles_holds_and_faster_does_not():
    slower = {cell: 0.05 if cell == "cyclical" else 0.1 for cell in LABELS}
    assert [claim.verdict for claim in claims_of(fading(slower))] == ["holds"] * 3
    faster = {cell: 0.2 if cell == "cyclical" else 0.1 for cell in LABELS}
    assert [claim.verdict for claim in claims_of(fading(faster))] == ["does not hold"] * 3


def test_it_is_carried_out_and_its_figures_are_those_of_its_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(equal_time, "_QUICK", Settings(steps=160, hold=40))
    out = tmp_path / "out"
    words = ["reproduce", "equal-time", "--quick", "--seeds=1", f"--out={out}", "--quiet"]
    main([*words, "--workers=1"])
    results = json.loads((out / "results.json").read_text())
    assert len(results["summary"]["claims"]) == 3
    kl, loss = results["summary"]["tables"]
    assert [row["label"] for row in kl["rows"]] == list(LABELS.values())
    run = load_trajectory(out / "runs/cyclical-seed1.npz", Settings(steps=160, hold=40))
    for held in (4, 20, 40, 60):
        (told,) = kl["rows"][1]["ours"][str(held)]["values"]
        assert told == pytest.approx(run.kl[140 + held - 1])  # a window of one step
        (told,) = loss["rows"][1]["ours"][str(held)]["values"]
        assert told == pytest.approx(run.kl[140 + held - 1] + run.rec[140 + held - 1])
    assert "equal-time" in (out / "report.html").read_text()


def test_a_schedule_that_never_rests_has_no_such_figure():
    moving = "wave:low=0.0,high=1.0,step_size=1000"
    runs = SequenceRuns(SETTINGS, {moving: {1: SimpleNamespace(kl=np.ones(SETTINGS.total))}})
    assert AfterEquallyLong(runs, 1_000).values(moving, "kl") == {}
