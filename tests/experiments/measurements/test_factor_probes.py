"""What a classifier reads out of vectors that hold a factor, or nothing."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from unvanish.config import UsageError
from unvanish.data import Corpus, SyntheticText, Vocabulary
from unvanish.data.synthetic import FACTORS
from unvanish.experiments.measurements import factor_probes
from unvanish.experiments.measurements.factor_probes import probe_factors
from unvanish.experiments.reproducing import Request, TextRuns, Watcher

TEXT = SyntheticText(n=1_600)
SENTENCES, SAID = TEXT.sentences(), [factors for factors, _ in TEXT.draw()]
GUESSING = {name: 1 / len(values) for name, values in FACTORS.items()}


@dataclass
class Told:
    """A run whose vectors are one of the factors, or noise."""

    path: Path
    factor: str | None

    @property
    def corpora(self):
        vocabulary = Vocabulary.build(sentence.text.split() for sentence in SENTENCES)
        train, test = (
            Corpus.from_sentences(part, vocabulary)
            for part in (SENTENCES[:1_000], SENTENCES[1_000:])
        )
        return SimpleNamespace(train=train, test=test)

    def posteriors(self, corpus):
        said = SAID[:1_000] if len(corpus) == 1_000 else SAID[1_000:]
        noise = np.random.default_rng(len(corpus)).standard_normal((len(corpus), 8))
        if self.factor is not None:
            values = FACTORS[self.factor]
            for row, factors in zip(noise, said, strict=True):
                row[values.index(getattr(factors, self.factor))] += 12
        return SimpleNamespace(mean=torch.from_numpy(noise))


@pytest.mark.parametrize("factor", [None, *FACTORS])
def test_the_factor_that_vectors_hold_is_found_and_no_other(factor, tmp_path):
    runs = TextRuns((), {"a": {7: Told(tmp_path, factor)}})
    found = probe_factors(runs, Request(tmp_path), Watcher()).spreads("a")
    for name, spread in found.items():
        expected = 1.0 if name == factor else GUESSING[name]
        assert spread.mean == pytest.approx(expected, abs=0.001 if name == factor else 0.09), name
    assert probe_factors(runs, Request(tmp_path), Watcher()).spreads("b") == {}


def test_what_was_measured_is_kept_and_nothing_is_measured_where_nothing_is_trained(tmp_path):
    runs = TextRuns((), {"a": {7: Told(tmp_path, "mood")}})
    idle = Request(tmp_path, train=False)
    assert probe_factors(runs, idle, Watcher()).spreads("a") == {}
    measured = probe_factors(runs, Request(tmp_path), Watcher())
    runs.runs["a"][7].factor = None
    assert probe_factors(runs, idle, Watcher()) == measured


def test_learnt_from_others_it_is_measured_again(tmp_path, monkeypatch):
    runs = TextRuns((), {"a": {7: Told(tmp_path, None)}})
    (tmp_path / "factors.json").write_text('{"topic": 1, "mood": 1, "tense": 1, "number": 1}')
    first = probe_factors(runs, Request(tmp_path), Watcher())
    assert first.found["a"][7]["topic"] < 0.5
    monkeypatch.setattr(factor_probes, "_LABELLED", 40)
    with pytest.raises(UsageError, match="labelled: 500, now 40"):
        probe_factors(runs, Request(tmp_path, train=False), Watcher())
    assert probe_factors(runs, Request(tmp_path), Watcher()) != first
