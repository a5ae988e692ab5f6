"""Schedules in loops of plain torch, of Fabric and of accelerate."""

import math

import pytest
import torch

from unvanish import Constant, Cyclical, Join, Monotonic, ScheduleWarning
from unvanish.integrations.torch import matched_restarts, schedule_attribute

SCHEDULE = Cyclical(12, n_cycles=3)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 3)
        self.beta = 0.0

    def forward(self, x):
        return self.layer(x).square().sum() + self.beta * self.layer.weight.square().sum()


def make():
    torch.manual_seed(0)
    model = Model()
    return model, torch.optim.Adam(model.parameters(), lr=0.1)


def batches(count):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(4, 3, generator=generator) for _ in range(count)]


def update(model, optimizer, x):
    optimizer.zero_grad()
    model(x).backward()
    optimizer.step()


def test_with_an_optimizer_the_attribute_follows_its_steps():
    model, optimizer = make()
    beta = schedule_attribute(model, "beta", SCHEDULE, optimizer=optimizer)
    seen = []
    for x in batches(14):
        seen.append(model.beta)
        update(model, optimizer, x)
    assert seen == SCHEDULE.values(14)
    assert beta.last_step == 14


def test_without_one_it_waits_to_be_stepped():
    model, optimizer = make()
    beta = schedule_attribute(model, "beta", SCHEDULE)
    update(model, optimizer, batches(1)[0])
    assert model.beta == SCHEDULE(0)
    beta.step()
    assert model.beta == beta.value == SCHEDULE(1)


def test_accumulated_gradients_count_once():
    model, optimizer = make()
    schedule_attribute(model, "beta", SCHEDULE, optimizer=optimizer)
    seen = []
    for k, x in enumerate(batches(24)):
        seen.append(model.beta)
        model(x).backward()
        if k % 2:
            optimizer.step()
            optimizer.zero_grad()
    assert seen == [value for value in SCHEDULE.values(12) for _ in range(2)]


def test_of_several_optimizers_one_is_counted():
    model, optimizer = make()
    other = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule_attribute(model, "beta", SCHEDULE, optimizer=optimizer)
    for x in batches(3):
        update(model, optimizer, x)
        other.step()
    assert model.beta == SCHEDULE(3)


@pytest.mark.parametrize("fused", [False, True])
def test_a_step_that_a_gradient_scaler_skips_does_not_count(fused):
    model, _ = make()
    optimizer = torch.optim.Adam(model.parameters(), fused=fused)
    schedule_attribute(model, "beta", SCHEDULE, optimizer=optimizer)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0)
    for x, done in ((math.inf, 0), (1.0, 1), (math.inf, 1), (1.0, 2)):
        optimizer.zero_grad()
        scaler.scale(model(torch.full((1, 3), x))).backward()
        scaler.step(optimizer)
        scaler.update()
        assert model.beta == SCHEDULE(done)


def resumed(save, load):
    """Train 5 steps, save, train 7 with new objects; give the weights and those of 12 at once."""
    finals = []
    for stop in (None, 5):
        model, optimizer = make()
        beta = schedule_attribute(model, "beta", SCHEDULE, optimizer=optimizer)
        for step, x in enumerate(batches(12)):
            if step == stop:
                save(model, optimizer, beta)
                model, optimizer = make()
                beta = schedule_attribute(model, "beta", SCHEDULE, optimizer=optimizer)
                load(model, optimizer, beta)
            update(model, optimizer, x)
        finals.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    return finals


def test_resumed_from_a_checkpoint_it_is_as_if_nothing_had_been(tmp_path):
    path = tmp_path / "checkpoint.pt"

    def save(*parts):
        torch.save([part.state_dict() for part in parts], path)

    def load(*parts):
        for part, state in zip(parts, torch.load(path, weights_only=True), strict=True):
            part.load_state_dict(state)

    whole, resumed_weights = resumed(save, load)
    assert torch.equal(resumed_weights, whole)


def test_forgetting_the_state_shows():
    def save(model, optimizer, beta):
        save.states = model.state_dict(), optimizer.state_dict()

    def load(model, optimizer, beta):
        model.load_state_dict(save.states[0])
        optimizer.load_state_dict(save.states[1])

    whole, resumed_weights = resumed(save, load)
    assert not torch.equal(resumed_weights, whole)


def test_fabric_keeps_it(tmp_path):
    fabric_module = pytest.importorskip("lightning.fabric")
    fabric = fabric_module.Fabric(accelerator="cpu", devices=1)
    path = tmp_path / "fabric.ckpt"

    def state(model, optimizer, beta):
        return {"model": model, "optimizer": optimizer, "beta": beta}

    def save(*parts):
        fabric.save(path, state(*parts))

    def load(*parts):
        fabric.load(path, state(*parts))

    whole, resumed_weights = resumed(save, load)
    assert torch.equal(resumed_weights, whole)


