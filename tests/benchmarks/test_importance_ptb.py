import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pytest

from unvanish.evaluation import importance_weighted

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "importance_ptb.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("importance_ptb", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_usual_way_bounds_the_same_likelihood(benchmark, trained):
    corpus = trained.read(["the cat sees", "the dog likes the cow", "the hen follows the fox"])
    usual = benchmark.usual_way(trained.in_use, corpus, 2000)
    ours = importance_weighted(trained.in_use, corpus, samples=2000)
    error = np.sqrt(2 / ours.effective_sample_size)
    assert (abs(usual - ours.log_likelihood) < 5 * error).all()


def test_it_measures_and_writes(benchmark, labelled, tmp_path, capsys):
    text = tmp_path / "test.txt"
    words = labelled.vocabulary.decode
    lines = [" ".join(words(labelled.corpora.test[place])) for place in range(7)]
    text.write_text("\n".join(lines) + "\n")
    out = tmp_path / "out.json"
    benchmark.main(
        [
            *(str(labelled.path), str(text), "--out", str(out)),
            *("--samples=50", "--compared=6", "--sentences=5", "--precision=bf16"),
        ]
    )
    results = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == results
    compared, measured = results["compared"], results["measured"]
    assert compared["sentences"] == 6
    assert compared["usual_over_bf16"]["seconds"] > 0
    nll = compared["fp32"]["nll"]
    assert compared["usual"]["nll"] == pytest.approx(nll, rel=0.2)
    error = compared["bf16_minus_fp32"]
    assert error["mean"] == pytest.approx(nll - compared["bf16"]["nll"], abs=1e-9)
    assert abs(error["mean"]) <= error["mean_absolute"] <= error["greatest"] < 0.5
    assert (measured["sentences"], measured["samples"]) == (5, 50)
    gap = measured["minus_elbo"] - measured["nll"]
    assert measured["minus_elbo_above_nll"]["mean"] == pytest.approx(gap)
    assert results["environment"]["precision"] == "bf16"
    assert measured["ppl"] == pytest.approx(math.exp(measured["nats_per_token"]))
    assert results["environment"]["threads"] >= 1
