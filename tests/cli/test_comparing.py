"""What a person sees while many runs train."""

import io

import pytest
from rich.console import Console

from unvanish.cli.comparing import TerminalListener, tables, told_changes
from unvanish.comparison import ComparisonPlan, Ended
from unvanish.comparison.found import Found, TextTable
from unvanish.config import Config


def test_a_warning_that_is_true_of_every_run_is_told_once(capsys):
    with TerminalListener(["one", "two"], quiet=True) as listener:
        for folder in ("one", "two"):
            listener.warned(folder, "the test text was trained on")
            listener.warned(folder, f"{folder} is collapsing")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "one: warning: the test text was trained on",
        "one: warning: one is collapsing",
        "two: warning: two is collapsing",
    ]


def test_the_time_left_does_not_count_steps_of_another_time(monkeypatch):
    """Two runs of 1,000 steps, of which one goes on at step 900: 10 steps a second are done."""
    now = [0.0]
    monkeypatch.setattr("rich.console.monotonic", lambda: now[0])
    with TerminalListener(["new", "old"], quiet=True) as listener:
        listener.planned("new", 1_000)
        listener.moved("old", 900)
        for step in (50, 100, 150, 200):
            now[0] += 5.0
            listener.moved("new", step)
        (task,) = listener._progress.tasks
        assert (task.total, task.completed) == (2_000, 1_100)
        assert task.speed == pytest.approx(10.0)
        assert task.time_remaining == pytest.approx(90.0)


def test_a_run_that_ends_sooner_than_planned_leaves_nothing_to_do():
    """Of two runs of 1,000 steps, one runs out of patience after 400."""
    with TerminalListener(["short", "long"], quiet=True) as listener:
        listener.planned("short", 1_000)
        (task,) = listener._progress.tasks
        assert task.total == 2_000  # nothing is known of the other
        listener.moved("short", 400)
        listener.ended(Ended("short"))
        listener.planned("long", 1_000)
        assert (task.total, task.completed) == (1_400, 400)


def test_schedules_are_whole_in_a_narrow_table():
    """Two that differ at their ends alone, in 80 characters."""
    names = [f"cyclical:n_cycles=12,ratio=0.65,shape={shape}" for shape in ("cosine", "sigmoid")]
    rows = tuple((name[-1], name, "1, 2, 3, 4, 5", "alive 4, holes 1") for name in names)
    text = TextTable("schedules", ("", "schedule", "seeds", "latent variable"), rows)
    schedules, *_ = tables(Found(text, text, None, ()))
    console = Console(width=80, file=io.StringIO())
    console.print(schedules)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)
    begin = lines[2].index("schedule")
    end = lines[2].index("seeds")
    column = "".join(line[begin:end].strip() for line in lines[4:])
    assert column == "".join(names)


@pytest.mark.parametrize(
    ("names", "seeds", "baselines", "told"),
    [
        (["a"], 3, (), ""),
        (["a", "b:1,c=2"], 5, (), "added: seeds 4, 5; schedule b:1,c=2: 7 runs"),
        (["a"], 50, (), "added: seeds 4 to 50: 47 runs"),
        (["a", "b", "c"], 3, ("lm",), "added: schedule b; schedule c; baseline lm: 9 runs"),
        (["a"], 2, (), "left out: seed 3: 1 run"),
        (["a", "b"], 1, (), "added: schedule b: 1 run; left out: seeds 2, 3: 2 runs"),
    ],
)
def test_what_is_added_or_left_out_is_told_with_its_runs(names, seeds, baselines, told):
    before = ComparisonPlan(("a",), (1, 2, 3), Config())
    after = ComparisonPlan(tuple(names), tuple(range(1, seeds + 1)), Config(), {}, baselines)
    assert told_changes(before, after) == told
