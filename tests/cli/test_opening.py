"""Sentences that are piped in, and pipes that seem to hold more than sentences."""

import io
import json

import pytest

from unvanish.cli.opening import given

A, B = "the cat sees", "the dog"
RECORD = json.dumps({"text": A, "label": 3})


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        (f"good\t{A}\n\nbad\t{B}\n", ".tsv"),
        (f"good\t{A}\r\n\t{B}\r\n", ".tsv"),
        (f"{RECORD}\n\n{RECORD}\n", ".jsonl"),
        (f"good\t{A}\n{B}\n", None),
        (f"good\t{A}\t{B}\n", None),
        (f"\t{A}\n{B}\t\n", None),
        (f"{RECORD}\n{B}\n", None),
        ('{"sentence": "the cat"}\n', None),
        ("[1]\n", None),
        ("7\n", None),
        (f"{A}\n{B}\n", None),
    ],
)
@pytest.mark.parametrize(("sentences", "file"), [(("-",), None), ((), "-")])
def test_a_pipe_that_looks_like_a_file_with_labels_is_asked_about(
    monkeypatch, capsys, text, ending, sentences, file
):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    read = [sentence.text for sentence in given(sentences, file)]
    assert read == [line.strip() for line in text.splitlines() if line.strip()]
    asked = capsys.readouterr().err.splitlines()
    assert len(asked) == (ending is not None)
    if ending is not None:
        assert asked[0].startswith("warning: every line of standard input ")
        assert asked[0].endswith(f": for labels and sentences give a file that ends in {ending}")


def test_sentences_that_are_typed_are_not_asked_about(capsys):
    assert [sentence.text for sentence in given((f"good\t{A}", RECORD), None)][1] == RECORD
    assert capsys.readouterr().err == ""
