"""What is told of a command that is stopped, whatever comes while it is told."""

import codecs
import signal

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
