import json
import os
import signal

import pytest
import torch
from safetensors import safe_open

from unvanish.config import UsageError
from unvanish.training import TrainingStopped


def everything(made):
    """What the next steps depend on, as plain numbers."""
    return {
        "model": [each.tolist() for each in made.updates.model.parameters()],
        "objective": [each.tolist() for each in made.updates.objective.parameters()],
        "moments": {
            (number, name): value.tolist()
            for number, moments in made.updates.optimizer.state_dict()["state"].items()
            for name, value in moments.items()
        },
        "window": {name: value.tolist() for name, value in made.state.window.tensors().items()},
        "counts": {**made.state.window.facts(), "seconds": None},
        "progress": made.state.progress,
        "remembered": made.validation.remembered,
        "next draw": torch.rand(3).tolist(),
        "metrics": made.run.metrics(),
    }


@pytest.fixture
def stopped(tiny):
    """A run that was saved in the middle of its second round, with a window half full."""
    made = tiny()
    made.updates.at[5] = lambda: os.kill(os.getpid(), signal.SIGTERM)
    with made.noted, pytest.raises(TrainingStopped):
        made.trainer.train()
    return made


def test_all_of_it_comes_back(tiny, stopped):
    assert stopped.state.progress.step == 5
    saved = stopped.state.checkpoints.latest()
    torch.set_rng_state(saved.tensors["random.global"])
    expected = everything(stopped)
    stopped.run.append_metrics({"step": 6})
    again = tiny()
    again.state.restore(saved)
    assert everything(again) == expected
    assert len(expected["metrics"]) == 4
    assert expected["counts"]["steps"] == 1


def test_what_is_saved_keeps_its_names(stopped):
    """Runs that were begun before are to be gone on with."""
    saved = stopped.state.checkpoints.latest()
    parameters = ("weight", "bias")
    assert set(saved.tensors) == {
        *(f"model.{name}" for name in parameters),
        *(f"objective.{name}" for name in parameters),
        *(f"optimizer.{n}.{name}" for n in range(4) for name in ("step", "exp_avg", "exp_avg_sq")),
        "random.global",
        *(f"window.{name}" for name in ("kl", "loss", "grad_norm")),
    }
    assert saved.facts.keys() == {
        *("round", "best", "stopped_early", "seconds", "tokens"),
        *("remembered", "window", "metrics_size", "environment"),
    }
    assert saved.facts["window"].keys() == {"sentences", "tokens", "steps", "seconds"}
    assert saved.facts["environment"] == {"torch": "some"}


def test_the_header_says_how_far_it_is(stopped):
    file = stopped.state.checkpoints.files[5]
    with safe_open(file, framework="pt") as opened:
        facts = json.loads(opened.metadata()["facts"])
    assert facts["round"] == 1
    assert facts["best"] == {"round": 1, "elbo": -9.0, "kl_per_dimension": [1.0, 1.0]}
    assert facts["tokens"] == 15


def test_parameters_that_are_no_numbers_are_not_saved(tiny):
    made = tiny()
    made.state.save()
    made.state.progress.step = 3
    next(made.updates.model.parameters()).data[0] = float("nan")
    with pytest.raises(UsageError, match=r"a parameter is not .* at step 3; the state of step 0"):
        made.state.save()
    assert list(made.state.checkpoints.files) == [0]


@pytest.mark.parametrize(
    ("is_source", "rounds", "advised"), [(True, 1, True), (True, 0, False), (False, 1, False)]
)
def test_another_run_is_advised_where_one_can_start_from_this(tiny, is_source, rounds, advised):
    made = tiny(is_source=is_source)
    made.state.progress.rounds = rounds
    with pytest.raises(UsageError, match="kl is inf") as told:
        made.state.require_finite({"parts": [float("nan")], "kl": float("inf")})
    assert (f"--from {made.run.path}" in str(told.value)) == advised
    made.state.require_finite({"parts": [float("nan")], "kl": 1.0})


def test_it_ends_only_when_asked(tiny):
    made = tiny()
    made.state.stop_if_asked()
    made.state.stop_together(False)
    assert not made.state.is_asked
    assert not made.state.checkpoints.files
    made.noted.signal_number = 15
    with pytest.raises(TrainingStopped) as stopped:
        made.state.stop_together(True)
    assert (stopped.value.step, stopped.value.signal_number) == (0, 15)
    assert list(made.state.checkpoints.files) == [0]
