"""Schedules in the Trainer of transformers."""

import json
import warnings
from dataclasses import dataclass

import pytest
import torch

from unvanish import Cyclical, Monotonic
from unvanish.schedules import Schedule, ScheduleWarning

transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

from unvanish.integrations.transformers import KLAnnealingCallback  # noqa: E402

SCHEDULE = Cyclical(n_cycles=3)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, 4)
        self.dropout = torch.nn.Dropout(0.1)
        self.beta = 0.25
        self.seen = []

    def forward(self, x):
        if self.training:
            self.seen.append(float(self.beta))
        mean, logvar = self.layer(self.dropout(x)).chunk(2, dim=1)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
        return {"loss": (mean.sum(dim=1) - x[:, 0]).square().mean() + self.beta * kl}


def data(count=24):
    generator = torch.Generator().manual_seed(1)
    return [{"x": torch.randn(3, generator=generator)} for _ in range(count)]


def make_trainer(folder, *callbacks, model=None, count=24, **settings):
    quiet = {"report_to": "none", "disable_tqdm": True, "use_cpu": True, "save_strategy": "no"}
    quiet |= {"per_device_train_batch_size": 4, "num_train_epochs": 2, "learning_rate": 0.1}
    quiet |= {"logging_steps": 1, "dataloader_pin_memory": False}
    arguments = transformers.TrainingArguments(str(folder), **(quiet | settings))
    return transformers.Trainer(
        model or Model(), arguments, train_dataset=data(count), callbacks=list(callbacks)
    )


def train(folder, *callbacks, resume=None, **settings):
    """Train 2 epochs of 6 batches, unless told otherwise; give the trainer."""
    trainer = make_trainer(folder, *callbacks, **settings)
    trainer.train(resume_from_checkpoint=resume)
    return trainer


def test_every_step_has_the_value_of_the_schedule(tmp_path):
    assert train(tmp_path, KLAnnealingCallback(SCHEDULE)).model.seen == SCHEDULE.bind(12).values(12)


def test_a_length_of_its_own_stays(tmp_path):
    trainer = train(tmp_path, KLAnnealingCallback(Monotonic(0.5, 8)), max_steps=9)
    assert trainer.model.seen == Monotonic(0.5, 8).values(9)


