"""Runs of Lightning that are broken off and go on, or begin anew."""

import pytest
import torch

from unvanish import Monotonic
from unvanish.schedules import ScheduleWarning

pytest.importorskip("lightning.pytorch")

from unvanish.integrations.lightning import KLAnnealing

from .models import (
    AS_LIGHTNING_IS,
    SCHEDULE,
    Batches,
    Model,
    TwoOptimizers,
    fit,
    make_trainer,
    saving,
)

pytestmark = AS_LIGHTNING_IS

RESUMED = [
    (Model, "step", 1, 4),  # in the middle of an epoch
    (Model, "step", 1, 6),
    (Model, "step", 2, 2),
    (Model, "batch", 2, 2),
    (Model, "epoch", 1, 8),
    (TwoOptimizers, "step", 1, 8),
]


@pytest.mark.parametrize(("make", "interval", "accumulate", "at"), RESUMED)
def test_resumed_it_is_as_if_nothing_had_been(tmp_path, make, interval, accumulate, at):
    def run(**settings):
        callbacks = KLAnnealing(Monotonic(0.5), interval=interval), saving(tmp_path, at)
        settings |= {"accumulate_grad_batches": accumulate, "enable_checkpointing": True}
        return fit(*callbacks, model=make(), **settings)

    whole = run()
    resumed = run(ckpt_path=tmp_path / f"step={at}.ckpt")
    assert 0 < len(resumed.seen) < len(whole.seen)
    assert resumed.seen == whole.seen[-len(resumed.seen) :]
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)


def without_state(path):
    checkpoint = torch.load(path, weights_only=True)
    checkpoint["callbacks"] = {}
    torch.save(checkpoint, path)


def test_without_its_state_it_begins_anew_and_says_so(tmp_path):
    def run(**settings):
        callbacks = KLAnnealing(Monotonic(0.5)), saving(tmp_path, 8)
        return fit(*callbacks, model=TwoOptimizers(), enable_checkpointing=True, **settings)

    whole = run()
    without_state(tmp_path / "step=8.ckpt")
    with pytest.warns(ScheduleWarning, match="no state of KLAnnealing{'attr': 'beta'}"):
        resumed = run(ckpt_path=tmp_path / "step=8.ckpt")
    assert resumed.seen == Monotonic(0.5, 12).values(8)
    assert not torch.equal(resumed.layer.weight, whole.layer.weight)


def test_without_the_callback_the_weights_differ():
    with_it, without = fit(KLAnnealing(SCHEDULE)), fit()
    assert without.seen == [0.25] * 12
    assert not torch.equal(with_it.layer.weight, without.layer.weight)


def test_another_schedule_on_resume_is_told(tmp_path):
    def run(schedule, **settings):
        fit(KLAnnealing(schedule), saving(tmp_path, 6), enable_checkpointing=True, **settings)

    run(SCHEDULE)
    with pytest.warns(ScheduleWarning, match="the saved schedule differs"):
        run(Monotonic(0.5), ckpt_path=tmp_path / "step=6.ckpt")


def test_one_callback_in_a_second_run_begins_anew():
    callback = KLAnnealing(SCHEDULE, interval="batch")
    assert fit(callback).seen == fit(callback).seen == SCHEDULE.bind(12).values(12)


def test_a_trainer_that_goes_on_goes_on():
    callback = KLAnnealing(Monotonic(10), interval="batch")
    trainer, model = make_trainer(callback, max_epochs=2), Model()
    trainer.fit(model, Batches())
    trainer.fit_loop.max_epochs = 3
    trainer.fit(model, Batches())
    assert model.seen == Monotonic(10).values(18)
