"""Replicas trained side by side against the same models trained alone."""

import dataclasses

import pytest
import torch

from unvanish.config import ModelConfig, RecurrentDecoderConfig, RecurrentEncoderConfig
from unvanish.models import TextVAE
from unvanish.models.replicas import ReplicatedTextVAE, clip_gradients

VOCABULARY = 9
CONFIG = ModelConfig(
    encoder=RecurrentEncoderConfig(embedding_size=3, hidden_size=7, layers=2),
    decoder=RecurrentDecoderConfig(
        embedding_size=4, hidden_size=5, layers=3, input_dropout=0.0, output_dropout=0.0
    ),
    latent_size=2,
    initial_range=0.5,
)
LENGTHS = torch.tensor([8, 7, 3, 2, 6])


def make_models(count=3, *, config=CONFIG, dtype=torch.float64):
    torch.manual_seed(0)
    return [TextVAE(config, vocabulary_size=VOCABULARY).to(dtype) for _ in range(count)]


def make_batch(dtype=torch.float64, replicas=3):
    torch.manual_seed(1)
    tokens = torch.randint(4, VOCABULARY, (len(LENGTHS), 8))
    return tokens, torch.randn(replicas, len(LENGTHS), 2, dtype=dtype)


def losses(model, tokens, noise, lengths=LENGTHS):
    forward_pass = model(tokens, lengths, noise)
    return forward_pass.token_losses.sum(-1).mean(-1), forward_pass.posterior.kl(
        forward_pass.prior
    ).mean(-1)


def gradients_of(replicas, replica):
    """Give one replica's gradients under the names of its parameters."""
    holder = ReplicatedTextVAE(replicas.unstack())
    with torch.no_grad():
        holder.numbers.copy_(replicas.numbers.grad)
    return holder.unstack()[replica].state_dict()


def betas_of(dtype):
    return torch.tensor([1.0, 0.3, 0.0], dtype=dtype)


def assert_like_every_model_alone(replicas, models, batch, within, lengths=LENGTHS):
    tokens, noise = batch
    betas = betas_of(noise.dtype)
    together = replicas(tokens, lengths, noise, betas)
    for k, model in enumerate(models):
        model.zero_grad()
        rec, kl = losses(model, tokens, noise[k], lengths)
        (rec + betas[k] * kl).backward()
        torch.testing.assert_close(together.rec[k].mean(), rec, rtol=within, atol=within)
        torch.testing.assert_close(together.kl[k].mean(), kl, rtol=within, atol=within)
        gradients = gradients_of(replicas, k)
        for name, parameter in model.named_parameters():
            torch.testing.assert_close(gradients[name], parameter.grad, rtol=within, atol=within)


@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 2e-5)])
def test_losses_and_gradients_are_those_of_every_model_alone(dtype, within):
    models = make_models(dtype=dtype)
    assert_like_every_model_alone(ReplicatedTextVAE(models), models, make_batch(dtype), within)


def test_torch_functions_give_the_same_as_numpy_functions(monkeypatch):
    monkeypatch.setattr("unvanish.nn.replicated_buffers.on_processor", lambda device: False)
    models = make_models()
    assert_like_every_model_alone(ReplicatedTextVAE(models), models, make_batch(), 1e-12)


def test_batches_may_differ_from_call_to_call():
    models = make_models()
    replicas = ReplicatedTextVAE(models)
    (tokens, noise), others = make_batch(), torch.tensor([4, 3, 2, 3, 4])
    batches = [
        (tokens, noise, LENGTHS),
        (tokens, noise, LENGTHS.clamp(max=5)),
        (tokens[:, :4], noise, others),
        (tokens[[0, 0, 3]], noise[:, :3], LENGTHS[[0, 4, 3]]),
        (tokens, noise, LENGTHS),
    ]
    for tokens, noise, lengths in batches:
        assert_like_every_model_alone(replicas, models, (tokens, noise), 1e-12, lengths)


