"""Runs of the ten sequences are stored, gone on with, and judged."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from unvanish.config import UsageError
from unvanish.experiments import illustrative_problem
from unvanish.experiments.illustrative.evaluation import identified
from unvanish.experiments.illustrative.problem import Settings
from unvanish.experiments.illustrative.stored import load_trajectory
from unvanish.experiments.illustrative.training import Job
from unvanish.experiments.illustrative_problem import IllustrativeProblem
from unvanish.experiments.problems.sequence_training import train_jobs, train_sequences
from unvanish.experiments.reproducing import Request, Watcher, carry_out
from unvanish.training import environment

SHORT = Settings(steps=40, hold=10)


@pytest.fixture
def request_(tmp_path):
    return Request(tmp_path / "out", workers=1)


@pytest.mark.slow
def test_trajectories_survive_the_disk_and_are_not_made_twice(request_):
    jobs = [Job("cyclical", 1), Job("constant:0.3", 2)]
    first = train_jobs(jobs, SHORT, request_, Watcher())
    files = sorted((request_.out / "runs").iterdir())
    times = [file.stat().st_mtime_ns for file in files]
    again = train_jobs([*jobs, Job("monotonic", 1)], SHORT, request_, Watcher())
    assert len(files) == 2
    assert [file.stat().st_mtime_ns for file in files] == times
    assert set(again) == {*jobs, Job("monotonic", 1)}
    for job in jobs:
        one, two = first[job], again[job]
        for name in ("rec", "kl", "beta"):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        for mine, other in zip(one.frames, two.frames, strict=True):
            assert mine.information == other.information
            assert (mine.step, mine.verdict, mine.silent) == (
                other.step,
                other.verdict,
                other.silent,
            )
            np.testing.assert_array_equal(mine.mean, other.mean)
    assert set(np.unique(first[jobs[1]].beta)) == {0.3}


def test_files_have_the_names_that_they_have_had(request_):
    jobs = [Job("cyclical:n_cycles=4,ratio=0.5", 1), Job("constant:0.3", 12)]
    train_jobs(jobs, SHORT, request_, Watcher())
    assert sorted(file.name for file in (request_.out / "runs").iterdir()) == [
        "constant-0.3-seed12.npz",
        "cyclical-n-cycles=4,ratio=0.5-seed1.npz",
    ]


def test_a_damaged_file_is_told(request_):
    job = Job("cyclical", 1)
    train_jobs([job], SHORT, request_, Watcher())
    (file,) = (request_.out / "runs").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(UsageError, match=r"damaged: remove it"):
        load_trajectory(file, SHORT)


def test_runs_of_other_settings_are_not_taken_for_these(request_):
    job = Job("cyclical", 1)
    train_jobs([job], SHORT, request_, Watcher())
    assert train_jobs([job], replace(SHORT, seeds=9, seed=4), request_, Watcher())
    with pytest.raises(UsageError, match="other settings"):
        train_jobs([job], replace(SHORT, steps=80), request_, Watcher())


def rewritten(file, change):
    """Change what a stored run says of how it was made."""
    with np.load(file) as stored:
        arrays = dict(stored)
    facts = json.loads(str(arrays.pop("facts")))
    change(facts)
    np.savez_compressed(file, facts=np.array(json.dumps(facts)), **arrays)


def forget(facts):
    """Leave out what versions before did not write."""
    del facts["making"]


def elsewhere(facts):
    facts["making"] |= {"seconds": 12.5}
    facts["making"]["environment"] |= {"device": "another processor", "torch": "1.0"}


@pytest.mark.slow
def test_how_a_run_was_made_is_kept_with_it(request_):
    jobs = [Job("cyclical", 1), Job("constant", 1)]
    first = train_jobs(jobs, SHORT, request_, Watcher())
    here = environment(torch.device("cpu"), "fp32") | {"threads": 1}
    for run in first.values():
        assert run.making.environment == here
        assert run.making.seconds > 0
        assert run.making.side_by_side == 2
    again = train_jobs(jobs, SHORT, request_, Watcher())
    assert [run.making for run in again.values()] == [run.making for run in first.values()]


def test_what_is_told_is_where_it_was_trained_and_not_where_it_is_told(request_):
    job = [("cyclical",), (1,), SHORT]
    (now,) = train_sequences(*job, request_, Watcher()).results()
    assert now["training"]["seconds"] > 0
    (file,) = (request_.out / "runs").iterdir()
    rewritten(file, elsewhere)
    (told,) = train_sequences(*job, request_, Watcher()).results()
    assert (told["environment"]["device"], told["environment"]["torch"]) == (
        "another processor",
        "1.0",
    )
    assert told["training"] == {"steps": 50, "seconds": 12.5, "side_by_side": 1}
    rewritten(file, forget)
    (told,) = train_sequences(*job, request_, Watcher()).results()
    assert told["environment"] is told["training"]["seconds"] is None
    assert told["frames"] == now["frames"]


@pytest.mark.slow
def test_runs_of_earlier_versions_are_told_without_inventing(tmp_path, monkeypatch, unrendered):
    monkeypatch.setattr(illustrative_problem, "_QUICK", SHORT)
    request = Request(tmp_path / "out", quick=True, workers=1, seeds=3)
    before = carry_out(IllustrativeProblem(), replace(request, seeds=1))
    for file in (tmp_path / "out/runs").glob("*-seed1.npz"):
        for seed, change in ((2, elsewhere), (3, forget)):
            copy = file.with_name(file.name.replace("seed1", f"seed{seed}"))
            shutil.copy(file, copy)
            rewritten(copy, lambda facts, seed=seed: facts["job"].update(seed=seed))
            rewritten(copy, change)
    (tmp_path / "out/runs/monotonic-seed1.npz").unlink()
    drawn = []
    draw = illustrative_problem.draw_pictures
    monkeypatch.setattr(
        illustrative_problem,
        "draw_pictures",
        lambda runs, names: drawn.append(runs.settings) or draw(runs, names),
    )
    told = carry_out(IllustrativeProblem(), replace(request, train=False))
    assert told["seeds"] == [2, 3]
    assert (drawn[0].seed, drawn[0].seeds) == (2, 2)
    (known,) = before["environments"]
    other = {**known, "device": "another processor", "torch": "1.0"}
    assert told["environments"] == [other, None]
    by_seed = {run["seed"]: run["training"]["seconds"] for run in told["runs"]}
    assert by_seed == {2: 12.5, 3: None}
    text = (tmp_path / "out/report.md").read_text()
    assert "another processor, torch 1.0" in text
    assert "; device and versions not recorded." in text
    assert "device and versions not recorded" in (tmp_path / "out/report.html").read_text()
    assert known["device"] not in text


def test_nothing_is_trained_where_nothing_is_to_be(request_):
    told = train_jobs([Job("cyclical", 1)], SHORT, replace(request_, train=False), Watcher())
    assert told == {}


def test_samples_are_identified_as_often_as_posteriors_are_apart():
    """Two equal posteriors: half; two at a distance d: the error of the likelihood-ratio test."""
    from scipy.stats import norm

    same = identified(np.zeros((2, 1)), np.zeros((2, 1)), samples=20_000)
    assert same == pytest.approx(0.5, abs=0.02)
    apart = identified(np.array([[0.0], [2.0]]), np.zeros((2, 1)), samples=20_000)
    assert apart == pytest.approx(norm.cdf(1.0), abs=0.01)


@pytest.mark.slow
def test_the_experiment_judges_every_claim(tmp_path, monkeypatch):
    monkeypatch.setattr(illustrative_problem, "_QUICK", SHORT)
    request = Request(tmp_path / "out", quick=True, workers=1, seeds=2)
    results = carry_out(IllustrativeProblem(), request)
    claims = results["summary"]["claims"]
    assert [claim["tested"] for claim in claims] == [True] * 7 + [False] * 2
    assert all("95 % interval" in claim["evidence"] for claim in claims[:7])
    assert [claim["where"] for claim in claims[7:]] == ["Figure 4", "equation 8"]
    assert [table["aside"] for table in results["summary"]["tables"]] == [True] * 5 + [False] * 2
    ends = {run["name"]: run["frames"][-1]["kl"] for run in results["runs"]}
    rows = {row["row"]: row["ours"]["kl"] for row in results["summary"]["tables"][-1]["rows"]}
    for name, spread in rows.items():
        assert spread["values"] == [ends[f"{name}-seed1"], ends[f"{name}-seed2"]]
    assert json.loads((tmp_path / "out/results.json").read_text()) == results
