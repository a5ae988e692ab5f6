import hashlib
import json
import shlex
from dataclasses import replace

import pytest

from unvanish.experiments.corpora import CORPORA, YELP

SENTENCES = {
    f"sentiment.{split}.{label}": f"{split} {label} .\n" * 10
    for split in ("train", "dev", "test")
    for label in (0, 1)
}


@pytest.fixture
def downloaded(tmp_path, monkeypatch):
    """Six small files, and the checksums of what they are to become."""
    monkeypatch.chdir(tmp_path)
    for name, text in SENTENCES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = []
    for file in YELP:
        split = file.path.removeprefix("yelp/").removesuffix(".tsv")
        wanted = f"0\t{split} 0 .\n1\t{split} 1 .\n".encode()
        files.append(replace(file, sha256=hashlib.sha256(wanted).hexdigest()))
    monkeypatch.setitem(CORPORA, "yelp", replace(CORPORA["yelp"], files=tuple(files)))
    return sorted(SENTENCES)


def test_what_was_done_is_told(downloaded, unvanish):
    ended = unvanish("prepare", "yelp", *downloaded, "--data", "data")
    assert ended.status == 0, ended.err
    assert ended.out.splitlines() == [
        f"data/yelp/{split}.tsv: written, 2 lines, the paper's file"
        for split in ("train", "dev", "test")
    ]
    again = unvanish("prepare", "yelp", ".", "--data", "data", "--json")
    assert json.loads(again.out) == {
        "corpus": "yelp",
        "files": [
            {"path": f"data/yelp/{split}.tsv", "written": False, "lines": 2, "verified": True}
            for split in ("train", "dev", "test")
        ],
    }


def test_help_names_every_corpus(unvanish):
    told = unvanish("prepare", "--help").out
    for name, corpus in CORPORA.items():
        assert f"• {name}: " in told
        if name == "yelp":
            continue  # the names of the other splits are left out
        for choices in corpus.made_of.values():
            assert all(each in told for names in choices for each in names)


@pytest.mark.parametrize(
    ("experiment", "corpus"), [("lr-ablation", "ptb"), ("pretraining", "yelp"), ("dialog", "swda")]
)
def test_reproduce_names_the_command_and_that_says_what_it_needs(
    experiment, corpus, unvanish, tmp_path
):
    data = tmp_path / "my data"
    ended = unvanish("reproduce", experiment, "--data", data, "--out", tmp_path / "out")
    assert ended.status == 2
    told, command = ended.err.splitlines()[-1].split("by ", maxsplit=1)
    assert told.isspace()
    words = shlex.split(command)
    assert words[:3] == ["unvanish", "prepare", corpus]
    assert words[-2:] == ["--data", str(data)]
    ended = unvanish("prepare", corpus, *words[-2:])
    assert ended.status == 2
    assert ended.err.splitlines()[-1] == f"  by {command}"
    assert f"unvanish: {words[3]} does not exist" in unvanish(*words[1:]).err


def test_a_corpus_that_is_none_is_told_in_a_line(refused, tmp_path):
    assert "did you mean 'swda'" in refused("prepare", "swad", "--data", tmp_path)
    assert "--data" in refused("prepare", "yelp")
