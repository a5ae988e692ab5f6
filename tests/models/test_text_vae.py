from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F

from unvanish.config import (
    Config,
    ModelConfig,
    PriorConfig,
    RecurrentDecoderConfig,
    as_baseline,
    override,
)
from unvanish.data import BOS, EOS, PAD
from unvanish.models import TextVAE
from unvanish.objectives import elbo_objective

SMALL = override(
    ModelConfig(),
    {
        "latent_size": 3,
        **{f"{part}.embedding_size": 5 for part in ("encoder", "decoder")},
        **{f"{part}.hidden_size": 7 for part in ("encoder", "decoder")},
        "decoder.input_dropout": 0.0,
        "decoder.output_dropout": 0.0,
        "initial_range": 0.5,
    },
)
WORDS = 11
SENTENCES = [[4, 5, 6, 7], [8], [9, 10, 4]]


def small(**changes):
    return TextVAE(override(SMALL, changes), vocabulary_size=WORDS)


def batch(sentences=SENTENCES):
    rows = [[BOS, *words, EOS] for words in sentences]
    lengths = torch.tensor([len(row) for row in rows])
    longest = int(lengths.max())
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]), lengths


def test_the_papers_model_has_its_number_of_parameters():
    model = TextVAE(ModelConfig(), vocabulary_size=10_002)
    assert sum(parameter.numel() for parameter in model.parameters()) == 8_801_874


def test_parameters_start_in_the_range():
    model = small(initial_range=0.1)
    values = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    assert values.abs().max() <= 0.1
    assert float(values.abs().mean()) == pytest.approx(0.05, rel=0.1)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(
    "enters",
    [(), ("initial-state",), ("inputs",), ("output",), ("initial-state", "inputs", "output")],
)
def test_losses_equal_a_loop_over_single_words(cell, layers, enters):
    """The reference reads one sentence and one word at a time, with no padding anywhere."""
    model = small(
        **{
            f"{part}.{name}": value
            for part in ("encoder", "decoder")
            for name, value in (("cell", cell), ("layers", layers))
        },
        **{"decoder.latent_enters": list(enters)},
    ).double()
    tokens, lengths = batch()
    noise = torch.randn(3, 3, dtype=torch.float64)
    forward_pass = model(tokens, lengths, noise)
    for row, words in enumerate(SENTENCES):
        sentence = [BOS, *words, EOS]
        losses, kl = loop_over_words(model, sentence, noise[row : row + 1], cell, layers, enters)
        measured = forward_pass.token_losses[row]
        torch.testing.assert_close(measured[: len(losses)], torch.stack(losses))
        assert torch.equal(
            measured[len(losses) :], torch.zeros(len(measured) - len(losses)).double()
        )
        torch.testing.assert_close(forward_pass.posterior.kl(forward_pass.prior)[row], kl)


def loop_over_words(model, sentence, noise, cell, layers, enters):
    state = None
    for word in sentence:
        vector = model.encoder.embedding.weight[word].view(1, 1, -1)
        out, state = model.encoder.layers(vector, state)
    feature = out[0, -1]
    mean, logvar = (layer(feature) for layer in (model.posterior.mean, model.posterior.logvar))
    kl = sum(0.5 * (m**2 + v.exp() - 1 - v) for m, v in zip(mean, logvar, strict=True))
    z = mean + torch.exp(logvar / 2) * noise[0]
    hidden = torch.zeros(layers, 1, 7).double()
    if "initial-state" in enters:
        hidden = model.decoder.initial(z).view(layers, 1, 7)
    state = (hidden, torch.zeros_like(hidden)) if cell == "lstm" else hidden
    losses = []
    for word, target in pairwise(sentence):
        vector = model.decoder.embedding.weight[word]
        if "inputs" in enters:
            vector = torch.cat([vector, z])
        out, state = model.decoder.layers(vector.view(1, 1, -1), state)
        read = torch.cat([out[0, 0], z]) if "output" in enters else out[0, 0]
        losses.append(-torch.log_softmax(model.decoder.output(read), 0)[target])
    return losses, kl


