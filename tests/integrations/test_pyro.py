"""Schedules in SVI of Pyro, as in ``examples/pyro_vae.py``."""

import runpy
from pathlib import Path

import pytest
import torch

from unvanish import Constant, Cyclical

pyro = pytest.importorskip("pyro")

EXAMPLE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "pyro_vae.py"))
SEQUENCES = EXAMPLE["SEQUENCES"]
SCHEDULE = Cyclical(12, n_cycles=3).clamp(1e-9, 1.0)
ELBO = pyro.infer.TraceMeanField_ELBO


@pytest.fixture(autouse=True)
def _fresh():
    pyro.clear_param_store()
    pyro.set_rng_seed(0)


def by_hand(vae, beta, seed):
    """rec + beta * kl, the z drawn as Pyro draws it."""
    torch.manual_seed(seed)
    posterior = vae.posterior(SEQUENCES)
    z = posterior.rsample()
    logits = vae.logits(SEQUENCES, z)
    rec = torch.nn.functional.binary_cross_entropy_with_logits(logits, SEQUENCES, reduction="sum")
    mean, scale = posterior.base_dist.loc, posterior.base_dist.scale
    kl = 0.5 * (mean.square() + scale.square() - 1 - 2 * scale.log()).sum()
    return (rec + beta * kl).item()


def steps(schedule, count=12):
    """Pyro's loss at every step, and the one by hand."""
    vae = EXAMPLE["VAE"]()
    optimizer = pyro.optim.Adam({"lr": 0.1})
    svi = pyro.infer.SVI(vae.model, vae.guide, optimizer, loss=ELBO())
    for step in range(count):
        expected = by_hand(vae, schedule(step), step)
        torch.manual_seed(step)
        yield svi.step(SEQUENCES, beta=schedule(step)), expected


def test_the_loss_has_the_weight_of_its_step():
    for loss, expected in steps(SCHEDULE):
        assert loss == pytest.approx(expected, rel=1e-5)


def test_another_weight_would_show():
    vae = EXAMPLE["VAE"]()
    assert by_hand(vae, 0.5, 0) != pytest.approx(by_hand(vae, 0.75, 0), rel=1e-5)


def test_pyro_refuses_a_weight_of_zero():
    with pytest.raises(ValueError, match="scale > 0"):
        next(steps(Constant(0.0)))


def train(tmp_path, stop=None):
    """Train 12 steps, or stop, save and go on with new objects: weights and losses."""
    losses = []
    for part in (range(12),) if stop is None else (range(stop), range(stop, 12)):
        pyro.clear_param_store()
        vae = EXAMPLE["VAE"]()
        optimizer = pyro.optim.Adam({"lr": 0.1})
        if part.start:
            pyro.get_param_store().load(tmp_path / "params")
            pyro.module("vae", vae, update_module_params=True)
            optimizer.load(tmp_path / "optimizer")
        svi = pyro.infer.SVI(vae.model, vae.guide, optimizer, loss=ELBO())
        for step in part:
            torch.manual_seed(step)
            losses.append(svi.step(SEQUENCES, beta=SCHEDULE(step)))
        pyro.get_param_store().save(tmp_path / "params")
        optimizer.save(tmp_path / "optimizer")
    return torch.cat([p.detach().flatten() for p in vae.parameters()]), losses


def test_resumed_it_is_as_if_nothing_had_been(tmp_path):
    pyro.set_rng_seed(0)
    weights, losses = train(tmp_path)
    pyro.set_rng_seed(0)
    resumed_weights, resumed_losses = train(tmp_path, stop=5)
    assert resumed_losses == losses
    assert torch.equal(resumed_weights, weights)
