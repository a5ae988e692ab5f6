"""What was measured of a model is kept with it, and read back as it was."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from unvanish.config import UsageError
from unvanish.data import Corpus, Vocabulary, read_sentences
from unvanish.evaluation import LabelDraws, LabelledAccuracy
from unvanish.experiments.measurements import label_probes
from unvanish.experiments.measurements.label_probes import LabelProbes, Readings, Repetition
from unvanish.experiments.reproducing import Watcher
from unvanish.measures import summarize

pytest.importorskip("sklearn")

SAID = {"train": ("good", "bad", 30), "test": ("good", "bad", 10)}


@pytest.fixture
def probes(tmp_path):
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
    return LabelProbes(
        files,
        tmp_path / "accuracies",
        LabelDraws(counts=(20, 60), repeats=2),
        tuned_repeats=1,
        measure=True,
        device="cpu",
        watcher=Watcher(),
    )


def a_run(probes, path=None, text="ab"):
    """A run on these sentences."""
    read = {split: list(read_sentences(path)) for split, path in probes.files.items()}
    vocabulary = Vocabulary.build(sentence.text.split() for sentence in read["train"])
    corpus = {split: Corpus.from_sentences(some, vocabulary) for split, some in read.items()}
    return SimpleNamespace(
        path=path,
        vocabulary=vocabulary,
        corpora=SimpleNamespace(**corpus),
        results=lambda: {"corpus": {"sha256": text}},
    )


def without_measuring(probes):
    return replace(probes, measure=False)


def test_test_sentences_that_occur_in_training_are_known(probes):
    run = a_run(probes)
    assert without_measuring(probes).repetition(run) is None
    assert probes.repetition(run) == Repetition(seen=2, tested=20)
    assert without_measuring(probes).repetition(run) == Repetition(seen=2, tested=20)


def test_words_alone_are_measured_once_and_read_back(probes, monkeypatch):
    idle, run = without_measuring(probes), a_run(probes)
    assert idle.of_words(run, 3) is None
    found = probes.of_words(run, 3)
    assert [each.labelled for each in found.frozen] == [20, 60]
    assert found.frozen[-1].accuracy.mean == 1.0
    assert len(found.frozen[0].accuracy.values) == 2
    assert found.tuned == []
    monkeypatch.setattr(label_probes, "train_classifier", None)
    assert probes.of_words(run, 3) == idle.of_words(run, 3) == found
    assert idle.of_words(run, 4) is None  # of another seed
    with pytest.raises(UsageError, match="corpus"):
        idle.of_words(a_run(probes, text="another"), 3)


def test_what_stands_with_a_run_is_told_without_its_model(probes, tmp_path, monkeypatch):
    run = a_run(probes, tmp_path / "run")
    idle = without_measuring(probes)
    assert idle.of_run(run, 1) is None
    assert not run.path.exists()
    found = Readings(
        [LabelledAccuracy(20, summarize([0.5, 0.7]), summarize([0.4, 0.8]))],
        [LabelledAccuracy(20, summarize([0.9]))],
    )
    run.path.mkdir()
    monkeypatch.setattr(LabelProbes, "_read", lambda *_: found)
    assert probes.of_run(run, 1) == found
    monkeypatch.setattr(LabelProbes, "_read", None)
    assert idle.of_run(run, 1) == found
    more = replace(idle, tuned_repeats=2)
    with pytest.raises(UsageError, match="tuned_repeats"):
        more.of_run(run, 1)


@pytest.mark.parametrize("split", SAID)
def test_a_run_that_left_sentences_out_is_refused(probes, tmp_path, monkeypatch, split):
    """Labels are drawn by the line of the file: with lines missing they would be of others."""
    monkeypatch.setattr(label_probes, "load", lambda *_, **__: SimpleNamespace(in_use=None))
    run = a_run(probes, tmp_path / "run")
    shorter = list(read_sentences(probes.files[split]))[1:]
    setattr(run.corpora, split, Corpus.from_sentences(shorter, run.vocabulary))
    with pytest.raises(UsageError, match=rf"{split}\.tsv has sentences that .*run left out"):
        probes.of_run(run, 1)
    assert not (run.path / "accuracies.json").exists()


def test_progress_is_told_of_every_classifier(probes):
    told = []

    class Seeing(Watcher):
        def bar(self, title, total):
            told.append(total)
            return nullcontext(told.append)

    replace(probes, watcher=Seeing()).of_words(a_run(probes), 1)
    assert told == [4, 1, 2, 3, 4]
