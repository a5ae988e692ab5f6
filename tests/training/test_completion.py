import os
import signal

import pytest

from unvanish.training import Reporter, TrainingStopped
from unvanish.training.completion import complete


class Heard(Reporter):
    def __init__(self):
        self.told = []

    def resumed(self, step):
        self.told.append(f"resumed {step}")

    def warned(self, message):
        self.told.append(message)

    def started(self, plan):
        self.told.append(plan)

    def evaluated(self, n, split, figures):
        self.told.append(n)

    def finished(self):
        self.told.append("finished")


def finish(made):
    complete(made.trainer, "plan", lambda: {"steps": made.state.progress.step})


def test_it_is_told_measured_and_written(tiny):
    heard = Heard()
    made = tiny(reporter=heard)
    finish(made)
    assert made.run.results() == {"steps": 9}
    assert heard.told == ["odd", "plan", 1, 2, 3, "finished"]


def test_it_goes_on_where_it_was_left(tiny):
    first, second = Heard(), Heard()
    cut = tiny(reporter=first)
    cut.updates.at[4] = lambda: os.kill(os.getpid(), signal.SIGTERM)
    with cut.noted, pytest.raises(TrainingStopped):
        finish(cut)
    assert first.told[-2:] == [1, "finished"]
    assert not (cut.run.path / "results.json").exists()
    finish(tiny(reporter=second))
    assert second.told == ["resumed 4", "odd", "plan", 2, 3, "finished"]


def test_metrics_of_a_run_without_a_checkpoint_are_begun_anew(tiny):
    made = tiny()
    made.run.append_metrics({"step": 1})
    finish(made)
    assert made.run.metrics()[0]["step"] == 2
