import numpy as np
import pytest
import torch

from unvanish.config import override
from unvanish.data import load_corpora
from unvanish.evaluation import evaluate
from unvanish.runs import Run
from unvanish.training.preparation import prepare
from unvanish.training.validation import TextValidation


@pytest.fixture
def make(corpus, small, tmp_path):
    def build(**changes):
        config = override(small, {"training.epochs": 6, **changes})
        corpora = load_corpora(corpus)
        prepared = prepare(config, corpora, "cpu")
        run = Run.create(tmp_path / f"run{len(changes)}", config, corpora.vocabulary)
        made = TextValidation(
            config, prepared.model, corpora.valid, run=run, course=prepared.course
        )
        return made, prepared, run

    return build


def test_the_figures_are_those_of_an_evaluation(make):
    made, prepared, run = make(**{"model.initial_range": 0.8})
    calls = []
    found = made.validate(3, beta=1.0, between=lambda: calls.append(1))
    expected = evaluate(prepared.model, prepared.corpora.valid, seed=1)
    assert found.figures == expected.summary()
    assert found.beside == {"information": expected.information().low.value}
    assert calls
    found.keep()
    assert list((run.path / "latent").iterdir()) == [run.path / "latent" / "epoch-0003.npz"]
    kept = np.load(run.path / "latent" / "epoch-0003.npz")
    assert kept["mean"] == pytest.approx(expected.mean[kept["indices"]], abs=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"model.posterior.kind": "prior", "model.decoder.latent_enters": []},
        {"model.posterior.kind": "point"},
    ],
    ids=["language model", "autoencoder"],
)
def test_where_there_is_no_kl_nothing_is_warned_of(make, changes):
    made, *_ = make(**changes)
    assert made.validate(1, beta=1.0, between=lambda: None).warning is None
    assert [made.watch(0.0, beta=1.0) for _ in range(50)] == [None] * 50


def test_a_kl_that_vanishes_is_told_and_that_is_remembered(make):
    made, *_ = make()
    kls = [3.0, *[1e-9] * 30]
    warnings = [made.watch(kl, beta=1.0) for kl in kls]
    assert sum(warning is not None for warning in warnings) == 1
    first = next(n for n, warning in enumerate(warnings) if warning)
    half, other = make(name="a")[0], make(name="b", seed=1)[0]
    for kl in kls[:first]:
        assert half.watch(kl, beta=1.0) is None
    other.restore({**half.state(), "more": 1})
    assert other.watch(kls[first], beta=1.0) == warnings[first]


@pytest.mark.parametrize("patience", [1, 2])
def test_it_ends_when_nothing_is_gained_once_beta_rests(make, patience):
    """Beta moves through the first half of six epochs, which do not count."""
    made, *_ = make(**{"objective.beta": "monotonic:0.5", "training.patience": patience})
    ended = [made.ends(n, {"elbo": -1.0}, better=False) for n in range(1, 7)]
    assert ended.index(True) == 3 + patience - 1
    assert made.state()["waited"] >= patience


def test_evaluating_changes_nothing(make):
    made, prepared, _ = make()
    before = {name: value.clone() for name, value in prepared.model.state_dict().items()}
    drawn = torch.get_rng_state()
    made.validate(1, beta=1.0, between=lambda: None)
    assert torch.equal(torch.get_rng_state(), drawn)
    for name, value in prepared.model.state_dict().items():
        assert torch.equal(value, before[name])
