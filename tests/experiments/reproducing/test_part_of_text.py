"""A part of a text is the lines that were chosen, and never half of them."""

from pathlib import Path

import pytest

from unvanish.experiments.reproducing import part_of_text


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.tsv"
    path.write_text("".join(f"{row}\tzeile é {row}\n" for row in range(6)), encoding="utf-8")
    return path


def ends(n):
    return (0, n - 1)


def test_it_has_the_lines_that_were_chosen(text, tmp_path):
    copy = part_of_text(text, tmp_path / "some", ends)
    assert copy == tmp_path / "some/text.tsv"
    assert copy.read_text(encoding="utf-8") == "0\tzeile é 0\n5\tzeile é 5\n"
    assert [file.name for file in copy.parent.iterdir()] == ["text.tsv"]


def test_what_is_there_stays_unless_it_is_cut_short_or_of_other_lines(text, tmp_path):
    copy = part_of_text(text, tmp_path / "some", ends)
    whole, time = copy.read_bytes(), copy.stat().st_mtime_ns
    assert part_of_text(text, tmp_path / "some", ends).stat().st_mtime_ns == time
    copy.write_bytes(whole[:9])  # as an earlier version left it when it was killed
    assert part_of_text(text, tmp_path / "some", ends).read_bytes() == whole
    assert part_of_text(text, tmp_path / "some", range).read_bytes() == text.read_bytes()


def test_killed_midway_it_leaves_no_text(text, tmp_path, monkeypatch):
    def die(self, data):
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", die)
        with pytest.raises(KeyboardInterrupt):
            part_of_text(text, tmp_path / "some", ends)
    assert not (tmp_path / "some/text.tsv").exists()
    assert part_of_text(text, tmp_path / "some", ends).read_bytes().endswith(b"5\n")
