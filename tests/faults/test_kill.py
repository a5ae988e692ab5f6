"""A run that is killed, really and at any moment, ends with the numbers of one left alone."""

import json
import random
import signal
from pathlib import Path

import numpy as np
import pytest
from copied_program import run_copied
from safetensors.torch import load_file

DRIVER, SIGNALLED = (Path(__file__).with_name(f"{name}.py") for name in ("driver", "signalled"))
AT_THE_FIRST_LINE = f"os.truncate:metrics.jsonl:0,open:metrics.jsonl:{int(signal.SIGTERM)}"


def write_corpus(path):
    source = random.Random(0)
    nouns, verbs = ("cat", "dog", "bird", "fox"), ("sees", "likes", "hears")
    lines = [
        f"the {source.choice(nouns)} {source.choice(verbs)} the {source.choice(nouns)}"
        for _ in range(150)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def drive(corpus, folder, kill_at=0):
    return run_copied(DRIVER, corpus, folder, kill_at)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A run that nothing happened to, and how many things it did to files."""
    home = tmp_path_factory.mktemp("untouched")
    corpus = write_corpus(home / "corpus.txt")
    (home / "runs").mkdir()
    ended = drive(corpus, home / "runs" / "run")
    assert ended.returncode == 0, ended.stderr
    return corpus, home / "runs" / "run", int(ended.stdout)


def metrics(folder):
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    clocks = ("train/tokens_per_second",)
    return [{k: v for k, v in json.loads(line).items() if k not in clocks} for line in lines]


def assert_same(run, reference):
    results, expected = (
        json.loads((folder / "results.json").read_text()) for folder in (run, reference)
    )
    assert results["splits"] == expected["splits"]
    assert results["training"]["steps"] == expected["training"]["steps"]
    assert metrics(run) == metrics(reference)
    for split in ("valid", "test"):
        one, two = (np.load(folder / f"sentences-{split}.npz") for folder in (run, reference))
        assert all(np.array_equal(one[name], two[name]) for name in ("rec", "kl"))
    names = ["model", "checkpoints/best", "checkpoints/cycle-1", "checkpoints/cycle-2"]
    for name in names:
        one, two = (load_file(folder / f"{name}.safetensors") for folder in (run, reference))
        assert one.keys() == two.keys()
        assert all((one[key] == two[key]).all() for key in one)
    assert not list(run.rglob("*.partial"))


def kill_and_go_on(untouched, home, kills):
    """Kill a run at the given moments, one after the other, then let it end."""
    corpus, reference, _ = untouched
    run = home / "run"
    for kill in kills:
        ended = drive(corpus, run, kill)
        assert ended.returncode in (-signal.SIGKILL, 0), ended.stderr
    ended = drive(corpus, run)
    assert ended.returncode == 0, ended.stderr
    assert_same(run, reference)


@pytest.mark.slow
def test_killed_while_it_begins_in_the_middle_and_at_the_end(untouched, tmp_path):
    _, _, events = untouched
    kill_and_go_on(untouched, tmp_path, [4, events // 3, events // 2])


@pytest.mark.release
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_random_moments(untouched, tmp_path, seed):
    _, _, events = untouched
    source = random.Random(seed)
    kills = [source.randint(1, events) for _ in range(source.randint(1, 3))]
    kill_and_go_on(untouched, tmp_path, kills)


@pytest.mark.slow
def test_a_request_to_end_saves_and_says_how_to_go_on(untouched, tmp_path):
    corpus, reference, _ = untouched
    run = tmp_path / "run"
    settings = {
        "--epochs": 2,
        "--batch-size": 16,
        "--log-every": 2,
        "--checkpoint-every": 3,
        "--paths": 6,
        "--precision": "fp32",
        "--schedule": "cyclical:n_cycles=2",
        "--latent-size": 4,
        "--hidden-size": 12,
        "--embedding-size": 12,
    }
    common = [f"--out={run}", "--device=cpu", "--quiet"]
    given = [f"{name}={value}" for name, value in settings.items()]
    ended = run_copied(SIGNALLED, AT_THE_FIRST_LINE, "train", corpus, *given, *common)
    assert ended.returncode == 128 + signal.SIGTERM, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert f"unvanish train --resume --out {run}" in ended.stderr
    assert not (run / "results.json").exists()
    again = run_copied("-m", "unvanish", "train", "--resume", *common)
    assert again.returncode == 0, again.stderr
    assert_same(run, reference)
