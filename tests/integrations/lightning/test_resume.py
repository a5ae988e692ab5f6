"""Runs of Lightning that are broken off and go on, or begin anew."""

import warnings

import pytest
import torch

from unvanish import Cyclical, Monotonic
from unvanish.schedules import ScheduleWarning
from unvanish.schedules.wording import short

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


def resume(path, before, after, *, edit=lambda state: None, at=6, model=Model, **settings):
    """Train 2 epochs of 6 batches, and go on from a step; give what is told and the values."""
    settings = {"enable_checkpointing": True, "max_epochs": 2} | settings
    whole = fit(before, saving(path, at), model=model(), enable_checkpointing=True)
    checkpoint = path / f"step={at}.ckpt"
    content = torch.load(checkpoint, weights_only=True)
    edit(content["callbacks"][before.state_key])
    torch.save(content, checkpoint)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        resumed = fit(after, saving(path, at), model=model(), ckpt_path=checkpoint, **settings)
    messages = [str(one.message) for one in told if one.category is ScheduleWarning]
    would_have_been = whole.seen[len(whole.seen) * at // whole.trainer.global_step]
    return messages, would_have_been, resumed.seen[0]


def as_before(state):
    """Make a state what earlier versions saved: the schedule as it was given, and no interval."""
    del state["interval"]
    state["schedule"] = AS_GIVEN.to_dict()


AS_GIVEN = Monotonic(0.5)


def saying(was, is_now):
    return f"would have been {short(was)} and is {short(is_now)}"


@pytest.mark.parametrize(
    ("model", "interval", "at", "was", "is_now"),
    [
        (Model, "step", 5, 5 / 6, 5 / 15),
        (Model, "batch", 5, 5 / 6, 5 / 15),
        (Model, "epoch", 6, 1.0, 2 / 5),
        (TwoOptimizers, "step", 10, 5 / 6, 5 / 15),
    ],
)
def test_a_longer_run_is_told_with_both_values(tmp_path, model, interval, at, was, is_now):
    callbacks = (KLAnnealing(AS_GIVEN, interval=interval) for _ in range(2))
    told, before, now = resume(tmp_path, *callbacks, at=at, model=model, max_epochs=5)
    assert (before, now) == pytest.approx((was, is_now))
    assert len(told) == 1
    assert saying(was, is_now) in told[0]
    assert "total_steps saved 2, used 5" in told[0] or "total_steps saved 12, used 30" in told[0]


def test_the_value_told_is_of_the_update_not_of_the_batch(tmp_path):
    callbacks = KLAnnealing(AS_GIVEN), KLAnnealing(AS_GIVEN)
    told, before, now = resume(tmp_path, *callbacks, at=3, accumulate_grad_batches=2)
    assert (before, now) == (1 / 2, 1.0)
    assert told == [
        "the saved schedule differs and is not used: total_steps saved 12, used 6; the value at "
        "step 3 would have been 0.5 and is 1.0"
    ]


@pytest.mark.parametrize("edit", [lambda state: None, as_before], ids=["now", "before"])
@pytest.mark.parametrize(
    ("interval", "length"), [("step", None), ("step", 12), ("epoch", None), ("batch", None)]
)
def test_the_same_length_is_resumed_in_silence(tmp_path, edit, interval, length):
    schedules = AS_GIVEN, Monotonic(0.5, length)
    callbacks = (KLAnnealing(schedule, interval=interval) for schedule in schedules)
    told, before, now = resume(tmp_path, *callbacks, edit=edit, at=3)
    assert told == []
    assert before == now


@pytest.mark.parametrize("schedule", [Monotonic(4), Monotonic(8), Cyclical.every(3, 1)])
def test_a_longer_run_in_which_no_value_changes_is_resumed_in_silence(tmp_path, schedule):
    told, before, now = resume(tmp_path, KLAnnealing(schedule), KLAnnealing(schedule), max_epochs=5)
    assert told == []
    assert before == now


def test_another_schedule_in_a_checkpoint_of_an_earlier_version_is_told(tmp_path):
    callbacks = KLAnnealing(AS_GIVEN), KLAnnealing(Monotonic(0.75))
    told, before, now = resume(tmp_path, *callbacks, edit=as_before)
    assert (before, now) == pytest.approx((1.0, 2 / 3))
    assert len(told) == 1
    assert "warmup saved 0.5, used 0.75" in told[0]
    assert saying(before, now) in told[0]


def test_a_length_given_for_the_trainers_own_is_told_only_where_it_differs(tmp_path):
    def callbacks(before, after):
        return KLAnnealing(Monotonic(0.5, before)), KLAnnealing(Monotonic(0.5, after))

    assert resume(tmp_path / "same", *callbacks(12, None))[0] == []
    (told,), *_ = resume(tmp_path / "other", *callbacks(20, None))
    assert "total_steps saved 20, used 12; the value at step 6 " + saying(0.6, 1.0) in told


def test_another_interval_is_told(tmp_path):
    callbacks = KLAnnealing(AS_GIVEN), KLAnnealing(AS_GIVEN, interval="epoch")
    told, before, now = resume(tmp_path, *callbacks, max_epochs=4)
    assert (before, now) == (1.0, 1 / 2)
    assert told == [
        "the saved schedule counts optimizer updates and is not used: this one counts epochs; the "
        "value would have been 1.0 and is 0.5"
    ]


def test_what_is_told_of_one_resumption_is_not_told_of_the_next_run(tmp_path):
    before, after = KLAnnealing(AS_GIVEN), KLAnnealing(Monotonic(0.75))
    assert len(resume(tmp_path, before, after)[0]) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error", ScheduleWarning)
        assert fit(after).seen == Monotonic(0.75, 12).values(12)


def test_a_saved_schedule_that_cannot_be_read_is_told(tmp_path):
    def unknown(state):
        state["schedule"] = {"type": "somebody's"}

    callbacks = KLAnnealing(AS_GIVEN), KLAnnealing(AS_GIVEN)
    (told,), before, now = resume(tmp_path, *callbacks, edit=unknown)
    assert "the saved schedule cannot be read here" in told
    assert before == now


def test_a_state_of_something_else_is_refused():
    with pytest.raises(ValueError, match="holds 'last_step' and 'schedule'"):
        KLAnnealing(AS_GIVEN).load_state_dict({"kept": 1})


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
