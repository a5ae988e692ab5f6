import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from unvanish import whole_files
from unvanish.config import UsageError
from unvanish.experiments.corpora import (
    CORPORA,
    DataFile,
    PublishedCorpus,
    find_corpus,
    prepare_corpus,
    require_files,
)

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


def test_another_file_in_the_place_of_the_papers_is_told(corpus, put, told):
    own = b"years of work"
    data = put("data/a", {"one.txt": own}).parent
    error = told(corpus, [put("from", PARTS)], data)
    assert str(data / "a/one.txt") in error.message
    assert "move it" in error.message
    assert contents(data) == {data / "a/one.txt": own}


@pytest.mark.parametrize("parts", [PARTS, {"one": b"cat"}], ids=["could be made", "could not"])
def test_a_file_whose_checksum_nobody_knows_stays_and_the_others_are_made(parts, corpus, put):
    own = gzip.compress(b"years of work")
    data = put("data/a", {"two.txt.gz": own}).parent
    files = prepare_corpus(corpus, [put("from", parts)], data)
    assert [(file.written, file.verified) for file in files] == [(True, True), (False, False)]
    assert contents(data) == {data / "a/one.txt": b"cat\n", data / "a/two.txt.gz": own}


def test_two_at_once_do_not_get_in_each_others_way(corpus, put, tmp_path, monkeypatch):
    """The second begins and ends while the first has a file half written."""
    data, parts = tmp_path / "data", put("from", PARTS)
    write_through = whole_files.write_through

    def meanwhile(partial):
        monkeypatch.setattr(whole_files, "write_through", write_through)
        prepare_corpus(corpus, [parts], data)
        write_through(partial)

    monkeypatch.setattr(whole_files, "write_through", meanwhile)
    prepare_corpus(corpus, [parts], data)
    assert whole_files.write_through is write_through
    assert {path.name for path in contents(data)} == {"one.txt", "two.txt.gz"}
    assert (data / "a/one.txt").read_bytes() == WANTED["a/one.txt"]


@pytest.mark.parametrize(
    ("content", "lines"), [(b"", 0), (b"cat", 1), (b"cat\n", 1), (b"cat\n\n", 2), (b"\ncat", 2)]
)
def test_a_last_line_without_an_end_is_counted(content, lines, small, put, tmp_path):
    file = DataFile("one.txt", None, "the library")
    made_of = {"one.txt": (("one",),)}
    corpus = PublishedCorpus("a", (file,), made_of, lambda place, parts: parts[0].read_bytes())
    (prepared,) = prepare_corpus(corpus, [put("from", {"one": content})], tmp_path / "data")
    assert prepared.lines == lines


@pytest.mark.slow
def test_neither_torch_nor_matplotlib_is_loaded_before_a_dialog_is_read():
    program = (
        "import sys, unvanish.experiments.corpora as corpora\n"
        "from unvanish.cli import main\n"
        "try: main(['prepare', 'swda', '--data', 'nowhere'])\nexcept SystemExit: pass\n"
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules), 'heavy import'\n"
        "import unvanish.experiments.reproducing\n"
        "assert 'torch' in sys.modules"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "nothing is given" in ended.stderr


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
