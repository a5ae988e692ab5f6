"""What words alone tell is measured once a seed, kept, and read back as it was."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from unvanish.config import Config, UsageError, override
from unvanish.evaluation import LabelDraws
from unvanish.experiments.measurements import words_alone
from unvanish.experiments.measurements.words_alone import Repetition, WordsAlone
from unvanish.experiments.reproducing import Watcher

pytest.importorskip("sklearn")

SAID = {"train": ("good", "bad", 30), "valid": ("good", "bad", 2), "test": ("good", "bad", 10)}


@pytest.fixture
def words(tmp_path):
    """Sentences whose sentiment is one word, every other one; two of the test are in training."""
    files = {}
    for split, (*words, half) in SAID.items():
        lines = [
            f"{k}\tthe thing {n} is {word}" for k, word in enumerate(words) for n in range(half)
        ]
        files[split] = str(tmp_path / f"{split}.tsv")
        if split == "test":
            lines = [line.replace("thing", "food") for line in lines[:-2]] + lines[-2:]
        (tmp_path / f"{split}.tsv").write_text("\n".join(lines) + "\n")
    return WordsAlone(
        files,
        tmp_path / "accuracies",
        LabelDraws(counts=(20, 60), repeats=2),
        measure=True,
        watcher=Watcher(),
    )


def a_run(text="ab"):
    """A run of which results and settings are left, but no words."""
    return SimpleNamespace(config=Config(), results=lambda: {"corpus": {"sha256": text}})


def without_measuring(words):
    return replace(words, measure=False)


def test_test_sentences_that_occur_in_training_are_known(words):
    run = a_run()
    assert without_measuring(words).repetition(run) is None
    assert words.repetition(run) == Repetition(seen=2, tested=20)
    assert without_measuring(words).repetition(run) == Repetition(seen=2, tested=20)


def test_words_alone_are_measured_once_and_read_back(words, monkeypatch):
    idle, run = without_measuring(words), a_run()
    assert idle.readings(run, 3) is None
    found = words.readings(run, 3)
    assert [each.labelled for each in found.frozen] == [20, 60]
    assert found.frozen[-1].accuracy.mean == 1.0
    assert len(found.frozen[0].accuracy.values) == 2
    assert found.tuned == []
    monkeypatch.setattr(words_alone, "train_classifier", None)
    assert words.readings(run, 3) == idle.readings(run, 3) == found
    assert idle.readings(run, 4) is None  # of another seed
    with pytest.raises(UsageError, match="corpus"):
        idle.readings(a_run("another"), 3)


def test_words_are_cut_as_the_run_cuts_them(words):
    """Of characters alone the two sentiments are told apart too, as the words share few."""
    characters = SimpleNamespace(
        config=override(Config(), {"data.tokens": "characters"}), results=a_run().results
    )
    assert words.readings(characters, 3).frozen[-1].accuracy.mean == 1.0


def test_text_of_which_sentences_are_left_out_is_refused(words):
    with Path(words.files["train"]).open("a") as file:
        file.write("1\tthe thing is bad and far too long\n")
    short = SimpleNamespace(
        config=override(Config(), {"data.max_words": 5}), results=a_run().results
    )
    with pytest.raises(UsageError, match="has 61 sentences, of which 60 were read"):
        words.readings(short, 3)


def test_progress_is_told_of_every_classifier(words):
    told = []

    class Seeing(Watcher):
        def bar(self, title, total):
            told.append(total)
            return nullcontext(told.append)

    replace(words, watcher=Seeing()).readings(a_run(), 1)
    assert told == [4, 1, 2, 3, 4]
