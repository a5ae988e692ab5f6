"""A build that is killed leaves nothing that is trusted; builds at once end well."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from seen_processes import gone
from typed_program import typed

from unvanish.config import UsageError
from unvanish.data import Vocabulary, load_corpora
from unvanish.data.store import building

from .conftest import assert_same, written

LOAD = """
import os, sys
from functools import partial
from seen_processes import children
from unvanish.data import load_corpora, store

text, cache, processes, killed_after = sys.argv[1:]

def progress(share):
    if share > float(killed_after):
        print(*children(os.getpid()), flush=True)
        os.kill(os.getpid(), 9)

store.stored_text = partial(store.stored_text, block=2_000)
print(load_corpora(text, cache=cache, processes=int(processes), progress=progress).sha256)
"""
NEVER, PUT_TOGETHER = 2.0, 0.9
"""Shares of the work, after which a build kills itself."""


@pytest.fixture
def many(tmp_path):
    """A text that takes a moment."""
    return written(tmp_path / "many.txt", [(f"a cat {k % 911} sat", None) for k in range(20_000)])


@pytest.fixture
def loading(monkeypatch):
    """Begin to load a text in another process."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))

    def begin(text, cache, processes, killed_after=NEVER):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return typed("-c", LOAD, text, cache, processes, killed_after, **pipes)

    return begin


def ends(build):
    """Wait for a build that kills itself, and for the processes that it had; give what it told."""
    out, told = build.communicate(timeout=300)
    assert build.returncode == -signal.SIGKILL, told
    workers = [int(word) for word in out.split()]
    deadline = time.monotonic() + 300
    while not all(map(gone, workers)):
        assert time.monotonic() < deadline, "workers outlived their parent"
        time.sleep(0.005)
    return workers


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("share", [0, 0.05])
def test_a_build_that_is_killed_is_begun_again(tmp_path, many, loading, processes, share):
    cache = tmp_path / "cache"
    expected = load_corpora(many, cache=None)
    with loading(many, cache, processes, share) as build:
        workers = ends(build)
    assert len(workers) == (processes if processes > 1 else 0)
    assert list(cache.rglob("*.npz"))
    assert not list(cache.rglob("manifest.json"))
    left = list(cache.rglob(".unfinished-*"))
    assert left
    assert_same(load_corpora(many, cache=cache), expected)
    for path in left:
        assert not (path / "store").exists()


def test_a_build_killed_while_it_is_put_together_is_begun_again(tmp_path, many, loading):
    cache = tmp_path / "cache"
    with loading(many, cache, 1, PUT_TOGETHER) as build:
        ends(build)
    assert list(cache.rglob("store/train.tokens"))
    assert not list(cache.glob("corpora/*/*/manifest.json"))
    assert_same(load_corpora(many, cache=cache), load_corpora(many, cache=None))
    assert not list(cache.rglob(".unfinished-*"))


def test_two_builds_at_once_end_well(tmp_path, many, loading):
    cache = tmp_path / "cache"
    with ExitStack() as running:
        builds = [running.enter_context(loading(many, cache, 1)) for _ in range(3)]
        told = [build.communicate(timeout=300) for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0]
    assert {out.strip() for out, _ in told} == {load_corpora(many, cache=None).sha256}
    assert len(list(cache.rglob("manifest.json"))) == 1
    assert not list(cache.rglob(".unfinished-*"))


def test_one_build_waits_for_another(tmp_path, text, monkeypatch, caplog):
    begun = []
    inner = building._build

    def slow(*arguments):
        begun.append(arguments)
        deadline = time.monotonic() + 60
        while not caplog.records and time.monotonic() < deadline:
            time.sleep(0.01)
        return inner(*arguments)

    monkeypatch.setattr(building, "_build", slow)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: load_corpora(text, cache=tmp_path), range(2)))
    assert_same(found[0], load_corpora(text, cache=None))
    assert len(begun) == 1
    assert [record.getMessage().count("waiting") for record in caplog.records] == [1]


def test_a_text_that_changes_is_not_stored(tmp_path, text, load, stores):
    def change(share):
        with text.open("a") as file:
            file.write("more\n")

    with pytest.raises(UsageError, match="was changed while it was read"):
        load(text, progress=change)
    assert not stores()
    assert not list((tmp_path / "cache").rglob(".unfinished-*"))


@pytest.mark.parametrize("vocabulary", [None, Vocabulary(("cat",))])
def test_a_folder_that_cannot_be_written_is_told(tmp_path, text, vocabulary):
    (tmp_path / "cache").write_text("a file")
    told = pytest.raises(UsageError, match=r"cannot be stored in .* another folder as cache")
    with told as caught:
        load_corpora(text, vocabulary=vocabulary, cache=tmp_path / "cache")
    assert "\n" not in str(caught.value)


def test_a_disk_that_fills_is_told_and_nothing_is_left(tmp_path, text, load, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("unvanish.data.store.chunks.np.savez", full)
    with pytest.raises(UsageError, match="No space left on device"):
        load(text)
    assert not list((tmp_path / "cache").rglob(".unfinished-*"))


def test_errors_of_the_caller_are_no_errors_of_the_store(tmp_path, text, load):
    refusal = ConnectionError("no such service")

    def refuse(*arguments):
        raise refusal

    def sentences():
        yield "a cat"
        refuse()

    with pytest.raises(ConnectionError) as caught:
        load(text, processes=2, progress=refuse)
    assert caught.value is refusal
    with pytest.raises(ConnectionError) as caught:
        load(sentences())
    assert caught.value is refusal
    assert not list((tmp_path / "cache").rglob(".unfinished-*"))


def test_an_interrupt_leaves_nothing(tmp_path, text, load):
    def interrupt(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(text, processes=2, progress=interrupt)
    assert not list((tmp_path / "cache").rglob(".unfinished-*"))


def test_a_store_that_is_there_needs_no_writing(tmp_path, text, load, stores, monkeypatch):
    expected = load(text)

    def never(*arguments, **options):
        raise AssertionError("locked")

    monkeypatch.setattr(building, "locked", never)
    assert_same(load(text), expected)
