import pytest
import torch

from unvanish.config import DialogConfig, UsageError, override
from unvanish.presets import preset
from unvanish.training.course import Course, run_name
from unvanish.training.place import Place

PLACE = Place(torch.device("cpu"), "fp32", {})


def bound(config, **changes):
    lengths = {"unit": "epoch", "rounds": 3, "steps_per_round": 10, "steps_per_epoch": 10}
    return Course.bound(config, PLACE, **lengths | changes)


def test_beta_is_bound_to_the_whole_run(small):
    course = bound(override(small, {"objective.beta": "cyclical:n_cycles=2"}), keeps_cycles=True)
    assert course.timetable.cycle_ends == (15, 30)
    assert course.timetable.total_steps == 30
    assert course.timetable.log_every == small.training.log_every
    assert course.timetable.checkpoint_every == small.training.checkpoint_every
    with pytest.raises(UsageError):
        bound(override(small, {"objective.beta": "cyclicl"}))


def test_cycles_are_kept_only_where_that_is_meant_and_there_are_some(small):
    cyclical = override(small, {"objective.beta": "cyclical:n_cycles=2"})
    assert bound(cyclical).timetable.cycle_ends == ()
    steady = override(small, {"objective.beta": "constant:0.5"})
    assert bound(steady, keeps_cycles=True).timetable.cycle_ends == ()


def test_rounds_need_not_be_epochs():
    config = override(DialogConfig(), {"objective.beta": "fu2019-dialog-code"})
    lengths = {"unit": "round", "rounds": 7, "steps_per_round": 5, "steps_per_epoch": 20}
    course = Course.bound(config, PLACE, **lengths)
    beta = preset("fu2019-dialog-code", steps_per_epoch=20)
    assert [course.beta(step) for step in range(35)] == [beta(step) for step in range(35)]
    assert course.problems
    assert all(problem.endswith("(a round has 5 steps)") for problem in course.problems)
    plan = course.plan([], 40, [])
    assert (plan.unit, plan.rounds, plan.steps_per_round) == ("round", 7, 5)


def test_the_plan_says_what_is_trained(small):
    course = bound(override(small, {"objective.beta": "constant:0.5"}))
    plan = course.plan([torch.nn.Linear(3, 2), torch.nn.Linear(1, 1)], 40, ["train: 40"])
    assert (plan.parameters, plan.sentences, plan.reading) == (10, 40, ("train: 40",))
    assert (plan.total_steps, plan.steps_per_round, plan.rounds, plan.unit) == (30, 10, 3, "epoch")
    assert (plan.name, plan.device, plan.precision) == ("constant:0.5", "cpu", "fp32")
    assert plan.beta == course.beta.describe()


def test_a_run_is_called_as_it_was_named_or_as_its_schedule(small):
    assert run_name(small) == small.objective.beta
    assert run_name(override(small, {"name": "mine"})) == "mine"
