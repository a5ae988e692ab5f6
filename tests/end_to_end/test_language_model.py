"""The language model against text of known entropy."""

import math

import numpy as np
import pytest

from unvanish.config import Config, as_baseline, override
from unvanish.data import SyntheticText, load_corpora, load_corpus
from unvanish.evaluation import evaluate
from unvanish.training import train

SETTINGS = {
    "training.epochs": 12,
    "training.batch_size": 32,
    "training.precision": "fp32",
    "optimizer.learning_rate": 0.01,
    "model.decoder.embedding_size": 32,
    "model.decoder.hidden_size": 32,
    "model.decoder.input_dropout": 0.0,
    "model.decoder.output_dropout": 0.0,
}


@pytest.mark.slow
def test_no_model_is_better_than_the_entropy_and_a_trained_one_is_near(tmp_path):
    """Over all sentences there are, weighted by their probabilities, by Gibbs' inequality."""
    text = SyntheticText(n=3000, topics=1, choices=2)
    corpora = load_corpora(text.sentences())
    run = train(
        as_baseline(override(Config(), SETTINGS), "lm"), corpora, tmp_path / "lm", device="cpu"
    )
    every = sorted({sentence for _, sentence in text.support()})
    unknown = load_corpus(every, corpora.vocabulary).report.unknown_words
    assert unknown == 0
    p = np.exp([text.log_probability(sentence) for sentence in every])
    assert p.sum() == pytest.approx(1)
    untrained = run.model("last")
    for parameter in untrained.parameters():
        parameter.data.zero_()
    for model, most in ((run.in_use, 1.03), (untrained, math.inf)):
        measured = evaluate(model, load_corpus(every, corpora.vocabulary))
        assert not measured.kl.any()
        cross_entropy = float(p @ -measured.elbo)
        assert text.entropy < cross_entropy < most * text.entropy
