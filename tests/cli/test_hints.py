"""Whoever uses a run without a living z is told so, and where sentences do not end."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from unvanish import load
from unvanish.data.vocabulary import EOS

CALLS = [
    ["sample", "--greedy", "-n", "3"],
    ["interpolate", "the cat sees a fine", "the dog likes a poor", "--steps=3"],
    ["analogy", "the cat", "the dog", "the hen"],
    ["edit", "the cat sees", "the dog likes", "--toward=bad", "--max-words=4"],
    ["reconstruct", "the cat sees", "the dog likes"],
]
ALIKE = [call for call in CALLS if call[0] != "analogy"]


@pytest.fixture
def copied(labelled, tmp_path):
    """Copy the run, without a diagnosis or with one of a verdict."""

    def copy(verdict):
        path = tmp_path / "run"
        shutil.copytree(labelled.path, path)
        results = json.loads((path / "results.json").read_text())
        results["diagnosis"] = verdict and {"verdict": verdict, "meaning": "as it is"}
        (path / "results.json").write_text(json.dumps(results))
        return path

    return copy


def about_z(ended):
    """The hints, but for those on sentences that do not end: a model so small ends few."""
    hints = [line for line in ended.err.splitlines() if line.startswith("hint: ")]
    return [hint for hint in hints if "had not ended" not in hint]


def kill_z(path):
    """Let every z be written as the same sentence."""
    file = path / "model.safetensors"
    save_file({name: torch.zeros_like(value) for name, value in load_file(file).items()}, file)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_a_dead_z_is_told_in_one_line(unvanish, copied, call):
    path = copied("collapsed")
    words = [call[0], path, *call[1:], "--device=cpu"]
    ended = unvanish(*words)
    hints = about_z(ended)
    assert len(hints) == 1
    assert "collapsed: as it is" in hints[0]
    assert f"unvanish diagnose {path}" in hints[0]
    assert "hint" not in ended.out
    assert "hint" not in unvanish(*words, "--quiet").err
    assert isinstance(json.loads(unvanish(*words, "--json").out), list | dict)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
@pytest.mark.parametrize("verdict", ["alive", None])
def test_a_living_or_unjudged_z_is_not(unvanish, copied, call, verdict):
    ended = unvanish(call[0], copied(verdict), *call[1:], "--device=cpu")
    assert ended.status == 0
    assert about_z(ended) == []


@pytest.mark.parametrize("call", ALIKE, ids=lambda call: call[0])
def test_sentences_that_are_all_the_same_are_told(unvanish, copied, call):
    path = copied(None)
    kill_z(path)
    ended = unvanish(call[0], path, *call[1:], "--device=cpu")
    assert "hint: all sentences are the same: the decoder" in ended.err


def never_end(path):
    """Let no sentence be ended."""
    file = path / "model.safetensors"
    parameters = load_file(file)
    parameters["decoder.output.bias"][EOS] = -1e9
    save_file(parameters, file)


def test_sentences_that_are_cut_at_the_limit_are_counted(unvanish, copied):
    path = copied("alive")
    never_end(path)
    told = unvanish("sample", path, "-n", "3", "--device=cpu").err
    longest = load(path).longest
    assert f"hint: 3 of 3 had not ended after {longest} words and are cut there: --max-" in told
    assert "hint" not in unvanish("sample", path, "-n", "3", "--device=cpu", "--quiet").err


def test_a_limit_that_was_asked_for_is_no_surprise(unvanish, copied):
    path = copied("alive")
    never_end(path)
    assert "hint" not in unvanish("sample", path, "-n", "3", "--max-words=4", "--device=cpu").err


def test_the_same_sentence_given_twice_may_be_written_twice(unvanish, copied):
    path = copied(None)
    ended = unvanish("reconstruct", path, "the cat sees", "the cat sees", "--device=cpu")
    assert about_z(ended) == []
