import pytest

from unvanish.experiments.corpora import find_corpus, prepare_corpus

WANTED = {
    "ptb/train.txt": b" a cat <unk> \n N dogs  bark \n",
    "ptb/valid.txt": b" a fox \n",
    "ptb/test.txt": b" a hen \n \xc3\xa9t\xc3\xa9 \n",
}


@pytest.mark.parametrize(
    "names",
    [
        ("ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"),
        ("train.txt", "val.txt", "test.txt"),
        ("train.txt", "valid.txt", "test.txt"),
    ],
)
@pytest.mark.parametrize(
    "copied",
    [
        lambda text: text,
        lambda text: text.replace(b" \n ", b"\n").removeprefix(b" ").removesuffix(b" \n"),
        lambda text: text.replace(b"\n", b"\r\n"),
    ],
    ids=["Mikolov's", "without blanks", "with CRLF"],
)
def test_every_copy_becomes_mikolovs(names, copied, small, put, tmp_path):
    files = dict(zip(names, map(copied, WANTED.values()), strict=True))
    corpus = small(find_corpus("ptb"), WANTED)
    prepared = prepare_corpus(corpus, [put("copy", files)], tmp_path / "data")
    assert {place: (tmp_path / "data" / place).read_bytes() for place in WANTED} == WANTED
    assert [file.lines for file in prepared] == [2, 1, 2]
    assert all(file.written and file.verified for file in prepared)


def test_other_words_are_refused(small, put, tmp_path, told):
    files = {"train.txt": b"a cat\n", "val.txt": b"a fox\n", "test.txt": b"a hen\n"}
    corpus = small(find_corpus("ptb"), WANTED)
    error = told(corpus, [put("copy", files)], tmp_path / "data")
    assert "ptb/train.txt" in error.message
    assert "nothing is written" in error.message
    assert not (tmp_path / "data").exists()
