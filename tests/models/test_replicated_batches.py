"""Gradients of several models on changing batches against those of every model alone."""

import dataclasses

import pytest
import torch

from unvanish.config import ModelConfig, RecurrentDecoderConfig, RecurrentEncoderConfig
from unvanish.models import TextVAE
from unvanish.models.replicated_batches import ReplicatedBatches
from unvanish.models.replicated_pass import Masks
from unvanish.nn import KeyedNoise, drawing_from

VOCABULARY = 9
CONFIG = ModelConfig(
    encoder=RecurrentEncoderConfig(embedding_size=3, hidden_size=7, layers=2),
    decoder=RecurrentDecoderConfig(
        embedding_size=4, hidden_size=5, layers=2, input_dropout=0.3, output_dropout=0.4
    ),
    latent_size=2,
    initial_range=0.5,
)
BETAS = torch.tensor([1.0, 0.3, 0.0], dtype=torch.float64)


def make_models(config=CONFIG):
    torch.manual_seed(0)
    return [TextVAE(config, vocabulary_size=VOCABULARY).double() for _ in BETAS]


def make_batch(lengths, seed=1):
    lengths = torch.tensor(lengths)
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(4, VOCABULARY, (len(lengths), int(lengths.max())), generator=generator)
    tokens[torch.arange(tokens.shape[1]) >= lengths.unsqueeze(1)] = 0
    return tokens, lengths, KeyedNoise.of(seed, 5, torch.arange(len(lengths)))


def masks_of(noise, time, config=CONFIG):
    decoder = config.decoder
    sizes = {"input": decoder.embedding_size, "output": decoder.hidden_size}
    drops = {"input": decoder.input_dropout, "output": decoder.output_dropout}
    return Masks(
        *(
            noise.kept(f"decoder.{at}_dropout", (time - 1, size), drops[at]).double()
            / (1 - drops[at])
            for at, size in sizes.items()
        )
    )


def gradients_alone(model, beta, batch):
    tokens, lengths, noise = batch
    model.zero_grad()
    with drawing_from(model.train(), noise):
        forward_pass = model(tokens, lengths, noise.normal("z", 2).double())
    rec = forward_pass.token_losses.sum(-1)
    kl = forward_pass.posterior.kl(forward_pass.prior)
    (rec + beta * kl).mean().backward()
    return rec, kl, {name: p.grad.clone() for name, p in model.named_parameters()}


def assert_as_alone(replicas, batch):
    tokens, lengths, noise = batch
    alone = [gradients_alone(*each, batch) for each in zip(replicas.models, BETAS, strict=True)]
    masks = masks_of(noise, tokens.shape[1])
    z = noise.normal("z", 2).double()
    found = replicas.gradients(tokens, lengths, z, BETAS, masks)
    for k, (rec, kl, grads) in enumerate(alone):
        torch.testing.assert_close(found.rec[k], rec, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(found.kl[k], kl, rtol=1e-12, atol=1e-12)
        for name, parameter in replicas.models[k].named_parameters():
            torch.testing.assert_close(parameter.grad, grads[name], rtol=1e-12, atol=1e-12)


def test_batches_of_any_size_give_what_every_model_gives_alone():
    replicas = ReplicatedBatches(make_models())
    for seed, lengths in enumerate(
        ([5, 4, 5], [8, 7, 3, 2, 6], [4, 4, 4, 4, 4], [2, 6], [8, 8, 8, 8, 8], [3])
    ):
        assert_as_alone(replicas, make_batch(lengths, seed))


def numbers_of(replicas, batch, number):
    """Losses and gradients of one of the models, in 32 bits."""
    tokens, lengths, noise = batch
    masks = masks_of(noise, tokens.shape[1])
    masks = Masks(masks.inputs.float(), masks.outputs.float())
    betas = BETAS[: len(replicas.models)].float()
    found = replicas.gradients(tokens, lengths, noise.normal("z", 2), betas, masks)
    gradients = [parameter.grad for parameter in replicas.models[number].parameters()]
    return [each.clone() for each in (found.rec[number], found.kl[number], *gradients)]


@pytest.mark.parametrize("earlier", [[8] * 17, [30] * 4, [5, 4, 3], [2]])
def test_batches_before_do_not_change_a_bit(earlier):
    """Or else a run that goes on would not be the one that was never stopped."""
    batch = make_batch([5, 5, 4, 3])
    alone = numbers_of(ReplicatedBatches([m.float() for m in make_models()]), batch, 1)
    replicas = ReplicatedBatches([m.float() for m in make_models()])
    numbers_of(replicas, make_batch(earlier, seed=2), 1)
    again = numbers_of(replicas, batch, 1)
    assert all(torch.equal(one, other) for one, other in zip(again, alone, strict=True))


@pytest.mark.parametrize("models", [1, 2])
def test_models_beside_do_not_change_a_bit(models):
    """A run that is behind catches up alone; processes may be fewer when it goes on."""
    batch = make_batch([5, 5, 4, 3])
    found = [
        numbers_of(ReplicatedBatches([m.float() for m in make_models()][:n]), batch, models - 1)
        for n in (models, len(BETAS))
    ]
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_parameters_may_move_between_batches():
    replicas, batch = ReplicatedBatches(make_models()), make_batch([5, 4, 5])
    assert_as_alone(replicas, batch)
    with torch.no_grad():
        for model in replicas.models:
            for parameter in model.parameters():
                parameter.mul_(1.5)
    assert_as_alone(replicas, batch)


def test_dropout_matters():
    replicas = ReplicatedBatches(make_models())
    tokens, lengths, noise = make_batch([5, 4, 5])
    z, masks = noise.normal("z", 2).double(), masks_of(noise, 5)
    found = [
        replicas.gradients(tokens, lengths, z, BETAS, each).rec
        for each in (Masks(), masks, Masks(masks.inputs), Masks(None, masks.outputs))
    ]
    for k, one in enumerate(found):
        assert not any(torch.allclose(one, other) for other in found[:k])


def test_torch_functions_give_the_same_as_numpy_functions(monkeypatch):
    monkeypatch.setattr("unvanish.nn.replicated_buffers.on_processor", lambda device: False)
    assert_as_alone(ReplicatedBatches(make_models()), make_batch([8, 7, 3, 2, 6]))


def test_other_configurations_are_refused():
    gru = dataclasses.replace(CONFIG, encoder=dataclasses.replace(CONFIG.encoder, cell="gru"))
    with pytest.raises(ValueError, match="LSTM encoder"):
        ReplicatedBatches(make_models(gru))
