"""The paper's step and ours are the same step."""

import dataclasses
import importlib.util
import json
import sys
from pathlib import Path

import pytest
import torch

from unvanish.data import LengthBucketedBatches, Vocabulary, load_corpus

FOLDER = Path(__file__).parents[2] / "benchmarks"
LINES = [f"a {'very ' * (k % 7)}short sentence {k % 11}" for k in range(40)]


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    spec = importlib.util.spec_from_file_location("ptb_epoch", FOLDER / "ptb_epoch.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "ptb_epoch", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def without_noise(monkeypatch):
    """Let all ways see the same z and drop nothing."""
    monkeypatch.setattr(
        "unvanish.nn.gaussian.torch.randn", lambda size, **options: torch.full(size, 0.3)
    )
    monkeypatch.setattr(
        "unvanish.nn.KeyedNoise.normal",
        lambda self, name, size: torch.full((len(self.keys), size), 0.3),
    )
    monkeypatch.setattr("unvanish.nn.Dropout.forward", lambda self, values: values)


@pytest.mark.parametrize("name", ["at-once", "fused-adam", "one-function", "noise-by-key", "ours"])
def test_loss_and_gradients_of_all_ways_in_32_bits_are_those_of_the_paper(
    benchmark, without_noise, name
):
    vocabulary = Vocabulary.build(line.split() for line in LINES)
    corpus = load_corpus(LINES, vocabulary)
    batch = next(iter(LengthBucketedBatches(corpus, batch_size=7).epoch(0)))
    paper = benchmark.Training(benchmark.WAYS["paper"], len(vocabulary))
    other = benchmark.Training(benchmark.ways_in("fp32")[name], len(vocabulary))
    assert other.gradients(batch) == pytest.approx(paper.gradients(batch), rel=1e-6)
    pairs = zip(paper.model.named_parameters(), other.model.parameters(), strict=True)
    for (parameter, one), two in pairs:
        torch.testing.assert_close(two.grad, one.grad, atol=1e-6, rtol=1e-4, msg=parameter)
        assert float(one.grad.abs().sum()) > 0
    paper.update(batch)
    other.update(batch)
    for one, two in zip(paper.model.parameters(), other.model.parameters(), strict=True):
        torch.testing.assert_close(two, one, atol=1e-4, rtol=0)


def test_in_32_bits_every_way_differs_from_every_other(benchmark):
    ways = benchmark.ways_in("fp32")
    assert {way.precision for way in ways.values()} == {"fp32"}
    assert len({dataclasses.replace(way, title="") for way in ways.values()}) == len(ways)
    assert ways.keys() < benchmark.ways_in("bf16").keys()


@pytest.mark.slow
def test_the_command_writes_what_it_measured(benchmark, tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "rate_of_products", lambda precision: 1e9)
    monkeypatch.setattr("step_pieces.least_seconds", lambda work: benchmark.timed(work))
    monkeypatch.setattr(
        benchmark, "WAYS", {name: benchmark.WAYS[name] for name in ("paper", "ours")}
    )
    data, out = tmp_path / "text.txt", tmp_path / "out.json"
    data.write_text("\n".join(LINES))
    found = benchmark.main([str(data), "--turns", "2", "--threads", "1", "--out", str(out)])
    assert json.loads(out.read_text()) == found
    assert found["ways"].keys() == {"paper", "ours"}
    assert found["ways"]["paper"]["times_as_fast"] == 1.0
    assert found["tokens"] == found["tokens_per_epoch"] == sum(len(x.split()) + 1 for x in LINES)
    for facts in found["ways"].values():
        assert facts["tokens_per_second"] > 0
        assert facts["peak_memory_mb"] > 10
        assert 0 < sum(facts["shares_of_time"].values()) <= 1 + 1e-9


def test_a_process_that_ends_is_told(benchmark, tmp_path, capfd):
    with (
        pytest.raises(SystemExit, match="'ours' has ended"),
        benchmark.waiting("ours", [str(tmp_path / "absent.txt")]) as ask,
    ):
        ask("memory")
    assert "absent.txt" in capfd.readouterr().err


def test_turns_are_of_equal_work(benchmark):
    corpus = load_corpus(LINES, Vocabulary.build(line.split() for line in LINES))
    batches = benchmark.by_length(list(LengthBucketedBatches(corpus, batch_size=4).epoch(0)))
    tokens = [sum(batch.n_tokens for batch in batches[turn::2]) for turn in range(2)]
    assert tokens[0] == pytest.approx(tokens[1], rel=0.2)
