"""Dialogs written by hand."""

import json

import pytest

from unvanish.data.dialogs import Dialog, Speaker, Utterance

ANN, BOB = Speaker(30, 2, True), Speaker(50, 9, False)


def dialog(*texts, topic="PETS", floors="AB"):
    """A says the first text, B the second, and so on, unless ``floors`` says otherwise."""
    spoken = [Utterance(floors[k % len(floors)], text) for k, text in enumerate(texts)]
    return Dialog((ANN, BOB), topic, tuple(spoken))


def numbered(n, **settings):
    return dialog(*(f"word{k}" for k in range(1, n + 1)), **settings)


def record(**changes):
    """A line in the form of the files, with their quoting."""
    return {
        "A": {"age": 30, "education": " 2", "sex": ' "FEMALE"', "dialect": ' "NYC"'},
        "B": {"age": "50", "education": " 9", "sex": ' "MALE"', "dialect": ' "NYC"'},
        "topic": '"PETS"',
        "prompt": " ...",
        "utts": [["A", "Hi there", ["other", [0, 0]]], ["B", "hello", ["other", [0, 0]]]],
    } | changes


@pytest.fixture
def write(tmp_path):
    """Write records to a file and give its path."""

    def write_records(*records, name="dialogs.jsonl"):
        path = tmp_path / name
        path.write_text("".join(f"{json.dumps(each)}\n" for each in records), encoding="utf-8")
        return path

    return write_records
