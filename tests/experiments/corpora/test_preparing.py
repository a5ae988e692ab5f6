import gzip
from pathlib import Path

import pytest

from unvanish.config import UsageError
from unvanish.experiments.corpora import CORPORA, PublishedCorpus, find_corpus, prepare_corpus
from unvanish.experiments.reproducing import DataFile, require_files

WANTED = {"a/one.txt": b"cat\n", "a/two.txt.gz": b"dog\nfox\n"}
PARTS = {"one": b"cat", "two": b"dog\nfox"}


@pytest.fixture
def corpus(small):
    """A file with a checksum, and a compressed one without."""
    files = (DataFile("a/one.txt", "known", "the library", "a downloads"),)
    files += (DataFile("a/two.txt.gz", None, "the library", "a downloads"),)
    made_of = {"a/one.txt": (("one",), ("uno",)), "a/two.txt.gz": (("two",),)}

    def convert(place, parts):
        return parts[0].read_bytes() + b"\n"

    return small(PublishedCorpus("a", files, made_of, convert), WANTED)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_made_is_what_experiments_find(corpus, put, tmp_path):
    data = tmp_path / "data"
    files = prepare_corpus(corpus, [put("from", PARTS)], data)
    assert [file.path for file in files] == list(require_files(corpus.files, data).values())
    assert gzip.decompress((data / "a/two.txt.gz").read_bytes()) == WANTED["a/two.txt.gz"]
    assert len(contents(data)) == 2


def test_files_and_folders_are_looked_through_in_order(corpus, put, tmp_path):
    first, second = put("first", {"uno": b"bird"}), put("second", PARTS)
    single = put("third", {"two": b"hen"}) / "two"
    prepare_corpus(corpus, [first, single, second], tmp_path / "data")
    assert (tmp_path / "data/a/one.txt").read_bytes() == b"cat\n"  # one goes before uno
    assert gzip.decompress((tmp_path / "data/a/two.txt.gz").read_bytes()) == b"hen\n"


def test_a_second_time_nothing_is_written(corpus, put, tmp_path):
    data, parts = tmp_path / "data", put("from", PARTS)
    prepare_corpus(corpus, [parts], data)
    before = contents(data)
    for downloaded in ([parts], []):
        assert not any(file.written for file in prepare_corpus(corpus, downloaded, data))
        assert contents(data) == before


def test_what_is_left_is_made(corpus, put, tmp_path):
    data, parts = tmp_path / "data", put("from", PARTS)
    prepare_corpus(corpus, [parts], data)
    (data / "a/two.txt.gz").unlink()
    (parts / "one").unlink()
    assert [file.written for file in prepare_corpus(corpus, [parts], data)] == [False, True]


@pytest.mark.parametrize(
    ("name", "own"), [("one.txt", b"years of work"), ("two.txt.gz", gzip.compress(b"years"))]
)
def test_nothing_is_written_over(name, own, corpus, put, tmp_path, told):
    data = put("data/a", {name: own}).parent
    error = told(corpus, [put("from", PARTS)], data)
    assert str(data / "a" / name) in error.message
    assert "move it" in error.message
    assert contents(data) == {data / "a" / name: own}


def test_a_damaged_file_is_told(corpus, put, tmp_path, told):
    data = put("data/a", {"two.txt.gz": gzip.compress(b"cat" * 99)[:-9]}).parent
    assert "not an intact gzip file" in told(corpus, [put("from", PARTS)], data).message


def test_what_is_wrong_is_not_left_in_place(corpus, put, tmp_path, told):
    parts = put("from", {**PARTS, "one": b"a dog"})
    error = told(corpus, [parts], tmp_path / "data")
    assert str(parts / "one") in error.message
    assert error.listed == ("  from the library", f"  by {command(tmp_path / 'data')}")
    assert not (tmp_path / "data").exists()


def test_all_that_is_missing_is_told(corpus, put, tmp_path, told):
    error = told(corpus, [put("from", {})], tmp_path / "data")
    assert error.listed == (
        "a/one.txt is made of one or uno",
        "a/two.txt.gz is made of two",
        "  from the library",
        f"  by {command(tmp_path / 'data')}",
    )
    assert "nothing is given" in told(corpus, [], tmp_path / "data").message
    assert "nowhere does not exist" in told(corpus, [Path("nowhere")], tmp_path / "data").message


def command(data):
    return f"unvanish prepare a downloads --data {data}"


@pytest.mark.parametrize("name", CORPORA)
def test_the_command_that_is_named_is_that_of_the_corpus(name):
    corpus = CORPORA[name]
    assert {file.path for file in corpus.files} == corpus.made_of.keys()
    assert all(file.prepare.split()[0] == name for file in corpus.files)
    assert len({tuple(file.origin(None)) for file in corpus.files}) == 1


def test_an_unknown_corpus_is_told():
    with pytest.raises(UsageError, match="did you mean 'yelp'"):
        find_corpus("yelpp")
