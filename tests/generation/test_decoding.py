import pytest
import torch

from unvanish.config import Config, UsageError, override
from unvanish.data import BOS, EOS, PAD, load_corpora
from unvanish.generation import generate_tokens, reconstruct, sample
from unvanish.models import TextVAE
from unvanish.training import train


@pytest.fixture
def model(small):
    return TextVAE(override(small.model, {"initial_range": 1.0}), vocabulary_size=12).eval()


def test_greedy_takes_the_most_probable_word_each_time(model):
    z = torch.randn(5, 4)
    written = generate_tokens(model, z, max_words=8)
    for row in range(5):
        words = [BOS]
        while len(words) < 9 and words[-1] != EOS:
            features = model.decoder(z[row : row + 1], torch.tensor([words]))
            logits = model.decoder.output(features[0, -1])
            logits[[PAD, BOS]] = -torch.inf
            words.append(int(logits.argmax()))
        expected = (words[1:] + [EOS] * 9)[: written.shape[1]]
        assert written[row].tolist() == expected


def test_temperature_one_draws_as_probable_as_the_model_says(model):
    n = 20_000
    z = torch.randn(1, 4).expand(n, 4)
    generator = torch.Generator().manual_seed(0)
    first = generate_tokens(model, z, temperature=1.0, max_words=1, generator=generator)[:, 0]
    with torch.no_grad():
        logits = model.decoder.output(model.decoder(z[:1], torch.tensor([[BOS]]))[0, 0])
    logits[[PAD, BOS]] = -torch.inf
    frequencies = torch.bincount(first, minlength=12) / n
    torch.testing.assert_close(frequencies, torch.softmax(logits, 0), atol=0.015, rtol=0)


def test_padding_and_begin_are_never_written_and_ends_stay_ended(model):
    z = torch.randn(200, 4)
    written = generate_tokens(model, z, temperature=2.0, max_words=15)
    assert not torch.isin(written, torch.tensor([PAD, BOS])).any()
    ended = (written == EOS).long().cumsum(1) > 0
    assert (written[ended] == EOS).all()
    assert (written != EOS).sum(1).max() == 15
    assert (written[:, -1] == EOS).all()


def test_a_tiny_temperature_is_greedy(model):
    z = torch.randn(20, 4)
    tiny = generate_tokens(model, z, temperature=1e-40, max_words=8)
    assert torch.equal(tiny, generate_tokens(model, z, max_words=8))


def test_the_mode_comes_back(trained):
    model = trained.model().train()
    reconstruct(model, trained.vocabulary, ["the cat"])
    sample(model, trained.vocabulary, 1)
    assert model.training
    with pytest.raises(TypeError):
        generate_tokens(model, None)
    assert model.training


def test_the_seed_decides_the_sample(model, trained):
    vocabulary = trained.vocabulary
    model = trained.model()
    one, two, other = (sample(model, vocabulary, 6, seed=seed) for seed in (1, 1, 2))
    assert one == two != other
    assert len(one) == 6


@pytest.mark.parametrize(
    "arguments",
    [
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"max_words": 0},
    ],
)
def test_impossible_settings_are_refused(model, arguments):
    with pytest.raises(ValueError, match="not possible"):
        generate_tokens(model, torch.zeros(1, 4), **arguments)


@pytest.mark.parametrize("sentences", [[], ["a cat", "  "]])
def test_nothing_to_reconstruct_is_told(trained, sentences):
    with pytest.raises(UsageError, match="cannot reconstruct"):
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
