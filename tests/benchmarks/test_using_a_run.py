"""Using a run one sentence at a time and as it is meant gives the same."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "using_a_run.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("using_a_run", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_measures_the_same_work_and_writes(benchmark, labelled, tmp_path, capsys):
    text, out = tmp_path / "test.txt", tmp_path / "out.json"
    words = labelled.vocabulary.decode
    lines = [" ".join(words(labelled.corpora.test[place])) for place in range(7)]
    text.write_text("\n".join(lines) + "\n")
    benchmark.main([str(labelled.path), str(text), "--out", str(out), "--sentences", "5"])
    results = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == results
    assert results["sentences"] == 5
    assert results["tasks"].keys() == {"evaluate", "encode", "sample", "reconstruct"}
    for name, facts in results["tasks"].items():
        assert facts["times_as_fast"] > 0
        assert facts["same"] == (None if name == "evaluate" else 1.0)


def test_work_that_is_not_the_same_would_be_noticed(benchmark):
    assert benchmark.agreement(["a", "b"], ["a", "c"]) == 0.5
    assert benchmark.agreement(np.zeros((2, 3)), np.eye(2, 3)) == 0.0
