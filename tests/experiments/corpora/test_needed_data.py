import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from unvanish.config import UsageError
from unvanish.experiments.corpora import PTB, SWDA, YELP, DataFile, require_files

TEXT = b"a cat sleeps\n"
KNOWN = DataFile("some/train.txt", hashlib.sha256(TEXT).hexdigest(), "the cat corpus")
ANY = DataFile("some/more.txt", None, "anybody")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "some").mkdir()
    (tmp_path / "some/train.txt").write_bytes(TEXT)
    (tmp_path / "some/more.txt").write_text("whatever")
    return tmp_path


def test_what_is_there_is_found(folder):
    assert require_files((KNOWN, ANY), folder) == {
        "some/train.txt": folder / "some/train.txt",
        "some/more.txt": folder / "some/more.txt",
    }


def test_nothing_is_needed_of_those_who_need_nothing():
    assert require_files((), None) == {}


@pytest.mark.parametrize("where", [None, Path("nowhere")])
def test_what_is_missing_is_told_with_source_and_checksum(where):
    with pytest.raises(UsageError) as error:
        require_files((KNOWN, ANY), where)
    assert "\n" not in error.value.message
    assert [line.strip() for line in error.value.listed] == [
        f"some/train.txt (sha256 {KNOWN.sha256[:12]}...)",
        "from the cat corpus",
        "some/more.txt",
        "from anybody",
    ]
    assert all(line in str(error.value) for line in error.value.listed)


@pytest.mark.parametrize(
    ("where", "told"), [(None, "FOLDER"), (Path("nowhere"), "nowhere"), (Path("a b"), "'a b'")]
)
def test_the_command_that_makes_them_is_told_once(where, told):
    files = [DataFile(f"some/{n}.txt", None, "the cats", "cats down/loads") for n in range(3)]
    with pytest.raises(UsageError) as error:
        require_files((*files, ANY), where)
    assert [line.strip() for line in error.value.listed] == [
        *(file.path for file in files),
        "from the cats",
        f"by unvanish prepare cats down/loads --data {told}",
        "some/more.txt",
        "from anybody",
    ]


def test_another_file_is_refused(folder):
    (folder / "some/train.txt").write_bytes(TEXT + b"and a dog\n")
    with pytest.raises(
        UsageError, match=rf"another file.*{KNOWN.sha256[:12]}\.\.\..*unvanish compare"
    ):
        require_files((KNOWN,), folder)
    with pytest.raises(UsageError) as error:
        require_files((replace(KNOWN, prepare="cats x"),), folder)
    assert error.value.listed == (
        "  from the cat corpus",
        f"  by unvanish prepare cats x --data {folder}",
    )
    (folder / "some/more.txt").write_text("something else")
    assert require_files((ANY,), folder)


def test_the_corpora_of_the_paper_have_each_a_name_of_their_own():
    every = [*PTB, *YELP, *SWDA]
    assert len({file.path for file in every}) == len(every)
    assert all(file.sha256 is None or len(file.sha256) == 64 for file in every)
