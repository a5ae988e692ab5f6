"""The benchmark of semi-amortized inference measures what it says."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
LINES = [f"a {'very ' * (k % 7)}short sentence {k % 11}" for k in range(40)]


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    spec = importlib.util.spec_from_file_location("semi_amortized", FOLDER / "semi_amortized.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_both_ways_see_the_same_batches_and_the_ratio_is_of_their_times(
    benchmark, tmp_path, monkeypatch
):
    seen = {}
    update = benchmark.Training.update

    def noting(training, batch):
        kind = training.inference.config.kind
        seen.setdefault(kind, []).append(batch.indices.tolist())
        update(training, batch)

    monkeypatch.setattr(benchmark.Training, "update", noting)
    data, out = tmp_path / "text.txt", tmp_path / "out.json"
    data.write_text("\n".join(LINES))
    words = ["--batches", "0", "--turns", "2", "--steps", "2", "--precision", "fp32"]
    found = benchmark.main([str(data), *words, "--threads", "1", "--out", str(out)])
    assert json.loads(out.read_text()) == found
    assert seen["amortized"] == seen["semi-amortized"]
    assert len(seen["amortized"]) == 1 + found["batches"]
    measured = found["precisions"]["fp32"]
    for seconds, ratio in (
        ("seconds", "times_as_long"),
        ("processor_seconds", "times_as_much_processor_time"),
    ):
        plain, semi = (np.array(each) for each in measured[seconds].values())
        assert measured[ratio] == pytest.approx(np.median(semi / plain))
    assert measured["times_as_much_processor_time"] > 1  # the clock goes on while others compute
    assert found["inference"]["steps"] == 2
