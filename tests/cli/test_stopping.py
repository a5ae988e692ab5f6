"""What is told of a command that is stopped, whatever comes while it is told."""

import codecs
import importlib
import signal
import subprocess
import sys

import pytest

from unvanish.cli.several import one_speaks
from unvanish.cli.stopping import last_words, termination_as_interrupt, told_how_to_go_on
from unvanish.training import Processes

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


class Signalling:
    """A store of several processes; as one of them counts in it, a signal comes."""

    def __init__(self, number):
        self.number = number

    def add(self, name, amount):
        signal.raise_signal(self.number)
        return 1


@BOTH
def test_a_second_signal_does_not_take_the_word_from_the_first(number):
    processes = Processes(store=Signalling(number))
    with (
        pytest.raises(KeyboardInterrupt, match="saved at step 3"),
        termination_as_interrupt(),
        one_speaks(processes),
    ):
        raise KeyboardInterrupt("saved at step 3")


@BOTH
def test_a_second_signal_leaves_how_to_go_on_as_it_was_told(number, tmp_path):
    (tmp_path / "config.json").touch()
    told = pytest.raises(KeyboardInterrupt, match="saved at step 3; go on with: unvanish train")
    with told, termination_as_interrupt():
        try:
            with told_how_to_go_on("unvanish train", tmp_path / "config.json"):
                raise KeyboardInterrupt("saved at step 3")
        finally:
            signal.raise_signal(number)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_stop_amid_a_decoding_tells_no_more_than_another(tmp_path):
    """Python 3.11 raises it again with words of its own; archives of arrays decode their names."""

    def interrupted(content, errors="strict"):
        signal.raise_signal(signal.SIGINT)

    def find(name):
        return codecs.CodecInfo(None, interrupted) if name == "interrupted" else None

    (tmp_path / "config.json").touch()
    codecs.register(find)
    try:
        with pytest.raises(KeyboardInterrupt) as stopped, termination_as_interrupt():
            b"a".decode("interrupted")
        assert last_words(stopped.value) == []
        with (
            pytest.raises(KeyboardInterrupt) as stopped,
            termination_as_interrupt(),
            told_how_to_go_on("unvanish train", tmp_path / "config.json"),
        ):
            b"a".decode("interrupted")
        assert last_words(stopped.value) == ["go on with: unvanish train"]
    finally:
        codecs.unregister(find)


SWALLOWING = """
import signal
import subprocess
import sys

try:
    signal.raise_signal(signal.{name})
except KeyboardInterrupt:
    pass
REACHED = True
"""


@BOTH
def test_what_is_imported_cannot_swallow_a_stop(number, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "inner_part.py").write_text(SWALLOWING.format(name=number.name))
    (tmp_path / "outer_part.py").write_text("import inner_part\nWHOLE = True\n")
    try:
        with pytest.raises(KeyboardInterrupt) as stopped, termination_as_interrupt():
            importlib.import_module("outer_part")
        assert getattr(stopped.value, "signal_number", signal.SIGINT) == number
        assert sys.modules["outer_part"].WHOLE, "it was broken off within"
        assert sys.getprofile() is None
    finally:
        sys.modules.pop("inner_part", None)
        sys.modules.pop("outer_part", None)


def test_a_second_stop_ends_an_import_at_once(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    program = (
        "import pathlib, signal\nhere = pathlib.Path(__file__)\n"
        "signal.raise_signal(2)\nhere.with_name('one').touch()\n"
        "signal.raise_signal(15)\nhere.with_name('two').touch()\n"
    )
    (tmp_path / "hanging_part.py").write_text(program)
    try:
        with pytest.raises(KeyboardInterrupt) as stopped, termination_as_interrupt():
            importlib.import_module("hanging_part")
        assert stopped.value.signal_number == signal.SIGTERM
        assert sys.getprofile() is None
    finally:
        sys.setprofile(None)
    assert [each.name for each in tmp_path.glob("[ot]*")] == ["one"]


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with termination_as_interrupt():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


STOPPED_AT = """
import os, signal, sys

class Stopping:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), int(sys.argv[2]))

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Stopping())
from unvanish.__main__ import main
main(sys.argv[3:])
"""


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("unvanish.cli", signal.SIGINT),
        ("cyclopts", signal.SIGINT),
        ("unvanish.cli.train", signal.SIGTERM),
        ("numpy", signal.SIGINT),
        ("numpy.matrixlib", signal.SIGTERM),  # which torch takes in from C with what is above it
        ("rich.progress", signal.SIGINT),
    ],
)
@pytest.mark.slow
def test_a_stop_is_told_from_the_first_import_on(module, number, corpus, tmp_path):
    out = tmp_path / "run"
    words = [module, str(int(number)), "train", str(corpus), "--device=cpu", "--out", str(out)]
    ended = subprocess.run(
        [sys.executable, "-c", STOPPED_AT, *words], capture_output=True, text=True, check=False
    )
    assert ended.stderr == "unvanish: stopped\n"
    assert ended.returncode == 128 + number
    assert not out.exists()
