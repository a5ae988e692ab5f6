import io
import json
import warnings
from dataclasses import dataclass

import pytest
import torch

from unvanish import Constant, Cyclical, Join, Monotonic, Schedule, Scheduler, ScheduleWarning
from unvanish.schedules.differences import is_same_from


def test_the_first_update_uses_step_zero():
    beta = Scheduler(Monotonic(4))
    used = []
    for _ in range(6):
        used.append(float(beta))
        beta.step()
    assert used == Monotonic(4).values(6)
    assert beta.value == 1.0
    assert beta.last_step == 6


def test_resumed_runs_continue_exactly():
    schedule = Join([Cyclical(16, 2), Constant(0.5)], [16])
    first = Scheduler(schedule)
    for _ in range(7):
        first.step()
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second = Scheduler(schedule)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second.load_state_dict(torch.load(file, weights_only=True))
        second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    assert second.last_step == 7
    assert second.value == first.value == Scheduler(schedule, last_step=7).value


def test_a_differing_schedule_warns_and_keeps_its_own():
    saved = Scheduler(Monotonic(4), last_step=3).state_dict()
    beta = Scheduler(Constant(0.3))
    with pytest.warns(ScheduleWarning, match=r"saved Monotonic.*used Constant") as caught:
        beta.load_state_dict(saved)
    assert caught[0].filename == __file__
    assert (beta.value, beta.last_step) == (0.3, 3)


@pytest.mark.parametrize(
    ("saved", "used", "said"),
    [
        (
            Cyclical(100),
            Cyclical(200),
            "total_steps saved 100, used 200; the value at step 30 would have been 0.4 and is 1.0",
        ),
        (
            Cyclical(100) * 0.5,
            Cyclical(200, stop=2.0) * 0.5,
            "schedule.total_steps saved 100, used 200, schedule.stop saved 1.0, used 2.0; the "
            "value at step 30 would have been 0.2 and is 1.0",
        ),
        (
            Join([Monotonic(40), Constant(0.5)], [100]),
            Join([Monotonic(60), Constant(0.5)], [90]),
            "schedules[0].warmup saved 40, used 60, milestones[0] saved 100, used 90; the value at "
            "step 30 would have been 0.75 and is 0.5",
        ),
        (
            Monotonic(1.0, 8),
            Monotonic(1, 8),
            "warmup saved 1.0, used 1; the value at step 30 would have been 1.0 and is 1.0",
        ),
        (Cyclical(), Cyclical(200), "total_steps saved None, used 200"),
    ],
)
def test_the_warning_names_what_differs_alone(saved, used, said):
    state = {"last_step": 30, "schedule": json.loads(json.dumps(saved.to_dict()))}
    with pytest.warns(ScheduleWarning) as caught:
        Scheduler(used).load_state_dict(state)
    message = str(caught[0].message)
    assert message == f"the saved schedule differs and is not used: {said}"


def test_one_step_is_not_the_whole_run():
    saved = {"last_step": 0, "schedule": Monotonic(1.0, 8).to_dict()}
    with pytest.warns(ScheduleWarning, match="the saved schedule differs"):
        Scheduler(Monotonic(1, 8)).load_state_dict(saved)


@pytest.mark.parametrize(
    "saved", [{"name": "of-another-day"}, {}, None, {"name": "cyclical", "a": 1}]
)
def test_a_schedule_that_cannot_be_read_warns(saved):
    beta = Scheduler(Monotonic(4))
    with pytest.warns(ScheduleWarning, match="saved schedule cannot be read here"):
        beta.load_state_dict({"last_step": 3, "schedule": saved})
    assert beta.last_step == 3


@dataclass(frozen=True)
class Mine(Cyclical):
    """Saved under the name of its parent."""


