"""What ``unvanish tune`` shows of what it tried."""

import io
from itertools import product

import pytest

pytest.importorskip("optuna")

from rich.console import Console

from unvanish.cli.tune import _table
from unvanish.comparison import Choice


def shown(*choices, width=80):
    """Print the table as where no terminal says how wide it is."""
    figures = {"elbo": -1109.469, "rec": 1099.123, "kl": 10.346, "active_units": 32}
    runs = [
        {
            "config": {"objective": {"beta": choice.schedule, "free_bits": choice.free_bits}},
            "splits": {"valid": {"last": figures}},
        }
        for choice in choices
    ]
    console = Console(width=width, file=io.StringIO())
    console.print(_table(runs))
    return console.file.getvalue()


def test_two_trials_that_differ_anywhere_read_differently():
    tried = product((2, 12), ("0.05", "0.65"), ("linear", "cosine", "sigmoid"), (0.0, 0.25))
    choices = [
        Choice(f"cyclical:n_cycles={n},ratio={ratio},shape={shape}", free)
        for n, ratio, shape, free in tried
    ]
    text = shown(*choices)
    rows = [line.split() for line in text.splitlines() if "-1109.469" in line]
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
    assert len(rows) == len(choices) == len(set(map(tuple, rows)))


def test_a_row_says_what_was_tried_and_what_came_out():
    (row,) = [
        line.split()
        for line in shown(Choice("cyclical:n_cycles=6,ratio=0.50,shape=cosine", 0.1)).splitlines()
        if "cosine" in line
    ]
    assert row == ["6", "0.5", "cosine", "0.1", "-1109.469", "1099.123", "10.346", "32"]


@pytest.mark.parametrize("given", ["--epochs=5", "--seed=3", "--most-cycles=4"])
def test_resume_says_what_may_be_given_beside_it(refused, tmp_path, given):
    said = refused("tune", "--resume", "--out", tmp_path, given)
    assert "leave them out (--trials and --storage may be given)" in said
