"""Separate and side by side train the same runs, and the ratio of their speeds is told."""

import importlib.util
import json
from pathlib import Path

import pytest

from unvanish.comparison import ComparisonPlan
from unvanish.recipes import load_recipe

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "side_by_side.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("side_by_side", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_it_trains_the_same_runs_both_ways_and_writes(benchmark, tmp_path, capsys):
    out = tmp_path / "out.json"
    few = ["--seeds=1", "--epochs=1", "--workers=2", "--turns=1", "--set=training.batch_size=400"]
    benchmark.main([*few, "--out", str(out)])
    results = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == results
    assert results["runs"] == 3
    for kind, ratio in results["ratio"].items():
        separate, together = (results["best"][kind][way] for way in ("separate", "side by side"))
        assert ratio == together / separate > 0
    assert results["largest_difference_of_first_losses"] < 1e-4
    assert {"torch", "device", "precision"} <= results["environment"].keys()


def test_a_run_that_fails_is_no_figure(benchmark, tmp_path, monkeypatch):
    def fail(groups, work, grid, *, at_once, listener):
        (folder,) = groups[0].folders
        listener.planned(folder, 10)
        listener.ended(benchmark.Ended(folder, "no disk"))

    monkeypatch.setattr(benchmark, "share_out", fail)
    plan = ComparisonPlan(("constant",), (1,), load_recipe("synthetic").config)
    with pytest.raises(RuntimeError, match="no disk"):
        benchmark.train(plan, "separate", 1, tmp_path)
