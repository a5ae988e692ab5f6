import os
import signal

import pytest
import torch
from safetensors.torch import load_file

from unvanish.config import UsageError
from unvanish.training import Reporter, TrainingStopped
from unvanish.training.restoring import go_back

from .conftest import Numbers, timetable


class Heard(Reporter):
    def __init__(self):
        self.stepped_at, self.evaluations, self.warnings = [], [], []

    def stepped(self, step, figures):
        self.stepped_at.append(step)

    def evaluated(self, n, split, figures):
        self.evaluations.append((n, split, dict(figures)))

    def warned(self, message):
        self.warnings.append(message)


class Listener:
    def __init__(self):
        self.lines = []

    def log(self, figures, *, step):
        self.lines.append((step, set(figures)))


def places(run):
    return [(line["step"], line["round"], "valid/elbo" in line) for line in run.metrics()]


def numbers(run):
    """The lines of the metrics without what the clock says."""
    clock = "train/tokens_per_second"
    return [{k: v for k, v in line.items() if k != clock} for line in run.metrics()]


def test_batches_are_taken_in_order_over_rounds_that_cut_epochs(tiny):
    made = tiny()
    made.trainer.train()
    row = [batch.value for epoch in range(3) for batch in Numbers().epoch(epoch)]
    assert made.updates.seen == list(enumerate(row[:9]))
    assert (made.trainer.progress.step, made.trainer.progress.tokens) == (9, 27)
    assert made.trainer.finished


def test_lines_and_files_come_when_the_timetable_says(tiny):
    made = tiny()
    made.trainer.train()
    assert places(made.run) == [
        *[(2, 1, False), (3, 1, False), (3, 1, True)],
        *[(4, 2, False), (6, 2, False), (6, 2, True)],
        *[(8, 3, False), (9, 3, False), (9, 3, True)],
    ]
    names = {file.stem for file in (made.run.path / "checkpoints").iterdir()}
    assert names == {"best", "cycle-1", "cycle-2", "step-000000008", "step-000000009"}
    betas = [line["train/beta"] for line in made.run.metrics() if "train/beta" in line]
    assert betas == [step - 0.5 for step in (2, 3, 4, 6, 8, 9)]
    assert made.validation.kept == [1, 2, 3]
    beside = [line["valid/information"] for line in made.run.metrics() if "valid/elbo" in line]
    assert beside == [2.5, 5.5, 8.5]


def test_the_best_parameters_are_those_of_the_best_round(tiny):
    made, whole = tiny(elbos=[-9.0, -7.0, -8.0]), tiny("two", timetable(rounds=2))
    made.trainer.train()
    whole.trainer.train()
    best = load_file(made.run.parameters_file("best"))
    second = load_file(whole.run.parameters_file("last"))
    assert all(torch.equal(best[name], second[name]) for name in second)
    assert not torch.equal(best["weight"], load_file(made.run.parameters_file())["weight"])
    assert made.trainer.progress.best["round"] == 2


def test_all_who_listen_hear_the_same(tiny):
    heard, listener = Heard(), Listener()
    made = tiny(reporter=heard, loggers=[listener], warnings={2: "faint", "kl 1, beta 2.5": "dim"})
    made.trainer.train()
    assert heard.stepped_at == [2, 3, 4, 6, 8, 9]
    assert heard.evaluations == [
        (n, "valid", {"elbo": elbo}) for n, elbo in ((1, -9.0), (2, -7.0), (3, -8.0))
    ]
    assert heard.warnings == ["step 3: dim", "step 6: faint"]
    noted = [line for line in made.run.metrics() if "warning" in line]
    assert noted == [
        {"step": 3, "round": 1, "warning": "dim"},
        {"step": 6, "round": 2, "warning": "faint"},
    ]
    assert [step for step, _ in listener.lines] == [2, 3, 3, 4, 6, 6, 8, 9, 9]
    assert listener.lines[2][1] == {"valid/elbo", "valid/information"}


def test_the_validation_may_end_it(tiny):
    made = tiny(last_round=2)
    made.trainer.train()
    assert (made.trainer.progress.rounds, made.trainer.progress.stopped_early) == (2, True)
    before = made.run.metrics()
    made.trainer.train()
    assert made.run.metrics() == before


@pytest.mark.parametrize("step", range(1, 10))
def test_asked_to_end_after_any_step_it_goes_on_as_if_never_asked(tiny, step):
    whole, cut = tiny("whole"), tiny("cut")
    whole.trainer.train()
    cut.updates.at[step] = lambda: os.kill(os.getpid(), signal.SIGTERM)
    with cut.noted, pytest.raises(TrainingStopped) as stopped:
        cut.trainer.train()
    assert stopped.value.step == step
    again = tiny("cut")
    go_back(again.state, again.trainer.reporter)
    again.trainer.train()
    assert numbers(again.run) == numbers(whole.run)
    for name in ("last", "best", "cycle-1", "cycle-2"):
        one, two = (load_file(made.run.parameters_file(name)) for made in (whole, again))
        assert all(torch.equal(one[key], two[key]) for key in one)
    assert again.validation.remembered == [-9.0, -7.0, -8.0]
    assert again.trainer.progress.best == whole.trainer.progress.best


@pytest.mark.parametrize("forgotten", ["restore_optimizer", "restore_randomness"])
def test_a_forgotten_part_of_the_state_would_be_noticed(tiny, monkeypatch, forgotten):
    """The negative control of the test above."""
    whole, cut = tiny("whole"), tiny("cut")
    whole.trainer.train()
    cut.updates.at[4] = lambda: os.kill(os.getpid(), signal.SIGTERM)
    with cut.noted, pytest.raises(TrainingStopped):
        cut.trainer.train()
    again = tiny("cut")
    monkeypatch.setattr(f"unvanish.training.run_state.{forgotten}", lambda *given: None)
    go_back(again.state, again.trainer.reporter)
    again.trainer.train()
    assert numbers(again.run) != numbers(whole.run)


def test_figures_that_are_no_numbers_are_never_written(tiny):
    made = tiny()
    made.updates.at[3] = lambda: setattr(made.updates, "kl", float("nan"))
    with pytest.raises(UsageError, match="train/kl is nan at step 4; the state of step 3 is kept"):
        made.trainer.train()
    assert places(made.run)[-1] == (3, 1, True)
    judged = tiny("judged", elbos=[-9.0, float("-inf")])
    with pytest.raises(UsageError, match="elbo is -inf at step 6"):
        judged.trainer.train()
    assert places(judged.run)[-1] == (6, 2, False)


def test_parameters_that_are_no_numbers_are_no_cycle(tiny):
    made = tiny(table=timetable(log_every=99, checkpoint_every=99, steps_per_round=6))
    made.updates.at[5] = lambda: made.updates.model.weight.data.fill_(float("nan"))
    with pytest.raises(UsageError, match="a parameter is not a finite number at step 5"):
        made.trainer.train()
    assert not made.run.parameters_file("cycle-1").exists()
