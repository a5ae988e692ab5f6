"""A build that is killed leaves nothing that is trusted; builds at once end well."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from unvanish.config import UsageError
from unvanish.data import Vocabulary, load_corpora
from unvanish.data.store import building

from .conftest import assert_same, written

LOAD = """
import sys
from functools import partial
from unvanish.data import load_corpora, store
store.stored_text = partial(store.stored_text, block=int(sys.argv[4]))
print(load_corpora(sys.argv[1], cache=sys.argv[2], processes=int(sys.argv[3])).sha256)
"""


@pytest.fixture
def many(tmp_path):
    """A text that takes a moment."""
    return written(tmp_path / "many.txt", [(f"a cat {k % 911} sat", None) for k in range(20_000)])


def loading(text, cache, processes, block=2_000):
    words = [sys.executable, "-c", LOAD, str(text), str(cache), str(processes), str(block)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def children(process):
    found = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [worker for path in found for worker in path.read_text().split()]


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("chunks", [0, 8])
def test_a_build_that_is_killed_is_begun_again(tmp_path, many, processes, chunks):
    cache = tmp_path / "cache"
    expected = load_corpora(many, cache=None)
    build = loading(many, cache, processes)
    wait_until(lambda: len(list(cache.rglob("*.npz"))) >= chunks and list(cache.rglob("chunks")))
    workers = children(build) if processes > 1 else []
    build.kill()
    assert build.wait() == -signal.SIGKILL
    build.communicate()
    assert not list(cache.rglob("manifest.json"))
    left = list(cache.rglob(".unfinished-*"))
    assert left
    assert_same(load_corpora(many, cache=cache), expected)
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    for path in left:
        assert not (path / "store").exists()


def test_a_build_killed_while_it_is_put_together_is_begun_again(tmp_path, many):
    cache = tmp_path / "cache"
    build = loading(many, cache, 1, block=200)
    wait_until(lambda: list(cache.rglob("store/train.tokens")))
    build.kill()
    build.communicate()
    assert not list(cache.glob("corpora/*/*/manifest.json"))
    assert_same(load_corpora(many, cache=cache), load_corpora(many, cache=None))
    assert not list(cache.rglob(".unfinished-*"))


def test_two_builds_at_once_end_well(tmp_path, many):
    cache = tmp_path / "cache"
    builds = [loading(many, cache, 1) for _ in range(3)]
    told = [build.communicate(timeout=120) for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0]
    assert {out.strip() for out, _ in told} == {load_corpora(many, cache=None).sha256}
    assert len(list(cache.rglob("manifest.json"))) == 1
    assert not list(cache.rglob(".unfinished-*"))


def test_one_build_waits_for_another(tmp_path, text, monkeypatch, caplog):
    begun = []
    inner = building._build

    def slow(*arguments):
        begun.append(arguments)
        time.sleep(0.5)
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

    monkeypatch.setattr(building, "FileLock", never)
    assert_same(load(text), expected)
