import pytest
import torch

from unvanish.config import Config, UsageError, override
from unvanish.data import load_corpora
from unvanish.generation import Decoding, SentenceWriter, generate_tokens
from unvanish.training import train


def test_the_mode_comes_back(trained):
    model = trained.model().train()
    writer = SentenceWriter(model, trained.vocabulary)
    writer.reconstruct(["the cat"])
    writer.sample(1)
    assert model.training
    with pytest.raises(TypeError):
        generate_tokens(model, None)
    assert model.training


def test_the_seed_decides_the_sample(trained):
    writer = SentenceWriter(trained.model(), trained.vocabulary)
    one, two, other = (writer.sample(6, seed=seed) for seed in (1, 1, 2))
    assert one == two != other
    assert len(one) == 6


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_batches_change_nothing(trained, temperature):
    """What is written for a sentence does not depend on those written with it."""
    writer = SentenceWriter(trained.model(), trained.vocabulary)
    decoding = Decoding("sampling", temperature=temperature, max_words=6)
    texts = ["the cat sees", "the dog likes the cow", "the hen hears the", "a fox"] * 3
    calls = [
        lambda size: writer.sample(12, decoding, batch_size=size),
        lambda size: writer.reconstruct(texts, decoding, use_mean=False, batch_size=size),
    ]
    for call in calls:
        assert call(1) == call(5) == call(12)


@pytest.mark.parametrize("sentences", [[], ["a cat", "  "]])
def test_nothing_to_reconstruct_is_told(trained, sentences):
    with pytest.raises(UsageError, match=r"no sentences|sentence 2 has no words"):
        SentenceWriter(trained.model(), trained.vocabulary).reconstruct(sentences)


@pytest.mark.slow
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
    writer = SentenceWriter(run.model(), run.vocabulary)
    assert writer.reconstruct(sentences, batch_size=2) == sentences
    blind = run.model()
    for parameter in blind.posterior.mean.parameters():
        torch.nn.init.zeros_(parameter)
    assert SentenceWriter(blind, run.vocabulary).reconstruct(sentences) != sentences