def test_training_together_is_training_alone():
    # In 64 bits: Adam enlarges the rounding of gradients that ought to be zero.
    models, betas = make_models(), betas_of(torch.float64)
    replicas = ReplicatedTextVAE(models)
    together = torch.optim.Adam([replicas.numbers], lr=3e-3, fused=True)
    alone = [torch.optim.Adam(model.parameters(), lr=3e-3) for model in models]
    tokens, _ = make_batch()
    generator = torch.Generator().manual_seed(2)
    for _ in range(20):
        noise = torch.randn(3, len(LENGTHS), 2, generator=generator, dtype=torch.float64)
        rec = replicas(tokens, LENGTHS, noise, betas).rec
        clip_gradients(replicas.numbers.grad, 1.0)
        together.step()
        for k, (model, optimizer) in enumerate(zip(models, alone, strict=True)):
            own_rec, own_kl = losses(model, tokens, noise[k])
            optimizer.zero_grad()
            (own_rec + betas[k] * own_kl).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            torch.testing.assert_close(rec[k].mean(), own_rec, rtol=1e-8, atol=1e-8)
    for model, unstacked in zip(models, replicas.unstack(), strict=True):
        for value, other in zip(model.parameters(), unstacked.parameters(), strict=True):
            torch.testing.assert_close(value, other, rtol=1e-6, atol=1e-6)


def test_unstack_gives_the_models_back_as_copies():
    models = make_models()
    replicas = ReplicatedTextVAE(models)
    for model, again in zip(models, replicas.unstack(), strict=True):
        assert again.config == model.config
        for name, value in model.state_dict().items():
            assert torch.equal(value, again.state_dict()[name])
    with torch.no_grad():
        replicas.unstack()[0].decoder.output.weight.add_(1)
    assert torch.equal(replicas.unstack()[0].decoder.output.weight, models[0].decoder.output.weight)


def test_unstack_leaves_the_random_numbers_of_others_alone():
    replicas = ReplicatedTextVAE(make_models())
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    replicas.unstack()
    assert torch.equal(torch.rand(3), expected)


def test_clipping_is_replica_by_replica():
    stacked = torch.randn(3, 13)
    stacked[1] *= 100
    alone = [torch.nn.Parameter(torch.zeros(13)) for _ in range(3)]
    for parameter, gradient in zip(alone, stacked, strict=True):
        parameter.grad = gradient.clone()
    expected = torch.stack([torch.nn.utils.clip_grad_norm_([p], 4.0) for p in alone])
    torch.testing.assert_close(clip_gradients(stacked, 4.0), expected)
    for parameter, gradient in zip(alone, stacked, strict=True):
        torch.testing.assert_close(gradient, parameter.grad)


@pytest.mark.parametrize(
    ("part", "changes", "message"),
    [
        ("encoder", {"cell": "gru"}, "LSTM encoder"),
        ("decoder", {"cell": "gru"}, "LSTM decoder"),
        ("decoder", {"tied": True}, "of its own"),
        ("decoder", {"latent_enters": ("inputs",)}, "latent_enters"),
        ("decoder", {"input_dropout": 0.5}, "input_dropout"),
        ("decoder", {"output_dropout": 0.5}, "output_dropout"),
    ],
)
def test_other_configurations_are_refused(part, changes, message):
    changed = dataclasses.replace(getattr(CONFIG, part), **changes)
    config = dataclasses.replace(CONFIG, **{part: changed})
    with pytest.raises(ValueError, match=message):
        ReplicatedTextVAE(make_models(1, config=config))


def test_models_must_be_there_and_of_one_shape():
    with pytest.raises(ValueError, match="at least one"):
        ReplicatedTextVAE([])
    other = dataclasses.replace(CONFIG, latent_size=3)
    with pytest.raises(ValueError, match="differ"):
        ReplicatedTextVAE([*make_models(1), *make_models(1, config=other)])
