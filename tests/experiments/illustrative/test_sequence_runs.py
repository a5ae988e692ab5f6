"""Figures of the ten sequences are of the moment that is asked for."""

from dataclasses import replace

import pytest

from unvanish.experiments.illustrative.problem import Settings

HELD = Settings(steps=400, hold=100)


def test_a_figure_is_that_of_its_moment_and_at_the_end_of_the_hold_without_one(sequence_runs):
    by_steps = {
        mark: {"monotonic": {"rec": 9.0 - k, "kl": 1.0 + k}} for k, mark in enumerate(HELD.marks)
    }
    runs = sequence_runs(by_steps, HELD)
    assert HELD.marks == (10, 100, 110, 200, 310, 400, 500)
    for k, mark in enumerate(HELD.marks):
        at = replace(runs, mark=mark)
        for figure, mean in (
            ("kl", 1.0 + k),
            ("rec", 9.0 - k),
            ("loss", 10.0),
            ("information", 1.0 + k),
        ):
            values = at.values("monotonic", figure)
            assert values.keys() == {1, 2, 3}
            assert list(values.values()) == pytest.approx([mean] * 3, abs=0.01)
    assert runs.values("monotonic", "kl") == replace(runs, mark=500).values("monotonic", "kl")
    assert replace(runs, runs={"constant": {}}).spreads("constant", ("kl",)) == {}


def test_between_the_moments_there_are_no_figures(sequence_runs):
    with pytest.raises(ValueError, match="not in tuple"):
        replace(sequence_runs({}, HELD), mark=401).values("monotonic", "kl")
