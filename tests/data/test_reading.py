import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import Sentence, load_corpora, read_sentences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["text", "label"]), inner),
    max_leaves=8,
)


@pytest.fixture
def write(tmp_path):
    def write(content: bytes | str, name: str = "corpus.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def texts(source, **options):
    return [sentence.text for sentence in read_sentences(source, **options)]


def message(source) -> str:
    with pytest.raises(UsageError) as caught:
        list(read_sentences(source))
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    "content",
    [
        "one cat\ntwo cats\n",
        "one cat\ntwo cats",
        "one cat\r\ntwo cats\r\n",
        "\ufeffone cat\ntwo cats\n",
        "\n  one cat \n\n\t\ntwo cats\n\n",
    ],
    ids=["lf", "no-last-newline", "crlf", "bom", "blank-lines"],
)
@pytest.mark.parametrize("name", ["corpus.txt", "corpus", "corpus.v2.en", "corpus.txt.gz", "C.GZ"])
def test_plain_text_is_a_sentence_a_line(write, content: str, name: str) -> None:
    raw = content.encode()
    path = write(gzip.compress(raw) if name.lower().endswith("gz") else raw, name)
    assert texts(path) == texts(str(path)) == ["one cat", "two cats"]


@pytest.mark.parametrize("ending", [".csv", ".json", ".ndjson", ".parquet", ".xlsx", ".CSV.gz"])
def test_tables_and_other_json_are_not_taken_for_text(write, ending: str) -> None:
    said = message(write("id,text\n1,one cat\n", f"corpus{ending}"))
    assert ending.removesuffix(".gz").lower() in said
    for other in (".txt", ".tsv", ".jsonl"):
        assert other in said
    with pytest.raises(UsageError, match="a line is no sentence"):
        load_corpora(write("id,text\n", f"large{ending}"), cache=write("", "x").parent / "cache")


def test_only_line_feeds_end_a_line(write) -> None:
    line = "a\u2028b\u2029c\x0bd\x0ce\x1cf\x85g\rh"
    assert texts(write(f"{line}\nnext\n")) == [line, "next"]


def test_blank_lines_are_kept_for_a_caller_that_counts(write) -> None:
    assert texts(write("\na\n \nb\n"), keep_blank=True) == ["", "a", "", "b"]


def test_jsonl(write) -> None:
    lines = [
        {"text": "bad food", "label": 0},
        {"label": "good", "text": " nice\nplace ", "stars": 5},
        {"text": ""},
        {"text": "no label", "label": None},
    ]
    content = "\n".join(json.dumps(line) for line in lines)
    expected = [
        Sentence("bad food", "0"),
        Sentence(" nice\nplace ", "good"),
        Sentence("no label"),
    ]
    assert list(read_sentences(write(content, "c.jsonl"))) == expected
    assert list(read_sentences(write(gzip.compress(content.encode()), "c.jsonl.gz"))) == expected
    assert list(read_sentences(lines)) == expected


def test_tsv_cuts_at_the_first_tab(write) -> None:
    path = write("0\tbad food\r\n1 \t nice\tplace\n\tno label\n2\t\n", "c.tsv")
    expected = [Sentence("bad food", "0"), Sentence("nice\tplace", "1"), Sentence("no label")]
    assert list(read_sentences(path)) == expected


def test_python_items(write) -> None:
    items = (item for item in ["one", {"text": "two"}, Sentence("three", "x"), "  "])
    assert list(read_sentences(items)) == [Sentence("one"), Sentence("two"), Sentence("three", "x")]