def test_padding_changes_nothing():
    model = small().double()
    tokens, lengths = batch()
    wider = F.pad(tokens, (0, 5), value=PAD)
    noise = torch.randn(3, 3, dtype=torch.float64)
    near, far = model(tokens, lengths, noise), model(wider, lengths, noise)
    torch.testing.assert_close(near.posterior.mean, far.posterior.mean)
    torch.testing.assert_close(near.token_losses.sum(1), far.token_losses.sum(1))


def test_gradients_reach_every_parameter():
    model = small(**{"decoder.latent_enters": ["initial-state", "inputs", "output"]})
    elbo_objective(1.0)(model(*batch()), 0).total.backward()
    reached = {
        name: bool(p.grad is not None and p.grad.abs().sum() > 0)
        for name, p in model.named_parameters()
    }
    assert all(reached.values()), reached


def test_dropout_acts_in_training_only():
    model = small(**{"decoder.input_dropout": 0.5})
    tokens, lengths = batch()
    noise = torch.zeros(3, 3)
    assert not torch.equal(
        model(tokens, lengths, noise).token_losses, model(tokens, lengths, noise).token_losses
    )
    model.eval()
    assert torch.equal(
        model(tokens, lengths, noise).token_losses, model(tokens, lengths, noise).token_losses
    )


def test_under_bf16_autocast_posterior_and_losses_stay_in_32_bits():
    model = small()
    with torch.autocast("cpu", torch.bfloat16):
        forward_pass = model(*batch(), torch.zeros(3, 3))
    assert forward_pass.posterior.logvar.dtype == torch.float32
    assert forward_pass.token_losses.dtype == torch.float32
    exact = model(*batch(), torch.zeros(3, 3))
    torch.testing.assert_close(forward_pass.token_losses, exact.token_losses, atol=0.05, rtol=0.05)


def test_a_decoder_without_z_ignores_it():
    model = TextVAE(
        replace(SMALL, decoder=replace(SMALL.decoder, latent_enters=())), vocabulary_size=WORDS
    )
    assert isinstance(model.config.decoder, RecurrentDecoderConfig)
    tokens, lengths = batch()
    losses = [model.decode(z, tokens, lengths) for z in (torch.zeros(3, 3), torch.ones(3, 3))]
    assert torch.equal(*losses)


def test_the_baseline_is_the_model_less_its_encoder_and_everything_of_z():
    """Of the paper's sizes: the parts are counted from their shapes."""
    words, embedding, hidden, latent = 10_002, 256, 256, 32
    vae = TextVAE(ModelConfig(), vocabulary_size=words)
    lm = TextVAE(as_baseline(Config(), "lm").model, vocabulary_size=words)
    encoder = words * embedding + 4 * hidden * (embedding + hidden + 2)
    posterior = 2 * (hidden + 1) * latent
    enters = (latent + 1) * hidden + 4 * hidden * latent
    sizes = [sum(parameter.numel() for parameter in model.parameters()) for model in (vae, lm)]
    assert sizes[1] == sizes[0] - encoder - posterior - enters
    assert {name.partition(".")[0] for name in lm.state_dict()} == {"decoder"}


@pytest.mark.parametrize("prior", sorted(PriorConfig.kinds))
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_baseline_is_a_language_model(prior, cell):
    """Its KL is 0 to the last bit, and its losses are those of a loop that has no z."""
    changes = {"model.prior.kind": prior, "model.decoder.cell": cell}
    config = override(Config(model=SMALL), changes)
    model = TextVAE(as_baseline(config, "lm").model, vocabulary_size=WORDS).double()
    made = model(*batch())
    assert made.z.dtype == torch.float64
    assert torch.equal(made.posterior.kl(made.prior), torch.zeros(3).double())
    assert torch.equal(made.posterior.log_prob(made.z), made.prior.log_prob(made.z))
    for row, words in enumerate(SENTENCES):
        sentence = torch.tensor([BOS, *words, EOS])
        states, _ = model.decoder.layers(model.decoder.embedding(sentence[:-1]))
        log_p = torch.log_softmax(model.decoder.output(states), -1)
        expected = -log_p.gather(1, sentence[1:, None]).sum()
        torch.testing.assert_close(made.token_losses[row].sum(), expected)


def test_the_baseline_learns_with_any_objective():
    model = TextVAE(as_baseline(Config(model=SMALL), "lm").model, vocabulary_size=WORDS)
    for free in (0.0, 0.5):
        elbo_objective(1.0, free=free)(model(*batch()), 0).total.backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
