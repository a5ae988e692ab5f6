from types import SimpleNamespace

import pytest
import torch

from unvanish.config import UsageError, to_dict
from unvanish.training import peak_memory
from unvanish.training.contract import contract, measured


def summed(model, split, between):
    """An evaluation that is easy to check, and asks whether it should end."""
    between()
    return SimpleNamespace(summary=lambda: {"elbo": model + split})


def found(made, best, evaluate=summed):
    splits = {"valid": 1.0, "test": 2.0}
    return {
        name: figures for name, _, figures in measured(made.state, 10.0, best, splits, evaluate)
    }


def test_the_best_is_measured_where_it_is_another(tiny):
    made = tiny()
    for elbo in (-9.0, -7.0, -8.0):
        made.state.progress.end_round({"elbo": elbo})
    assert found(made, lambda: 20.0) == {
        "valid": {"last": {"elbo": 11.0}, "best": {"elbo": 21.0, "round": 2}},
        "test": {"last": {"elbo": 12.0}, "best": {"elbo": 22.0, "round": 2}},
    }


def test_where_the_last_is_the_best_nothing_is_measured_twice(tiny):
    made, seen = tiny(), []
    made.state.progress.end_round({"elbo": -9.0})

    def noted(model, split, between):
        seen.append((model, split))
        return summed(model, split, between)

    figures = found(made, pytest.fail, noted)
    assert figures["test"] == {"last": {"elbo": 12.0}, "best": {"elbo": 12.0, "round": 1}}
    assert seen == [(10.0, 1.0), (10.0, 2.0)]


def test_figures_that_are_no_numbers_are_refused(tiny):
    made = tiny()
    for elbo in (-7.0, -8.0):
        made.state.progress.end_round({"elbo": elbo})
    with pytest.raises(UsageError, match="elbo is inf"):
        found(made, lambda: float("inf"))


def test_the_contract_is_that_of_every_run(tiny, small):
    made = tiny()
    made.trainer.train()
    course, progress = made.trainer.course, made.state.progress
    results = contract(small, course, progress, corpus={"sha256": "a"}, splits={}, more=1)
    assert results.pop("training") == {
        **progress.summary(),
        "peak_memory_mb": pytest.approx(peak_memory(torch.device("cpu")), rel=0.5),
    }
    assert results == {
        "format": 1,
        "name": "tiny",
        "config": to_dict(small),
        "seed": 1,
        "more": 1,
        "corpus": {"sha256": "a"},
        "splits": {},
        "environment": {"torch": "some"},
    }
