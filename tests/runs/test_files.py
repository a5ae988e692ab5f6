"""A file that is written anew is what it was before, or whole."""

import pytest

from unvanish.runs.files import whole_file


def test_what_was_there_stays_until_all_is_written(tmp_path):
    path = tmp_path / "told.txt"
    path.write_text("before")
    with whole_file(path) as partial:
        partial.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / "told.txt"
    path.write_text("before")

    def fail():
        with whole_file(path) as partial:
            partial.write_text("half of")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
