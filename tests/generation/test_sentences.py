import pytest
import torch

from unvanish.config import Config, UsageError, override
from unvanish.data import load_corpora
from unvanish.generation import Decoding, generate_tokens, reconstruct, sample
from unvanish.training import train


def test_the_mode_comes_back(trained):
    model = trained.model().train()
    reconstruct(model, trained.vocabulary, ["the cat"])
    sample(model, trained.vocabulary, 1)
    assert model.training
    with pytest.raises(TypeError):
        generate_tokens(model, None)
    assert model.training


def test_the_seed_decides_the_sample(trained):
    model, vocabulary = trained.model(), trained.vocabulary
    one, two, other = (sample(model, vocabulary, 6, seed=seed) for seed in (1, 1, 2))
    assert one == two != other
    assert len(one) == 6


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_batches_change_nothing(trained, temperature):
    """What is written for a sentence does not depend on those written with it."""
    model, vocabulary = trained.model(), trained.vocabulary
    settings = {"decoding": Decoding("sampling", temperature=temperature, max_words=6)}
    texts = ["the cat sees", "the dog likes the cow", "the hen hears the", "a fox"] * 3
    calls = [
        lambda size: sample(model, vocabulary, 12, batch_size=size, **settings),
        lambda size: reconstruct(
            model, vocabulary, texts, use_mean=False, batch_size=size, **settings
        ),
    ]
    for call in calls:
        assert call(1) == call(5) == call(12)


@pytest.mark.parametrize("sentences", [[], ["a cat", "  "]])
def test_nothing_to_reconstruct_is_told(trained, sentences):
    with pytest.raises(UsageError, match=r"no sentences|sentence 2 has no words"):
        reconstruct(trained.model(), trained.vocabulary, sentences)


def test_a_model_that_learnt_its_sentences_gives_them_back(tmp_path):
    """beta = 0 and a few sentences: an autoencoder, which must reconstruct; and in order."""
    sentences = ["a b c", "c b a", "b", "a a a a", "c c"]
    corpora = load_corpora(sentences, sentences, sentences)
    config = override(
        Config(),
        {
            "objective.beta": "constant:0",
            "training.epochs": 250,
            "training.precision": "fp32",
            "optimizer.learning_rate": 0.01,
            "model.decoder.input_dropout": 0.0,
            "model.decoder.output_dropout": 0.0,
            **{f"model.{part}.hidden_size": 32 for part in ("encoder", "decoder")},
        },
    )
    run = train(config, corpora, tmp_path / "run", device="cpu")
    assert reconstruct(run.model(), run.vocabulary, sentences, batch_size=2) == sentences
    blind = run.model()
    for parameter in blind.posterior.mean.parameters():
        torch.nn.init.zeros_(parameter)
    assert reconstruct(blind, run.vocabulary, sentences) != sentences