def test_what_fabric_has_set_up_is_gone_through():
    fabric_module = pytest.importorskip("lightning.fabric")
    model, optimizer = make()
    set_up = fabric_module.Fabric(accelerator="cpu", devices=1).setup(model, optimizer)
    schedule_attribute(set_up[0], "beta", SCHEDULE, optimizer=set_up[1])
    seen = []
    for _ in range(12):
        seen.append(model.beta)
        set_up[1].step()
    assert seen == SCHEDULE.values(12)


def test_accelerate_keeps_it_and_counts_under_accumulation(tmp_path):
    accelerate = pytest.importorskip("accelerate")

    def run(stop):
        accelerator = accelerate.Accelerator(cpu=True, gradient_accumulation_steps=2)
        model, optimizer = accelerator.prepare(*make())
        beta = schedule_attribute(
            accelerator.unwrap_model(model), "beta", SCHEDULE, optimizer=optimizer
        )
        accelerator.register_for_checkpointing(beta)
        if stop is None and (tmp_path / "state").exists():
            accelerator.load_state(tmp_path / "state")
        seen = []
        for k, x in enumerate(batches(24)):
            if k < 2 * beta.last_step:
                continue
            if stop is not None and k == 2 * stop:
                accelerator.save_state(tmp_path / "state")
                return model, seen
            with accelerator.accumulate(model):
                seen.append(accelerator.unwrap_model(model).beta)
                accelerator.backward(model(x))
                optimizer.step()
                optimizer.zero_grad()
        return model, seen

    whole, seen = run(None)
    assert seen == [value for value in SCHEDULE.values(12) for _ in range(2)]
    _, before = run(5)
    resumed_model, after = run(None)
    assert before + after == seen
    for one, other in zip(whole.parameters(), resumed_model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_schedule_is_a_factor_for_torch():
    _, optimizer = make()
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, Monotonic(4))
    seen = []
    for _ in range(6):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        rate.step()
    assert seen == pytest.approx([0.1 * value for value in Monotonic(4).values(6)])


def test_matched_restarts_restart_with_beta_and_resume():
    _, optimizer = make()
    rate = matched_restarts(optimizer, SCHEDULE)
    seen = []
    for step in range(12):
        if step == 5:
            state, lr_state = rate.state_dict(), optimizer.state_dict()
            _, optimizer = make()
            rate = matched_restarts(optimizer, SCHEDULE)
            rate.load_state_dict(state)
            optimizer.load_state_dict(lr_state)
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        rate.step()
    expected = [0.05 * (1 + math.cos(math.pi * (step % 4) / 4)) for step in range(12)]
    assert seen == pytest.approx(expected)


def test_a_schedule_without_cycles_needs_a_length():
    _, optimizer = make()
    with pytest.raises(ValueError, match="give total_steps"):
        matched_restarts(optimizer, Constant(1.0))
    rate = matched_restarts(optimizer, Constant(1.0), total_steps=4)
    optimizer.step()
    rate.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.05 * (1 + math.cos(math.pi / 4)))


@pytest.mark.parametrize("cycles", [1, 2])
def test_a_learning_rate_that_would_stay_at_0_is_told(cycles):
    _, optimizer = make()
    with pytest.warns(ScheduleWarning, match="is 0 from step 8 of 12 on"):
        rate = matched_restarts(optimizer, Cyclical(8, cycles), 12)
    assert rate.lr_lambdas[0](8) == rate.lr_lambdas[0](11) == 0.0


def test_what_goes_on_after_the_cycles_has_a_learning_rate():
    _, optimizer = make()
    rate = matched_restarts(optimizer, Join([Cyclical(8, 2), Constant(1.0)], [8]), 12)
    assert rate.lr_lambdas[0](11) > 0.0


def test_a_schedule_of_unknown_length_is_refused():
    model, optimizer = make()
    with pytest.raises(ValueError, match="total_steps"):
        schedule_attribute(model, "beta", Cyclical(n_cycles=2), optimizer=optimizer)


def test_what_is_no_optimizer_is_refused_and_nothing_written():
    model, _ = make()
    model.beta = 0.75
    with pytest.raises(ValueError, match="optimizer must be an optimizer of torch, got a Model"):
        schedule_attribute(model, "beta", SCHEDULE, optimizer=model)
    assert model.beta == 0.75


@pytest.mark.parametrize("schedule", [0.5, "cyclical", None])
def test_restarts_of_what_is_no_schedule_are_refused(schedule):
    _, optimizer = make()
    with pytest.raises(ValueError, match="schedule must be a Schedule"):
        matched_restarts(optimizer, schedule, 12)