def test_a_subclass_without_a_name_finds_itself():
    beta = Scheduler(Mine(8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        beta.load_state_dict(beta.state_dict())


@dataclass(frozen=True)
class Nameless(Schedule):
    """Could not be read again."""

    def formula(self, step, xp):
        return 0.0 * step


@dataclass(frozen=True)
class Halved(Cyclical):
    """Would be read again as its parent."""

    def formula(self, step, xp):
        return 0.5 * super().formula(step, xp)


@dataclass(frozen=True)
class More(Cyclical):
    """Could not be read again with what its parent does not know."""

    more: float = 1.0


@pytest.mark.parametrize("schedule", [Nameless(), Halved(8), Halved(8) * 0.5, More(8)])
def test_what_could_not_be_saved_is_refused_at_once(schedule):
    with pytest.raises(TypeError, match=r"(Nameless|Halved|More) has no name .* write name = "):
        Scheduler(schedule)


@pytest.mark.parametrize(
    ("saved", "own", "step", "same"),
    [
        (Monotonic(30, 100), Monotonic(30, 200), 0, True),
        (Cyclical.every(10, 5).bind(100), Cyclical.every(10, 5).bind(200), 100, True),
        (Monotonic(0.5, 100), Monotonic(0.5, 200), 0, False),
        (Monotonic(0.5, 100), Monotonic(0.5, 200), 100, True),
        (Cyclical(100), Cyclical(200), 100, False),
        (Cyclical(), Cyclical(200), 100, False),
    ],
)
def test_what_has_the_same_values_from_here_on(saved, own, step, same):
    assert is_same_from(saved.to_dict(), own, step) is same
    assert not is_same_from({"name": "of-another-day"}, own, step)


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        {"last_step": 3},
        {"last_step": -1, "schedule": {}},
        {"last_step": 1.5, "schedule": {}},
        {"last_step": "3", "schedule": {}},
    ],
)
def test_bad_states(state):
    beta = Scheduler(Monotonic(4), last_step=2)
    with pytest.raises(ValueError, match="last_step"):
        beta.load_state_dict(state)
    assert beta.last_step == 2


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"schedule must be a Schedule, got 0\.5"):
        Scheduler(0.5)
    with pytest.raises(ValueError, match="last_step must be a whole number >= 0, got -1"):
        Scheduler(Constant(), last_step=-1)


@pytest.mark.parametrize(
    "schedule",
    [Cyclical(), Monotonic(0.5), Cyclical() * 0.5, Join([Constant(0.0), Cyclical()], [9])],
)
def test_a_schedule_without_the_length_it_needs_is_refused_at_once(schedule):
    with pytest.raises(ValueError, match=r"bind\(total_steps\)"):
        Scheduler(schedule)
    assert Scheduler(schedule.bind(80)).value == 0.0


@pytest.mark.parametrize("schedule", [Monotonic(0), Monotonic(0.0), Monotonic(4), Constant(1.0)])
def test_a_schedule_that_needs_no_length_is_taken_without(schedule):
    assert Scheduler(schedule, last_step=9).value == 1.0


def test_repr():
    assert repr(Scheduler(Constant(1), 2)) == "Scheduler(Constant(value=1.0), last_step=2)"


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2.0)


@pytest.mark.parametrize("schedule", [Cyclical(8, 2), Monotonic(4, start=0.1), Constant(0.5)])
def test_torch_takes_a_schedule_as_its_lambda(schedule):
    optimiser = optimizer()
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, schedule)
    seen = []
    for _ in range(8):
        seen.append(rates.get_last_lr()[0])
        optimiser.step()
        rates.step()
    assert seen == [2.0 * value for value in schedule.values(8)]
    file = io.BytesIO()
    torch.save(rates.state_dict(), file)
    file.seek(0)
    resumed = torch.optim.lr_scheduler.LambdaLR(optimizer(), schedule)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    assert resumed.last_epoch == 8


def reloaded(state):
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.parametrize("make", [lambda s: s, lambda s: s.__call__])
def test_a_state_of_torch_changes_no_schedule(make):
    scheduler = torch.optim.lr_scheduler.LambdaLR
    old, new = Cyclical(8, 2) * 0.5, Cyclical(16, 2) * 0.25
    rates = scheduler(optimizer(), make(new))
    rates.load_state_dict(reloaded(scheduler(optimizer(), make(old)).state_dict()))
    assert new == Cyclical(16, 2) * 0.25
    assert new.values() == [0.25 * value for value in Cyclical(16, 2).values()]
    # A state written before the attributes were kept apart.
    bare = scheduler(optimizer(), Mine(16))
    bare.load_state_dict({**bare.state_dict(), "lr_lambdas": [{"total_steps": 8}]})
    assert bare.lr_lambdas[0] == Mine(16)
