import io
import json
import warnings

import pytest
import torch

from unvanish import Constant, Cyclical, Join, Monotonic, Scheduler, ScheduleWarning


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
    with pytest.warns(ScheduleWarning, match=r"'monotonic'.*'constant'") as caught:
        beta.load_state_dict(saved)
    assert caught[0].filename == __file__
    assert (beta.value, beta.last_step) == (0.3, 3)


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


def test_torch_takes_a_composition_by_its_call():
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer(), (Monotonic(4) * 0.5).__call__)
    file = io.BytesIO()
    torch.save(rates.state_dict(), file)
    file.seek(0)
    rates.load_state_dict(torch.load(file, weights_only=True))
