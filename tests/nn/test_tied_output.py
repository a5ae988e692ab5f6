import copy

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from unvanish.config import RecurrentDecoderConfig
from unvanish.nn.decoders.recurrent import RecurrentDecoder
from unvanish.nn.tied_output import TiedOutput

Z = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
INPUTS = torch.randint(4, 11, (4, 6), generator=torch.Generator().manual_seed(2))


def decoder(**changes):
    sizes = {"embedding_size": 5, "hidden_size": 7, "input_dropout": 0, "output_dropout": 0}
    config = RecurrentDecoderConfig(**{**sizes, "tied": True, **changes})
    return RecurrentDecoder(config, vocabulary_size=11, latent_size=3)


def logits(model):
    return model.output(model(Z, INPUTS))


@pytest.mark.parametrize("enters", [(), ("inputs",), ("initial-state", "inputs", "output")])
def test_logits_are_states_times_a_matrix_times_the_table(enters):
    model = decoder(latent_enters=enters)
    table, beside = model.embedding.weight, Z.unsqueeze(1).expand(-1, 6, -1)
    words = F.embedding(INPUTS, table)
    read = torch.cat([words, beside], -1) if "inputs" in enters else words
    states, _ = model.layers(read, model.initial_state(Z))
    states = torch.cat([states, beside], -1) if "output" in enters else states
    expected = states @ model.projection.weight.T @ table.T + model.output.bias
    torch.testing.assert_close(logits(model), expected)


def test_the_table_has_the_gradients_of_both_its_uses():
    model = decoder()
    logits(model).square().sum().backward()
    both = model.embedding.weight.grad
    apart = decoder(tied=True)
    apart.load_state_dict(model.state_dict())
    copied = apart.embedding.weight.detach().clone().requires_grad_()
    F.linear(apart(Z, INPUTS), copied, apart.output.bias).square().sum().backward()
    torch.testing.assert_close(both, apart.embedding.weight.grad + copied.grad)
    assert copied.grad.abs().sum() > 0


def test_it_is_one_parameter_and_stays_one():
    model = decoder()
    names = dict(model.named_parameters())
    assert "embedding.weight" in names
    assert "output.weight" not in names
    for same in (copy.deepcopy(model), model.double()):
        assert same.output.weight is same.embedding.weight
        logits(same.float())
    plain = decoder(tied=False, embedding_size=7)
    count = sum(each.numel() for each in plain.parameters())
    tied = decoder(embedding_size=7)
    assert sum(each.numel() for each in tied.parameters()) == count - 7 * 11 + 7 * 7


@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.SGD])
def test_an_optimizer_moves_it_once(optimizer):
    options = {"fused": True} if optimizer is torch.optim.Adam else {}
    model = decoder()
    before = model.embedding.weight.detach().clone()
    moving = optimizer(model.parameters(), lr=0.01, **options)
    logits(model).square().sum().backward()
    moving.step()
    moved = (model.embedding.weight - before).abs()
    assert model.output.weight is model.embedding.weight
    assert len(moving.param_groups[0]["params"]) == len(list(model.parameters()))
    if optimizer is torch.optim.Adam:
        assert moved.max() <= 0.01 * 1.001
    else:
        torch.testing.assert_close(before - 0.01 * model.embedding.weight.grad, model.output.weight)


def test_a_file_holds_it_once_and_gives_it_back(tmp_path):
    model, other = decoder(), decoder()
    state = model.state_dict()
    assert "output.weight" not in state
    assert "output.bias" in state
    save_file(state, tmp_path / "tied.safetensors")
    assert not torch.allclose(logits(model), logits(other))
    other.load_state_dict(load_file(tmp_path / "tied.safetensors"))
    assert other.output.weight is other.embedding.weight
    torch.testing.assert_close(logits(model), logits(other), rtol=0, atol=0)


def test_what_does_not_fit_is_still_refused():
    state = decoder().state_dict()
    with pytest.raises(RuntimeError, match=r"Missing key.*output\.bias"):
        decoder().load_state_dict({k: v for k, v in state.items() if k != "output.bias"})
    with pytest.raises(RuntimeError, match=r"Unexpected key.*projection"):
        decoder(tied=False).load_state_dict(state)
    with pytest.raises(RuntimeError, match=r"Missing key.*embedding\.weight"):
        decoder().load_state_dict({k: v for k, v in state.items() if k != "embedding.weight"})


def test_alone_it_gives_the_likeness_to_each_word():
    embedding = torch.nn.Embedding(3, 2)
    with torch.no_grad():
        embedding.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    output = TiedOutput(embedding)
    with torch.no_grad():
        output.bias.copy_(torch.tensor([0.0, 0.5, 0.0]))
    assert output(torch.tensor([2.0, 3.0])).tolist() == [2.0, 3.5, 5.0]