def test_reading_is_streaming(write) -> None:
    def endless():
        while True:
            yield "again"

    assert next(read_sentences(endless())).text == "again"
    sentences = read_sentences(write(b"fine\n\xff\n"))
    assert next(sentences).text == "fine"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("c.txt", b"", "holds no sentences"),
        ("c.txt", b"\xef\xbb\xbf\n \r\n", "holds no sentences"),
        ("c.tsv", b"1\t\n", "holds no sentences"),
        ("c.txt", b"fine\nELF\0\n", "is not a text file (NUL byte in line 2)"),
        ("c.txt", "word".encode("utf-16"), "is not a text file (NUL byte in line 1)"),
        ("c.txt", b"fine\ncaf\xe9 au lait\n", "is not UTF-8 (line 2, byte 4)"),
        ("c.txt", b"\xed\xa0\x80\n", "is not UTF-8 (line 1"),
        ("c.txt.gz", b"not compressed\n", "is not an intact gzip file"),
        ("c.txt.gz", gzip.compress(b"a cat\n" * 9, mtime=0)[:-9], "is not an intact gzip file"),
        (
            "c.txt.gz",
            gzip.compress(b"a cat\n", mtime=0)[:9] + b"\xff" * 30,
            "is not an intact gzip file",
        ),
        ("c.txt.gz", gzip.compress(b"", mtime=0), "holds no sentences"),
        ("c.tsv", b"1\tfine\n\nno tab\n", "line 3 has no TAB"),
        ("c.jsonl", b'{"text": "fine"}\n{"text": \n', "line 2 is not valid JSON"),
        ("c.jsonl", b"9" * 5000, "line 1 is not valid JSON"),
        ("c.jsonl", b"[" * 200_000, "line 1 is not valid JSON"),
        ("c.jsonl", b'["text"]', "line 1 is of type list"),
        ("c.jsonl", b'{"sentence": "a cat"}', "line 1 has no field 'text'"),
        ("c.jsonl", b'{"text": null}', "line 1 has a text of type NoneType"),
        ("c.jsonl", b'{"text": ["a", "cat"]}', "line 1 has a text of type list"),
        ("c.jsonl", b'{"text": "a cat", "label": [1]}', "line 1 has a label of type list"),
        ("c.jsonl", b'{"text": "\\ud800"}', "line 1 holds half of a surrogate pair"),
        ("c.jsonl", b'{"text": "a", "label": "\\udfff"}', "holds half of a surrogate pair"),
    ],
)
def test_bad_content_is_told(write, name: str, content: bytes, expected: str) -> None:
    path = write(content, name)
    text = message(path)
    assert expected in text
    assert str(path) in text


def test_bad_paths_are_told(tmp_path) -> None:
    assert "does not exist" in message(tmp_path / "absent.txt")
    assert "does not exist" in message(tmp_path / "absent.txt.gz")
    assert "is a folder" in message(tmp_path)
    (tmp_path / "file").touch()
    assert "cannot be read" in message(tmp_path / "file" / "below")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], "holds no sentences"),
        (["", " "], "holds no sentences"),
        (["fine", 3], "sentence 2 is of type int"),
        (["fine", {"sentence": "a cat"}], "sentence 2 has no field 'text'"),
        (["\ud800"], "sentence 1 holds half of a surrogate pair"),
        (b"a cat", "cannot come from bytes"),
        ({"train": ["a cat"]}, "cannot come from dict"),
        (None, "cannot come from NoneType"),
    ],
)
def test_bad_items_are_told(items, expected: str) -> None:
    assert expected in message(items)


def read_or_refuse(path: Path) -> None:
    """Whatever the file holds, sentences come out or a UsageError of one line does."""
    try:
        sentences = list(read_sentences(path))
    except UsageError:
        message(path)
    else:
        assert sentences
        assert all(sentence.text.strip() for sentence in sentences)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(
    content=st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    ending=st.sampled_from([".txt", ".tsv", ".jsonl"]),
    compress=st.booleans(),
    cut=st.none() | st.integers(0, 60),
)
def test_random_files_are_read_or_refused(
    tmp_path_factory, content: bytes, ending: str, compress: bool, cut: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / f"random{ending}{'.gz' if compress else ''}"
    path.write_bytes((gzip.compress(content) if compress else content)[:cut])
    read_or_refuse(path)


@given(records=st.lists(JSON, max_size=4))
@pytest.mark.slow
def test_random_json_is_read_or_refused(tmp_path_factory, records: list[object]) -> None:
    path = tmp_path_factory.getbasetemp() / "random.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    read_or_refuse(path)


@given(st.lists(st.text(st.characters(exclude_characters="\n\0", codec="utf-8"))))
def test_what_is_written_is_read(tmp_path_factory, lines: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "written.txt"
    path.write_text("\n".join(["first", *lines]), encoding="utf-8", newline="\n")
    assert texts(path) == ["first", *[line.strip() for line in lines if line.strip()]]


def test_sentence_objects_are_checked_like_everything_else():
    assert list(read_sentences([Sentence("a", 1)])) == [Sentence("a", "1")]
    with pytest.raises(UsageError, match="sentence 2 holds half of a surrogate pair"):
        list(read_sentences(["a", Sentence("a \ud800 b")]))
    with pytest.raises(UsageError, match="sentence 1 has a label of type list"):
        list(read_sentences([Sentence("a", [1])]))
    with pytest.raises(UsageError, match="sentence 1 has a text of type int"):
        list(read_sentences([Sentence(3)]))
