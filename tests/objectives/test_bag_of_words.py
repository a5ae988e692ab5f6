import math

import pytest
import torch

from unvanish.nn import DiagonalGaussian
from unvanish.objectives import BagOfWords, ConditionalForwardPass, ForwardPass, Objective

TARGETS = torch.tensor([[4, 4, 3, 0], [5, 3, 0, 0]])


def forward_pass(told, targets=TARGETS):
    gaussian = DiagonalGaussian(torch.zeros(2, 1), torch.zeros(2, 1))
    return ConditionalForwardPass(
        posterior=gaussian,
        prior=gaussian,
        z=torch.zeros(2, 1),
        token_losses=torch.zeros(targets.shape),
        told=told,
        targets=targets,
        mask=targets != 0,
    )


def test_is_the_sum_over_a_multiset_of_words():
    torch.manual_seed(1)
    term, told = BagOfWords(features_size=3, hidden_size=5, vocabulary_size=6), torch.randn(2, 3)
    found = term(forward_pass(told))
    for row, words in enumerate(([4, 4, 3], [5, 3])):
        logits = term.output(torch.tanh(term.hidden(told[row]))).tolist()
        whole = math.log(sum(math.exp(x) for x in logits))
        assert float(found[row].detach()) == pytest.approx(sum(whole - logits[w] for w in words))


def test_knows_nothing_of_order_and_padding():
    term, told = BagOfWords(features_size=3, hidden_size=5, vocabulary_size=6), torch.randn(2, 3)
    turned = torch.tensor([[3, 4, 4, 0, 0], [3, 5, 0, 0, 0]])
    torch.testing.assert_close(term(forward_pass(told)), term(forward_pass(told, turned)))


def test_equal_logits_cost_ln_vocabulary_a_word():
    term = BagOfWords(features_size=3, hidden_size=5, vocabulary_size=6)
    torch.nn.init.zeros_(term.output.weight)
    found = term(forward_pass(torch.randn(2, 3)))
    assert found.tolist() == pytest.approx([3 * math.log(6), 2 * math.log(6)])


def test_its_parameters_are_the_objectives_and_learn():
    objective = Objective([(BagOfWords(features_size=3, hidden_size=5, vocabulary_size=6), 1.0)])
    told = torch.randn(2, 3)
    optimizer = torch.optim.Adam(objective.parameters(), lr=0.05)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = objective(forward_pass(told), 0)
        loss.total.backward()
        optimizer.step()
        losses.append(float(loss.total.detach()))
    # the best of one distribution for all words of a sentence is their entropy, times their number
    best = (3 * -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)) + 2 * math.log(2)) / 2
    assert best < losses[-1] < best + 0.3 < losses[0]


def test_refuses_a_pass_that_tells_nothing():
    term = BagOfWords(features_size=3, hidden_size=5, vocabulary_size=6)
    whole = forward_pass(torch.zeros(2, 3))
    plain = ForwardPass(whole.posterior, whole.prior, whole.z, whole.token_losses)
    with pytest.raises(TypeError, match="needs a ConditionalForwardPass"):
        term(plain)
