import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from unvanish.config import DataConfig, UsageError
from unvanish.data import Vocabulary, load_corpora, load_corpus, read_corpora

TRAIN = """\
 the river <unk> in spring
 a boat went down the river N times
 the boat was <unk>
"""
VALID = " the boat went up\n"
TEST = " a <unk> river\n the N boats\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in [("train", TRAIN), ("valid", VALID), ("test", TEST)]:
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_prepared_splits_are_counted_as_the_paper_does(folder: Path) -> None:
    paths = [folder / f"{split}.txt" for split in ("train", "valid", "test")]
    corpora = load_corpora(*paths)
    types = set(TRAIN.split())
    assert len(corpora.vocabulary) == len(types) - 1 + 4
    pairs = [(corpora.train, TRAIN), (corpora.valid, VALID), (corpora.test, TEST)]
    for corpus, text in pairs:
        assert corpus.n_sentences == len(text.splitlines())
        assert corpus.n_tokens == len(text.split()) + len(text.splitlines())
    assert corpora.test.report.unknown_words == 2
    assert corpora.name == f"{folder.name}/train.txt"
    assert corpora.sha256 == load_corpora(*map(str, paths)).sha256
    assert corpora.sha256 != load_corpora(paths[0], paths[2], paths[1]).sha256


def test_only_what_is_missing_is_carved(folder: Path) -> None:
    lines = [f"line number {number}" for number in range(200)]
    given = folder / "test.txt"
    both, valid, test = (
        [len(corpora.train), len(corpora.valid), len(corpora.test)]
        for corpora in (
            load_corpora(lines),
            load_corpora(lines, test=given),
            load_corpora(lines, valid=given),
        )
    )
    assert sum(both) == sum(valid[:2]) == test[0] + test[2] == 200
    assert valid[2] == test[1] == 2
    assert 0 not in both + valid + test


def test_vocabulary_is_of_the_kept_train_sentences_alone() -> None:
    corpora = load_corpora(["a b", "a c d e"], ["x"], ["y"], max_words=3)
    assert corpora.vocabulary.words == ("a", "b")
    assert corpora.train.report.too_long == 1
    assert corpora.valid.report.unknown_words == 1
    assert load_corpora(["a a b"], ["x"], ["y"], max_vocabulary=1).vocabulary.words == ("a",)
    assert load_corpora(["a a b"], ["x"], ["y"], min_count=2).vocabulary.words == ("a",)


def test_iterables_are_read_once() -> None:
    corpora = load_corpora(iter(["a", "b"]), iter(["c"]), iter(["d"]), name="mine")
    assert (corpora.name, corpora.train.n_sentences) == ("mine", 2)
    assert load_corpora(["a"], ["b"], ["c"]).name == "sentences"


def test_a_vocabulary_that_exists_is_used() -> None:
    vocabulary = Vocabulary(("a",))
    corpora = load_corpora(["a b"], ["a"], ["b"], vocabulary=vocabulary)
    assert corpora.vocabulary == corpora.test.vocabulary == vocabulary
    assert load_corpus(["a b"], vocabulary, tokens=list).tokens.tolist() == [2, 4, 1, 1, 3]
    with pytest.raises(UsageError, match="a vocabulary was given"):
        load_corpora(["a"], ["a"], ["a"], vocabulary=vocabulary, min_count=2)


def test_names_are_short(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    assert load_corpora("../train.txt").name == "train.txt"
    monkeypatch.chdir(folder)
    assert load_corpora("train.txt").name == "train.txt"
    assert load_corpora(folder / "train.txt").name == f"{folder.name}/train.txt"


@pytest.mark.parametrize(
    ("sources", "options", "expected"),
    [
        (
            ["a b c"],
            {"valid": ["a"], "test": ["a"], "max_words": 2},
            "more than max_words=2",
        ),
        (["a"], {}, "sentences .1. to carve 3 splits"),
        ([], {}, "holds no sentences"),
        (["a"], {"valid": ["b"], "test": ["c d"], "max_words": 1}, "test. can be used"),
        (["a"], {"valid": "absent.txt", "test": ["b"]}, "absent.txt does not exist"),
        (["a"], {"valid": ["b"], "test": ["b"], "max_vocabulary": 0}, "at least 1"),
        (["a"], {"valid": ["b"], "test": ["b"], "max_words": 0}, "more than max_words=0"),
    ],
)
def test_wrong_input_is_told(sources: list[str], options: dict[str, object], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        load_corpora(sources, **options)


@pytest.mark.slow
def test_reading_needs_no_torch() -> None:
    code = (
        "import sys, unvanish.data as data; data.load_corpora(['a'], ['b'], ['c']);"
        "assert 'torch' not in sys.modules; data.Batch; assert 'torch' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_names_are_refused() -> None:
    import unvanish.data

    assert all(hasattr(unvanish.data, name) for name in unvanish.data.__all__)
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        getattr(unvanish.data, "absent")  # noqa: B009


def test_tokens_are_used_for_the_vocabulary_and_every_split() -> None:
    lines = ["CCl", "ClC"]
    corpora = load_corpora(lines, ["ClCl"], ["C C"], tokens="regex:Cl|C")
    assert corpora.vocabulary.words == ("C", "Cl")
    assert corpora.valid.tokens.tolist() == [2, 5, 5, 3]
    assert corpora.test.tokens.tolist() == [2, 4, 4, 3]
    assert corpora.tokens.spec == "regex:Cl|C"
    assert load_corpora(lines, lines, lines).tokens.spec == "whitespace"
    assert len(load_corpus(["CCl"], corpora.vocabulary, tokens=corpora.tokens)) == 1


def test_words_that_are_cut_off_are_not_in_the_vocabulary() -> None:
    options = {"max_words": 2, "too_long": "truncate"}
    corpora = load_corpora(["a b c", "d"], ["a b c"], ["a"], **options)
    assert corpora.vocabulary.words == ("a", "b", "d")
    assert (corpora.train.report.truncated, corpora.valid.report.truncated) == (1, 1)
    assert corpora.valid.tokens.tolist() == [2, 4, 5, 3]


def test_splits_do_not_depend_on_the_tokens() -> None:
    lines = [f"line number {number}" for number in range(100)]
    counts = [
        [split.n_sentences for split in (corpora.train, corpora.valid, corpora.test)]
        for corpora in (load_corpora(lines), load_corpora(lines, tokens="characters"))
    ]
    assert counts[0] == counts[1]


def test_a_pattern_that_matches_nothing_is_told() -> None:
    with pytest.raises(UsageError, match="tokens that match it"):
        load_corpora(["abc"], ["abc"], ["abc"], tokens="regex:X")


TEXTS = [f"the {thing} ran {where}" for thing in "abcdef" for where in ("up", "down", "by it")]
TEXTS += [f"{thing} ran" for thing in "abcdef"]


@pytest.mark.parametrize(
    "changes",
    [
        {"max_vocabulary": 3},
        {"min_count": 5},
        {"max_words": 4},
        {"max_words": 4, "too_long": "truncate"},
        {"tokens": "characters"},
    ],
)
def test_every_setting_counts_of_texts_as_of_files(changes: dict, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(TEXTS), encoding="utf-8")
    settings = DataConfig(**changes)
    expected = load_corpora(TEXTS, **asdict(settings))
    assert expected.sha256 != load_corpora(TEXTS).sha256
    for source in (TEXTS, str(tmp_path / "a.txt")):
        found = read_corpora(settings, {"train": source})
        assert (found.sha256, found.vocabulary) == (expected.sha256, expected.vocabulary)
