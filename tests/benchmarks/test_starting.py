"""What is measured about starting is what it says."""

import importlib.util
import json
from pathlib import Path

import pytest

from unvanish import Cyclical

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "starting.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("starting", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_schedule_by_hand_is_the_same_schedule(benchmark):
    ours = Cyclical(40_000)
    assert all(benchmark.by_hand(step) == ours(step) for step in range(0, 40_000, 13))


def test_it_measures_and_writes(benchmark, tmp_path, capsys, monkeypatch):
    few = {name: benchmark.PROGRAMS[name] for name in list(benchmark.PROGRAMS)[:2]}
    monkeypatch.setattr(benchmark, "PROGRAMS", few)
    out = tmp_path / "out.json"
    benchmark.main(["--times", "1", "--out", str(out)])
    results = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == results
    importing = results["programs"]["import unvanish"]
    assert importing["seconds"] > importing["seconds_more_than_nothing"]
    assert results["calls"]["by hand"]["microseconds"] > 0
