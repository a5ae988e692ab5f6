"""The monitor of collapse in Lightning's own trainer."""

import warnings

import pytest
import torch

from unvanish import Constant, Monotonic
from unvanish.measures import CollapseWatch, active_units, mutual_information, rate

pytest.importorskip("lightning.pytorch")

from unvanish.integrations.lightning import CollapseMonitor, KLAnnealing

from .models import (
    AS_LIGHTNING_IS,
    SCHEDULE,
    Evaluated,
    batches,
    fit,
    held_out,
    saving,
)

pytestmark = AS_LIGHTNING_IS

MEASURES = ("kl", "information", "active_units")


def of_all_batches(model):
    with torch.no_grad():
        mean, logvar = model.posterior(torch.cat(batches()))
    return mean, logvar


@pytest.mark.parametrize("posterior", [None, lambda module, batch: module.posterior(batch)])
def test_the_monitor_measures_the_posteriors(posterior):
    monitor = CollapseMonitor(posterior, threshold=0.05)
    model = fit(KLAnnealing(SCHEDULE), monitor, model=Evaluated(), validation=held_out())
    mean, logvar = of_all_batches(model)
    per_dimension = rate(mean, logvar).mean(axis=0)
    assert monitor.kl_per_dimension == pytest.approx(per_dimension, rel=1e-5)
    logged = model.trainer.logged_metrics
    assert float(logged["collapse/kl"]) == pytest.approx(per_dimension.sum(), rel=1e-5)
    assert float(logged["collapse/active_units"]) == active_units(mean, 0.05)
    told = mutual_information(mean, logvar, samples=2)
    assert float(logged["collapse/information"]) == pytest.approx(told.low.value, rel=1e-3)


def test_several_monitors():
    monitors = CollapseMonitor(), CollapseMonitor(threshold=1e-9, prefix="any/")
    logged = fit(*monitors, model=Evaluated(), validation=held_out()).trainer.logged_metrics
    names = {f"{prefix}/{name}" for prefix in ("any", "collapse") for name in MEASURES}
    assert set(logged) == names


class Dead(Evaluated):
    def posterior(self, x):
        return 0.0 * self.layer(x)[:, :2], 0.0 * self.layer(x)[:, 2:]


def test_the_monitor_warns_once_when_the_latent_variable_is_dying():
    monitor = CollapseMonitor(watch=CollapseWatch(patience=2, grace=1))
    settings = {"validation": held_out(), "max_epochs": 6, "model": Dead()}
    with pytest.warns(UserWarning, match=r"collapsing: kl = 0.000 .* at beta = 1\.00") as told:
        fit(monitor, KLAnnealing(Monotonic(0.2), evaluate_at=0.5), **settings)
    assert sum("collapsing" in str(one.message) for one in told) == 1
    assert monitor.state_dict() == {"grace": 0, "below": 5, "spoken": True}


class DeadWithAnotherName(Dead):
    """Its weight is ``kl_weight``; it has no ``beta``."""

    def __init__(self):
        super().__init__()
        self.kl_weight = 1.0
        del self.beta

    def training_step(self, batch, batch_idx):
        return self.layer(batch).square().mean()

    def validation_step(self, batch, batch_idx):
        mean, logvar = self.posterior(batch)
        return {"mean": mean, "logvar": logvar}


class DeadWithTwoNames(DeadWithAnotherName):
    def __init__(self):
        super().__init__()
        self.beta = 0.25


def annealing(attr):
    return KLAnnealing(Constant(0.85), attr, evaluate_at=0.5)


@pytest.mark.parametrize(
    ("make", "attrs", "said"),
    [
        (Dead, ["beta"], "sentence at beta = 0.85;"),
        (Dead, [], "sentence at beta = 0.25;"),
        (DeadWithAnotherName, ["kl_weight"], "sentence at beta = 0.85;"),
        (DeadWithAnotherName, [], "sentence; more cycles"),
        (DeadWithAnotherName, ["kl_weight", "layer.other"], "sentence; more cycles"),
        (DeadWithTwoNames, ["kl_weight"], "sentence; more cycles"),
        (DeadWithTwoNames, ["kl_weight", "beta"], "sentence at beta = 0.85;"),
    ],
)
def test_the_weight_is_told_where_it_is_known_and_left_out_elsewhere(make, attrs, said):
    model = make()
    model.layer.other = 0.0
    monitor = CollapseMonitor(watch=CollapseWatch(patience=2, grace=1))
    with pytest.warns(UserWarning, match="collapsing") as told:
        fit(monitor, *map(annealing, attrs), model=model, validation=held_out(), max_epochs=3)
    assert [said in str(one.message) for one in told if "collapsing" in str(one.message)] == [True]


class Diverging(Evaluated):
    """The posteriors of one sentence are not finite, in some epochs."""

    infinite_in = (1, 2, 4)

    def posterior(self, x):
        mean, logvar = self.layer(x).chunk(2, dim=1)
        if self.trainer.current_epoch in self.infinite_in:
            mean = mean + torch.eye(*mean.shape)[:, :1] * torch.nan
        return mean, logvar

    def training_step(self, batch, batch_idx):
        return self.layer(batch).square().mean()


def test_posteriors_that_are_not_finite_are_told_once_each_time():
    monitor, model = CollapseMonitor(watch=CollapseWatch(grace=9)), Diverging()
    with pytest.warns(UserWarning, match="not all finite: kl = nan nats") as told:
        fit(monitor, model=model, validation=held_out(), max_epochs=6)
    assert sum("not all finite" in str(one.message) for one in told) == 2
    assert not any("collapsing" in str(one.message) for one in told)


def test_posteriors_that_are_finite_are_not_called_otherwise():
    model = Diverging()
    model.infinite_in = ()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*finite")
        fit(CollapseMonitor(), model=model, validation=held_out())


class OnPaper(Evaluated):
    def posterior(self, x):
        return 0.0 * self.layer(x)[:, :2] + 4.0, 0.0 * self.layer(x)[:, 2:]


def test_a_kl_without_information_does_not_deceive_the_monitor():
    monitor = CollapseMonitor(watch=CollapseWatch(patience=2, grace=1))
    with pytest.warns(UserWarning, match=r"alive on paper only: kl = 16.000 nats"):
        fit(monitor, model=OnPaper(), validation=held_out(), max_epochs=4)


def test_the_monitor_remembers_its_warning(tmp_path):
    settings = {"validation": held_out(), "enable_checkpointing": True}
    settings["num_sanity_val_steps"] = 0

    def monitors():
        return CollapseMonitor(watch=CollapseWatch(patience=1, grace=0)), saving(tmp_path, 6)

    with pytest.warns(UserWarning, match=r"collapsing: kl = 0.000 .* at beta = 0\.25"):
        fit(*monitors(), model=Dead(), **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.filterwarnings("ignore", "The '.*_dataloader' does not")
        warnings.filterwarnings("ignore", "Checkpoint directory")
        checkpoint = tmp_path / "step=12.ckpt"
        fit(*monitors(), model=Dead(), ckpt_path=checkpoint, max_epochs=4, **settings)


def test_the_monitor_says_when_it_finds_no_posteriors():
    class Silent(Evaluated):
        def validation_step(self, batch, batch_idx):
            return self.loss(batch)

    with pytest.raises(
        ValueError, match=r"finds no posteriors: return .* from validation_step, or"
    ):
        fit(CollapseMonitor(), model=Silent(), validation=held_out(1))
