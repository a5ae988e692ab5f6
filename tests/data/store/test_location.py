from pathlib import Path

import pytest

from unvanish.config import UsageError
from unvanish.data import load_corpora
from unvanish.data.store import location
from unvanish.data.store.location import LARGE, cache_folder, cannot_be_stored, is_large


def test_where_stores_are(monkeypatch, tmp_path):
    monkeypatch.delenv("UNVANISH_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache_folder("auto") == tmp_path / ".cache" / "unvanish" / "corpora"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder("auto") == tmp_path / ".cache" / "unvanish" / "corpora"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder("auto") == tmp_path / "xdg" / "unvanish" / "corpora"
    monkeypatch.setenv("UNVANISH_CACHE", str(tmp_path / "mine"))
    assert cache_folder("auto") == tmp_path / "mine" / "corpora"
    assert cache_folder(tmp_path) == tmp_path / "corpora"
    assert cache_folder(None) is None
    monkeypatch.setenv("UNVANISH_CACHE", "")
    assert cache_folder("auto") is None
    assert cache_folder(tmp_path) == tmp_path / "corpora"


def test_no_home_is_told_where_it_matters(monkeypatch, text, tmp_path):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("UNVANISH_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    load_corpora(text)
    monkeypatch.setattr(location, "LARGE", 1)
    with pytest.raises(UsageError, match="there is none: set UNVANISH_CACHE"):
        load_corpora(text)


def test_what_is_large(tmp_path):
    plain, compressed = tmp_path / "a.txt", tmp_path / "a.txt.GZ"
    for path, size in [(plain, LARGE - 1), (compressed, LARGE // 4)]:
        with path.open("wb") as file:
            file.truncate(size)
    assert not is_large([plain])
    assert is_large([plain, plain])
    assert is_large([compressed])


@pytest.mark.parametrize(
    ("cache", "advice"),
    [
        ("auto", "set UNVANISH_CACHE to another folder; empty, it keeps all text in memory"),
        ("mine", "give another folder as cache; cache=None keeps all text in memory"),
    ],
)
def test_a_full_disk_is_told_in_one_line(tmp_path, cache, advice):
    told = pytest.raises(UsageError, match=f"make room there, or {advice}")
    with told as caught, cannot_be_stored(tmp_path, cache):
        raise OSError(28, "No space left on device")
    assert "\n" not in str(caught.value)
    assert "No space left on device" in str(caught.value)


def test_a_home_folder_is_found_or_told(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder("~/x") == cache_folder(Path("~/x")) == tmp_path / "x" / "corpora"
    with pytest.raises(UsageError, match="no home folder for the cache ~nobody-at-all/x"):
        cache_folder("~nobody-at-all/x")
