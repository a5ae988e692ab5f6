import json
import signal
import subprocess
import time

import pytest
from seen_processes import children, gone
from typed_program import typed

from unvanish.data.store import location

TINY = ["--epochs=1", "--hidden-size=8", "--embedding-size=8", "--latent-size=2", "--device=cpu"]

INTERRUPTED = """
import sys
from functools import partial
from unvanish.cli import main
from unvanish.data import store
from unvanish.data.store import location
location.LARGE = 0
store.stored_text = partial(store.stored_text, block=200)
main(sys.argv[1:])
"""


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A cache of its own, for text of any size."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("UNVANISH_CACHE", str(folder))
    monkeypatch.setattr(location, "LARGE", 1)
    return folder


def stores(cache):
    return [path.parent for path in cache.rglob("manifest.json")]


def test_stored_text_trains_to_the_same_numbers(unvanish, corpus, tmp_path, cache, monkeypatch):
    words = ["train", corpus, "--max-vocabulary=9", "--json", *TINY]
    first = unvanish(*words, "--out", tmp_path / "first")
    assert first.err.count("storing the text") == 1
    again = unvanish(*words, "--out", tmp_path / "again")
    assert "storing the text" not in again.err
    assert len(stores(cache)) == 1
    monkeypatch.setenv("UNVANISH_CACHE", "")
    memory = unvanish(*words, "--out", tmp_path / "memory")
    measured = [json.loads(ended.out) for ended in (first, again, memory)]
    for results in measured[:2]:
        assert results["splits"] == measured[2]["splits"]
        assert results["corpus"] == measured[2]["corpus"]
    origins = [json.loads((tmp_path / n / "origin.json").read_text()) for n in ("first", "memory")]
    assert origins[0] == origins[1]


def test_a_run_goes_on_and_is_used_with_the_same_store(unvanish, corpus, tmp_path, cache):
    run = tmp_path / "run"
    unvanish("train", corpus, "--min-count=2", "--out", run, *TINY)
    assert unvanish("train", "--resume", "--out", run).status == 0
    assert unvanish("train", "--from", run, "--out", tmp_path / "next", "--epochs=1").status == 0
    assert unvanish("neighbours", run, "the cat sees the dog").status == 0
    assert len(stores(cache)) == 1
    corpus.write_text(corpus.read_text() + "another line\n")
    changed = unvanish("train", "--resume", "--out", run)
    assert changed.status == 2
    assert "the text is not what" in changed.err


@pytest.mark.parametrize("command", [pytest.param("compare", marks=pytest.mark.slow), "tune"])
def test_runs_of_a_comparison_find_the_store_of_its_beginning(
    unvanish, corpus, tmp_path, cache, command
):
    several = {
        "compare": ["--seeds=1", "--schedule=constant", "--schedule=monotonic:0.5", "--workers=1"],
        "tune": ["--trials=1"],
    }
    ended = unvanish(command, corpus, "--out", tmp_path / "out", *several[command], *TINY)
    assert ended.status == 0, ended.err
    assert ended.err.count("storing the text") == 1
    assert len(stores(cache)) == 1


def test_quiet_shows_no_bar(unvanish, corpus, tmp_path, cache):
    ended = unvanish("train", corpus, "--out", tmp_path / "run", "--quiet", *TINY)
    assert ended.status == 0
    assert "storing" not in ended.err
    assert stores(cache)


def test_a_cache_that_cannot_be_written_is_refused_in_one_line(refused, corpus, tmp_path, cache):
    cache.write_text("a file")
    assert "set UNVANISH_CACHE to another folder" in refused(
        "train", corpus, "--out", tmp_path / "run", *TINY
    )
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.slow
def test_ctrl_c_ends_storing_with_one_line(tmp_path, monkeypatch, number):
    text, cache = tmp_path / "text.txt", tmp_path / "cache"
    text.write_text("".join(f"a cat {k}\n" for k in range(50_000)))
    monkeypatch.setenv("UNVANISH_CACHE", str(cache))
    words = ["train", str(text), "--out", str(tmp_path / "run"), *TINY]
    with typed("-c", INTERRUPTED, *words, stderr=subprocess.PIPE) as command:
        while len(list(cache.rglob("*.npz"))) < 5:
            assert command.poll() is None
            time.sleep(0.01)
        workers = children(command.pid)
        command.send_signal(number)
        _, told = command.communicate(timeout=300)
    assert command.returncode == 128 + number
    assert told.splitlines()[-1] == "unvanish: stopped"
    assert "Traceback" not in told
    assert all(map(gone, workers))
    assert not list(cache.rglob(".unfinished-*"))
    assert not (tmp_path / "run").exists()