def test_accumulated_gradients(tmp_path):
    callback = KLAnnealingCallback(Monotonic(0.5))
    trainer = train(tmp_path, callback, gradient_accumulation_steps=2, count=20, num_train_epochs=4)
    updates = Monotonic(0.5, 12).values(12)  # of 2, 2 and 1 batches in every epoch
    expected = [updates[3 * epoch + k // 2] for epoch in range(4) for k in range(5)]
    assert trainer.model.seen == expected


def test_several_attributes_of_parts(tmp_path):
    model = Model()
    model.layer.gamma = 0.0
    callbacks = KLAnnealingCallback(SCHEDULE), KLAnnealingCallback(Monotonic(6), "layer.gamma")
    trainer = train(tmp_path, *callbacks, model=model)
    assert [log["layer.gamma"] for log in trainer.state.log_history[:-1]] == Monotonic(6).values(12)
    assert model.seen == SCHEDULE.bind(12).values(12)


def test_a_model_inside_another(tmp_path):
    model = Model()
    wrapped = torch.nn.DataParallel(model)
    callback = KLAnnealingCallback(Monotonic(1))
    callback.on_train_begin(None, transformers.TrainerState(max_steps=4), None, model=wrapped)
    callback.on_step_begin(None, transformers.TrainerState(global_step=2), None, model=wrapped)
    assert model.beta == 1.0


# Checkpoints


@pytest.mark.parametrize(("accumulate", "at"), [(1, 4), (1, 6), (2, 2)])
def test_resumed_it_is_as_if_nothing_had_been(tmp_path, accumulate, at):
    settings = {"gradient_accumulation_steps": accumulate, "save_strategy": "steps"}

    def run(resume=None):
        callback = KLAnnealingCallback(SCHEDULE)
        return train(tmp_path, callback, resume=resume, save_steps=at, **settings)

    whole = run()
    resumed = run(str(tmp_path / f"checkpoint-{at}"))
    assert resumed.model.seen == whole.model.seen[at * accumulate :]
    for one, other in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(one, other)

    def betas(trainer):
        return [log["beta"] for log in trainer.state.log_history if "beta" in log]

    assert betas(resumed) == betas(whole) == SCHEDULE.bind(12 // accumulate).values()


def test_resumed_without_the_callback_the_weights_differ(tmp_path):
    settings = {"save_strategy": "steps", "save_steps": 4}
    whole = train(tmp_path, KLAnnealingCallback(SCHEDULE), **settings)
    resumed = train(tmp_path, resume=str(tmp_path / "checkpoint-4"), **settings)
    assert not torch.equal(whole.model.layer.weight, resumed.model.layer.weight)


def resume(folder, before, after, *, edit=lambda kept: None, **settings):
    """Train 12 steps and go on from the 6th; give what is told and the values of the 7th."""
    whole = train(folder, *before, save_strategy="steps", save_steps=6)
    path = folder / "checkpoint-6" / "trainer_state.json"
    state = json.loads(path.read_text())
    edit(state["stateful_callbacks"])
    path.write_text(json.dumps(state))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        resumed = train(folder, *after, resume=str(path.parent), **settings)
    messages = [str(one.message) for one in told if one.category is ScheduleWarning]
    return messages, whole.model.seen[6], resumed.model.seen[0]


def annealing(*schedules):
    return [KLAnnealingCallback(schedule) for schedule in schedules]


def test_a_longer_run_is_told_with_both_values(tmp_path):
    ramp = annealing(Monotonic(0.5)), annealing(Monotonic(0.5))
    told, was, is_now = resume(tmp_path, *ramp, num_train_epochs=4)
    assert (was, is_now) == (1.0, 0.5)
    assert told == [
        "the saved schedule differs and is not used: total_steps saved 12, used 24; the value at "
        "step 6 would have been 1.0 and is 0.5"
    ]


def test_the_same_length_is_resumed_in_silence_and_told_again_when_it_differs(tmp_path):
    length_of_its_own = annealing(Monotonic(0.5)), annealing(Monotonic(0.5, 12))
    told, was, is_now = resume(tmp_path, *length_of_its_own, save_strategy="steps")
    assert (told, was) == ([], is_now)
    longer = {"resume": str(tmp_path / "checkpoint-12"), "num_train_epochs": 6}
    with pytest.warns(ScheduleWarning, match=r"step 12 would have been 1\.0 and is 0\.666667"):
        train(tmp_path, *annealing(Monotonic(0.5)), **longer)


@pytest.mark.parametrize("schedule", [Monotonic(4), Monotonic(8), Cyclical.every(3, 1)])
def test_a_longer_run_in_which_no_value_changes_is_resumed_in_silence(tmp_path, schedule):
    same = annealing(schedule), annealing(schedule)
    told, was, is_now = resume(tmp_path, *same, num_train_epochs=4)
    assert (told, was) == ([], is_now)


def test_a_checkpoint_of_an_earlier_version_is_resumed_in_silence_and_saved_again(tmp_path):
    ramp = annealing(Monotonic(0.5)), annealing(Monotonic(0.5))
    again = {"num_train_epochs": 4, "save_strategy": "steps"}
    forget = {"edit": lambda kept: kept.pop("KLAnnealingCallback(beta)")}
    told, was, is_now = resume(tmp_path, *ramp, **forget, **again)
    assert told == []
    assert was != is_now  # nobody knows what it would have been
    state = json.loads((tmp_path / "checkpoint-18" / "trainer_state.json").read_text())
    assert state["stateful_callbacks"]["KLAnnealingCallback(beta)"]["total_steps"] == 24


class Unsaved(Schedule):
    """Somebody's own, which no file can hold."""

    horizon, final = None, 0.25

    def formula(self, step, functions):
        return 0.25


@dataclass(frozen=True, repr=False)
class NoJson(Unsaved):
    """Somebody's own, with a field that JSON cannot hold."""

    name = "no-json"
    value: complex = 0.25 + 0j


@pytest.mark.parametrize("own", [Unsaved(), NoJson()], ids=["unsaved", "no json"])
def test_a_schedule_that_cannot_be_saved_runs_and_resumes_all_the_same(tmp_path, own):
    assert resume(tmp_path, annealing(own), annealing(own)) == ([], 0.25, 0.25)


def test_several_schedules_are_told_apart(tmp_path):
    def callbacks(of_gamma):
        return [*annealing(Monotonic(0.5)), KLAnnealingCallback(of_gamma, "dropout.p")]

    both = callbacks(Monotonic(4, 12) * 0.5), callbacks(Monotonic(8, 12) * 0.5)
    (told,), *_ = resume(tmp_path, *both)
    assert "warmup saved 4, used 8; the value at step 6 would have been 0.5 and is 0.375" in told


@pytest.mark.parametrize("after", [annealing(Monotonic(0.5)), []], ids=["with it", "without it"])
def test_the_trainer_can_restore_the_states_of_callbacks(tmp_path, after):
    restoring = {"restore_callback_states_from_checkpoint": True}
    told, was, is_now = resume(tmp_path, annealing(Monotonic(0.5)), after, **restoring)
    assert told == []
    assert is_now == (was if after else 0.25)


def test_one_callback_in_a_second_run_begins_anew(tmp_path):
    callback = KLAnnealingCallback(SCHEDULE)
    first, second = (train(tmp_path, callback, max_steps=steps) for steps in (12, 6))
    assert first.model.seen == SCHEDULE.bind(12).values(12)
    assert second.model.seen == SCHEDULE.bind(6).values(6)


# What is told


def test_the_value_is_in_the_history_and_the_log(tmp_path, capsys):
    trainer = train(tmp_path, KLAnnealingCallback(SCHEDULE), logging_steps=3)
    history = trainer.state.log_history
    values = SCHEDULE.bind(12).values(12)[2::3]
    assert [log["beta"] for log in history if "loss" in log] == values
    assert "beta" not in history[-1]
    assert capsys.readouterr().out.count("'beta': ") == 4


def test_the_value_is_in_the_progress_bar(tmp_path, capsys):
    train(tmp_path, KLAnnealingCallback(SCHEDULE), logging_steps=6, disable_tqdm=False)
    assert capsys.readouterr().out.count("'beta': '0.5'") == 1


class Reporter(transformers.TrainerCallback):
    def __init__(self):
        self.betas = []

    def on_log(self, args, state, control, logs, **kwargs):
        self.betas.append(logs.get("beta"))


def test_attached_it_comes_before_the_reporters(tmp_path):
    reporter, callback = Reporter(), KLAnnealingCallback(SCHEDULE)
    trainer = make_trainer(tmp_path, reporter)
    assert callback.attach(trainer) is callback
    callback.attach(trainer)
    trainer.train()
    values = SCHEDULE.bind(12).values(12)
    assert trainer.model.seen == values
    assert reporter.betas == [*values, None]
    assert [log["beta"] for log in trainer.state.log_history[:-1]] == values
    assert trainer.callback_handler.callbacks.count(callback) == 1


def test_otherwise_the_reporters_do_not_see_it(tmp_path):
    reporter = Reporter()
    train(tmp_path, reporter, KLAnnealingCallback(SCHEDULE))
    assert reporter.betas == [None] * 13


def test_the_value_is_in_tensorboard(tmp_path, monkeypatch):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "events"))
    trainer = make_trainer(tmp_path, report_to="tensorboard")
    KLAnnealingCallback(SCHEDULE).attach(trainer)
    trainer.train()
    events = EventAccumulator(str(tmp_path / "events")).Reload().Scalars("train/beta")
    assert [event.value for event in events] == SCHEDULE.bind(12).values(12)


def test_the_history_is_saved(tmp_path):
    train(tmp_path, KLAnnealingCallback(SCHEDULE), save_strategy="steps", save_steps=12)
    state = json.loads((tmp_path / "checkpoint-12" / "trainer_state.json").read_text())
    assert [log["beta"] for log in state["log_history"]] == SCHEDULE.bind(12).values(12)


def test_the_log_can_be_left_out(tmp_path):
    trainer = train(tmp_path, KLAnnealingCallback(SCHEDULE, log=False))
    assert not any("beta" in log for log in trainer.state.log_history)


def test_a_run_that_ends_badly_is_told_once(tmp_path):
    with pytest.warns(ScheduleWarning, match="12 steps") as told:
        train(tmp_path, KLAnnealingCallback(Monotonic(40)))
    assert len(told) == 1


def test_a_missing_attribute_is_told_before_the_first_step(tmp_path):
    model = Model()
    with pytest.raises(AttributeError, match=r"Model has no attribute 'gamma': begin with self\."):
        train(tmp_path, KLAnnealingCallback(SCHEDULE, "gamma"), model=model)
    assert model.seen == []


def test_a_wrong_argument_is_refused():
    with pytest.raises(ValueError, match="schedule must be a Schedule"):
        KLAnnealingCallback(0.5)
