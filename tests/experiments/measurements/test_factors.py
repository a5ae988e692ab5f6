"""What a classifier reads out of vectors that hold a factor, or nothing."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from unvanish.config import Config, UsageError
from unvanish.data import Corpus, SyntheticText, Vocabulary
from unvanish.data.synthetic import FACTORS
from unvanish.experiments.measurements.factors import FactorProbe, FactorProbes
from unvanish.experiments.reproducing import TextRuns

TEXT = SyntheticText(n=1_600)
SENTENCES, SAID = TEXT.sentences(), [factors for factors, _ in TEXT.draw()]
GUESSING = {name: 1 / len(values) for name, values in FACTORS.items()}


@dataclass
class Told:
    """A run whose vectors are one of the factors, or noise."""

    path: Path
    factor: str | None
    config = Config()

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


PROBE = FactorProbe()


def measured(run, probe=PROBE):
    """Have it measured as after training, and take what is kept."""
    kept = probe.kept(run)
    kept.write(probe.measure(run, lambda done: None))
    return FactorProbes(TextRuns((), {"a": {7: run}}).measured(probe))


@pytest.mark.parametrize("factor", [None, *FACTORS])
def test_the_factor_that_vectors_hold_is_found_and_no_other(factor, tmp_path):
    found = measured(Told(tmp_path, factor))
    for name, spread in found.spreads("a").items():
        expected = 1.0 if name == factor else GUESSING[name]
        assert spread.mean == pytest.approx(expected, abs=0.001 if name == factor else 0.09), name
    assert found.spreads("b") == {}


def test_a_run_that_was_not_probed_is_absent(tmp_path):
    runs = TextRuns((), {"a": {7: Told(tmp_path, "mood")}})
    assert FactorProbes(runs.measured(FactorProbe())).spreads("a") == {}


def test_what_was_learnt_from_other_sentences_is_not_taken_for_it(tmp_path):
    run = Told(tmp_path, "mood")
    many = measured(run)
    with pytest.raises(UsageError, match="labelled: 500, now 40"):
        TextRuns((), {"a": {7: run}}).measured(FactorProbe(labelled=40))
    assert measured(run, FactorProbe(labelled=40)) != many
