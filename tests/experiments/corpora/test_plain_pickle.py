import collections
import os
import pickle
from pathlib import Path

import pytest

from unvanish.config import UsageError
from unvanish.experiments.corpora.plain_pickle import read_plain_pickle

PYTHON_2 = {
    0: b"(dp0\nS'train'\np1\n(lp2\n(S'A'\nVa cat\np3\nI4\nF0.5\ntp4\nas.",
    2: b"\x80\x02}q\x00U\x05trainq\x01]q\x02(U\x01AX\x05\x00\x00\x00a catK\x04"
    b"G?\xe0\x00\x00\x00\x00\x00\x00tq\x03as.",
}


def put(folder, raw):
    path = folder / "dialogs.p"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("protocol", PYTHON_2)
def test_what_python_2_wrote_is_read(protocol, tmp_path):
    plain = {"train": [("A", "a cat", 4, 0.5)]}
    assert read_plain_pickle(put(tmp_path, PYTHON_2[protocol])) == plain


@pytest.mark.parametrize("text", ["été", "«»"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_byte_strings_of_python_2_are_text(text, encoding, tmp_path):
    raw = text.encode(encoding)
    pickled = b"\x80\x02U" + bytes([len(raw)]) + raw + b"."
    assert read_plain_pickle(put(tmp_path, pickled)) == text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_values_come_back(protocol, tmp_path):
    plain = {"a": [1, 2.5, None, True, "é"], "b": ("x", {"y": []})}
    assert read_plain_pickle(put(tmp_path, pickle.dumps(plain, protocol))) == plain


class Runs:
    """Unpickling it makes a folder."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_in_it_is_run(protocol, tmp_path):
    made = tmp_path / "made"
    raw = pickle.dumps({"train": [Runs(made)]}, protocol)
    with pytest.raises(UsageError, match=r"wants \w+\.mkdir and is refused: .* run anything"):
        read_plain_pickle(put(tmp_path, raw))
    assert not made.exists()
    pickle.loads(raw)
    assert made.exists()  # the file would have


def test_nothing_is_imported_however_it_is_asked_for(tmp_path):
    made = tmp_path / "made"
    instance = f"(S'{made}'\nios\nmkdir\n.".encode()  # INST, which Python 2 had
    for raw in (instance, pickle.dumps(collections.OrderedDict(a=1)), pickle.dumps(Path("x"))):
        with pytest.raises(UsageError, match="is refused"):
            read_plain_pickle(put(tmp_path, raw))
    assert not made.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        PYTHON_2[2][:-1],
        b"version https://git-lfs.github.com/spec/v1\n",
        b"<!DOCTYPE html>",
        b"\x80\x09.",
        b"X\x01\x00\x00\x00\xff.",
        b"Pname\n.",
    ],
)
def test_damage_is_told(raw, tmp_path):
    with pytest.raises(UsageError, match=r"not an intact pickle .*; download it again"):
        read_plain_pickle(put(tmp_path, raw))


@pytest.mark.parametrize("protocol", PYTHON_2)
def test_an_unfinished_download_is_told_wherever_it_ended(protocol, tmp_path):
    whole = PYTHON_2[protocol]
    for length in range(len(whole)):
        with pytest.raises(UsageError, match=r"not an intact pickle .*; download it again"):
            read_plain_pickle(put(tmp_path, whole[:length]))
