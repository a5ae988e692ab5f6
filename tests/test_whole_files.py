"""A file that is written anew is what it was before, or whole."""

import pytest

from unvanish.whole_files import whole_file


@pytest.fixture(params=[False, True], ids=["its own", "shared"])
def shared(request):
    return request.param


def test_what_was_there_stays_until_all_is_written(tmp_path, shared):
    path = tmp_path / "told.txt"
    path.write_text("before")
    with whole_file(path, shared=shared) as partial:
        partial.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_what_was_there_and_nothing_else(tmp_path, shared):
    path = tmp_path / "told.txt"
    path.write_text("before")

    def fail():
        with whole_file(path, shared=shared) as partial:
            partial.write_text("half of")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_failed_is_told_and_not_that_it_cannot_be_removed(tmp_path, shared):
    def fail():
        with whole_file(tmp_path / "told.txt", shared=shared) as partial:
            partial.mkdir()  # as what is no file cannot be
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_what_a_killed_process_left_is_replaced(tmp_path):
    path = tmp_path / "told.txt"
    killed = whole_file(path)
    partial = killed.__enter__()
    partial.write_text("much that is never finished")
    assert list(tmp_path.iterdir()) == [partial]
    with whole_file(path) as partial:
        partial.write_text("all")
    assert path.read_text() == "all"
    assert list(tmp_path.iterdir()) == [path]


def test_of_those_who_share_a_file_the_last_to_end_is_whole(tmp_path):
    path = tmp_path / "told.txt"
    with whole_file(path, shared=True) as one:
        one.write_text("one, at length")
        with whole_file(path, shared=True) as other:
            other.write_text("other")
        assert path.read_text() == "other"
    assert path.read_text() == "one, at length"
    assert list(tmp_path.iterdir()) == [path]


def test_files_get_the_permissions_of_new_files(tmp_path, shared):
    usual, path = tmp_path / "usual.txt", tmp_path / "told.txt"
    usual.touch()
    with whole_file(path, shared=shared) as partial:
        partial.write_text("told")
    assert path.stat().st_mode == usual.stat().st_mode
