"""A run so small that what the loop does with it can be written down by hand.

Its model is one number times another: neither sentences nor dialogs, for the loop knows neither.
What several processes run is no test.
"""

import random
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
import torch

from unvanish.objectives import Loss
from unvanish.runs import RecordFolder
from unvanish.schedules import Constant
from unvanish.training import Interruption, Reporter, Trainer
from unvanish.training.course import Course
from unvanish.training.parts import Validation
from unvanish.training.place import Place
from unvanish.training.run_state import RunState
from unvanish.training.timetable import Timetable

collect_ignore = ["in_processes.py", "several_runs_work.py"]


@dataclass(frozen=True)
class Number:
    """A batch of one number."""

    value: float
    n_tokens: int = 3

    def __len__(self):
        return 1


class Numbers:
    """Four batches, in another order every epoch."""

    def __len__(self):
        return 4

    def epoch(self, n, start=0):
        for value in random.Random(n).sample(range(10 * n, 10 * n + 4), 4)[start:]:
            yield Number(float(value))


class Weighted(torch.nn.Linear):
    """An objective with a parameter of its own."""

    def weights(self, step):
        return {"kl": 0.5 + step}


class NoisyUpdates:
    """Moves a factor and the objective towards a noisy target; notes what it was given."""

    learning_rate = 0.25

    def __init__(self):
        torch.manual_seed(3)
        self.model, self.objective = torch.nn.Linear(1, 1), Weighted(1, 1)
        parameters = [*self.model.parameters(), *self.objective.parameters()]
        self.optimizer = torch.optim.Adam(parameters, lr=0.1)
        self.seen, self.at, self.kl = [], {}, 1.0

    def update(self, batch, step, window, *, stop):
        assert self.model.training
        if step == 0:
            torch.manual_seed(4)
        self.optimizer.zero_grad()
        given = torch.tensor([[batch.value]]) / 10
        total = (self.objective(self.model(given)) - given - torch.rand(1, 1)).square().mean()
        total.backward()
        self.optimizer.step()
        window.add(Loss(total, {"kl": torch.tensor([self.kl])}, {}), batch)
        window.add_step(total.detach())
        self.seen.append((step, batch.value))
        self.at.get(step + 1, lambda: None)()
        return stop


@dataclass
class ScriptedValidation:
    """Finds what it is told to, and remembers it."""

    elbos: list[float] = field(default_factory=lambda: [-9.0, -7.0, -8.0])
    warnings: dict[str | int, str] = field(default_factory=dict)
    last_round: int = 99
    remembered: list[float] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)

    def watch(self, kl, *, beta):
        return self.warnings.get(f"kl {kl:g}, beta {beta:g}")

    def validate(self, n, *, beta, between):
        between()
        figures = {"elbo": self.elbos[n - 1], "kl_per_dimension": [1.0, float(n)]}
        beside = {"information": beta}
        return Validation(figures, beside, self.warnings.get(n), lambda: self.kept.append(n))

    def ends(self, n, figures, *, better):
        self.remembered.append(figures["elbo"])
        return n == self.last_round

    def state(self):
        return {"remembered": list(self.remembered)}

    def restore(self, facts):
        self.remembered = list(facts["remembered"])


def timetable(**changes):
    usual = {"rounds": 3, "steps_per_round": 3, "log_every": 2, "checkpoint_every": 2}
    return Timetable("round", **usual | {"cycle_ends": (5, 9)} | changes)


@pytest.fixture
def tiny(tmp_path):
    """Put a run together: ``tiny(folder name, table, is_source, ...)``."""

    def make(name="run", table=None, *, is_source=False, reporter=None, loggers=(), **validation):
        (tmp_path / name / "checkpoints").mkdir(parents=True, exist_ok=True)
        run = RecordFolder(tmp_path / name)
        (run.path / "metrics.jsonl").touch()
        place = Place(torch.device("cpu"), "fp32", {"torch": "some"})
        course = Course("tiny", Constant(1.0), table or timetable(), place, ("odd",))
        updates, judge = NoisyUpdates(), ScriptedValidation(**validation)
        noted = Interruption()
        state = RunState(
            course, updates, judge, run=run, identity="me", interruption=noted, is_source=is_source
        )
        trainer = Trainer(
            course,
            Numbers(),
            updates,
            judge,
            state,
            reporter=reporter or Reporter(),
            loggers=loggers,
        )
        return SimpleNamespace(
            trainer=trainer, state=state, updates=updates, validation=judge, run=run, noted=noted
        )

    return make
