"""The ten sequences with several step sizes: every figure is that of its own run."""

import json
from dataclasses import replace

from unvanish.cli import main
from unvanish.experiments import published, step_size
from unvanish.experiments.illustrative.problem import SCHEDULES, Settings
from unvanish.experiments.illustrative.sequence_runs import SequenceRuns
from unvanish.experiments.illustrative.stored import load_trajectory
from unvanish.experiments.step_size import _RATES, _table, claims_of


def test_every_step_size_is_told_beside_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(step_size, "_QUICK_STEPS", 40)
    out = tmp_path / "out"
    words = ["reproduce", "step-size", "--quick", f"--out={out}", "--quiet", "--workers=1"]
    main([*words, "--seeds=1"])
    results = json.loads((out / "results.json").read_text())
    kl, loss = results["summary"]["tables"]
    assert [row["label"] for row in kl["rows"]] == [
        f"{schedule}, {rate}" for schedule in SCHEDULES for rate in ("0.001", "0.0003", "0.0001")
    ]
    for k, row in enumerate(kl["rows"]):
        schedule, _, rate = row["row"].partition("-")
        settings = Settings(steps=40, learning_rate=float(rate))
        file = out / f"runs/step-size-{rate}/runs/{schedule}-seed1.npz"
        end = load_trajectory(file, settings).frames[-1]
        assert row["ours"]["40"]["values"] == [end.kl]
        assert loss["rows"][k]["ours"]["40"]["values"] == [end.loss]
    told = {row["ours"]["40"]["mean"] for row in kl["rows"]}
    assert len(told) == 9  # no step size is another's
    assert len(results["summary"]["claims"]) == 6


def test_figure_3_bears_out_both_claims_and_what_it_does_not_show_neither(sequence_runs):
    whole = Settings(steps=published.ILLUSTRATIVE_STEPS)
    theirs = {
        steps: {name: dict(row.figures) for name, row in table.rows.items()}
        for steps, table in published.ILLUSTRATIVE.items()
    }
    claims = claims_of(3e-4, sequence_runs(theirs, whole))
    assert [claim.verdict for claim in claims] == ["holds"] * 2
    assert all("step size 0.0003" in claim.claim for claim in claims)
    theirs[40_000] = {
        "monotonic": {"rec": 1.0, "kl": 0.7},  # less than three quarters of 1.02
        "cyclical": {"rec": 1.6, "kl": 0.6},
    }
    claims = claims_of(3e-4, sequence_runs(theirs, whole))
    assert [claim.verdict for claim in claims] == ["does not hold"] * 2


def test_the_papers_curve_stands_in_rows_of_its_own():
    runs = {rate: SequenceRuns(Settings(), {name: {} for name in SCHEDULES}) for rate in _RATES}
    assert _table(runs, "kl").published is None  # other steps than the paper's
    whole = replace(Settings(), steps=published.ILLUSTRATIVE_STEPS)
    runs = {rate: replace(each, settings=whole) for rate, each in runs.items()}
    table = _table(runs, "kl")
    assert set(table.published.rows) == set(SCHEDULES) < set(table.rows)
    assert table.published.rows["monotonic"].figures == {
        "1,000": 3.3,
        "10,000": 1.05,
        "11,000": 1.02,
        "20,000": 0.94,
        "40,000": 0.97,
    }
    assert set(table.published.rows["monotonic"].figures) <= set(table.figures)
    assert _table(runs, "loss").published is None
