"""What is logged, and what a user is told that went wrong."""

import csv

import pytest
import torch

from unvanish import Monotonic
from unvanish.schedules import ScheduleWarning

lightning = pytest.importorskip("lightning.pytorch")

from unvanish.integrations.lightning import KLAnnealing  # noqa: E402

from .models import (  # noqa: E402
    AS_LIGHTNING_IS,
    SCHEDULE,
    EndlessBatches,
    Model,
    TwoOptimizers,
    fit,
)

pytestmark = AS_LIGHTNING_IS


def test_the_value_is_in_the_log_and_the_progress_bar(tmp_path):
    logger = lightning.loggers.CSVLogger(tmp_path)
    model = fit(KLAnnealing(SCHEDULE), logger=logger, log_every_n_steps=1)
    with (tmp_path / "lightning_logs" / "version_0" / "metrics.csv").open() as file:
        logged = [(int(row["step"]), float(row["beta"])) for row in csv.DictReader(file)]
    assert logged == list(enumerate(SCHEDULE.bind(12).values(12)))
    assert model.trainer.progress_bar_metrics == {"beta": 1.0}


def test_the_log_can_be_left_out():
    assert fit(KLAnnealing(SCHEDULE, log=False)).trainer.logged_metrics == {}


def test_a_run_that_ends_badly_is_told_once():
    with pytest.warns(ScheduleWarning) as told:
        fit(KLAnnealing(Monotonic(40)))
    messages = [str(one.message) for one in told if one.category is ScheduleWarning]
    assert len(messages) == 1
    assert "12 steps" in messages[0]


def test_a_missing_attribute_is_told_before_anything_happens():
    model = Model()
    with pytest.raises(AttributeError, match=r"Model has no attribute 'gamma': begin with self\."):
        fit(KLAnnealing(SCHEDULE, "gamma"), model=model)
    assert model.seen == []


@pytest.mark.parametrize(
    ("interval", "unit", "model", "limits"),
    [
        ("step", "optimizer updates", Model, {"max_epochs": -1}),
        ("epoch", "epochs", Model, {"max_epochs": -1}),
        ("batch", "training batches", TwoOptimizers, {"max_epochs": -1, "max_steps": 9}),
        ("step", "training batches", TwoOptimizers, {"max_epochs": 5, "max_steps": 9}),
    ],
)
def test_an_unknown_length_is_told(interval, unit, model, limits):
    message = rf"how many {unit} it will make .*: give total_steps to Cyclical"
    with pytest.raises(ValueError, match=message):
        fit(KLAnnealing(SCHEDULE, interval=interval), model=model(), **limits)


def test_a_loader_of_unknown_length_is_told():
    loader = torch.utils.data.DataLoader(EndlessBatches(), batch_size=4)
    with pytest.raises(ValueError, match=r"max_steps=-1, inf batches an epoch.*give total_steps"):
        fit(KLAnnealing(SCHEDULE), loader=loader)
    assert len(fit(KLAnnealing(SCHEDULE), loader=loader, max_steps=6).seen) == 6


def test_batches_an_update_that_change_are_told():
    accumulating = lightning.callbacks.GradientAccumulationScheduler({0: 1, 1: 2})
    with pytest.raises(ValueError, match="give total_steps"):
        fit(KLAnnealing(SCHEDULE), accumulating)
    assert fit(KLAnnealing(Monotonic(9)), accumulating).seen[6:] == [
        Monotonic(9)(step) for step in (6, 6, 7, 7, 8, 8)
    ]


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="interval must be one of"):
        KLAnnealing(SCHEDULE, interval="steps")
    with pytest.raises(ValueError, match="must be a Schedule"):
        KLAnnealing(0.5)
