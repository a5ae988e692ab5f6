import logging

import pytest

from unvanish.cli.progress import TerminalReporter
from unvanish.training import LogReporter, Plan

FIGURES = {"rec": 7.5, "kl": 0.25, "elbo": -7.75, "ppl": 9.0, "active_units": 2}


def plan(unit):
    words = {"name": "mine", "beta": "constant", "sparkline": "-", "device": "cpu"}
    numbers = {"parameters": 5, "sentences": 40, "total_steps": 35}
    course = {"unit": unit, "rounds": 7, "steps_per_round": 5}
    return Plan(**words, **numbers, **course, precision="fp32", reading=())


@pytest.mark.parametrize("unit", ["epoch", "round"])
def test_what_is_told_calls_a_round_as_the_run_does(unit, caplog, capsys):
    for reporter in (LogReporter(), TerminalReporter()):
        with caplog.at_level(logging.INFO, logger="unvanish"):
            reporter.started(plan(unit))
            reporter.evaluated(3, "valid", FIGURES)
            reporter.finished()
    assert f"{unit} 3 valid: rec 7.500, kl 0.250, ppl 9.000" in caplog.messages
    shown = capsys.readouterr().err
    assert f"{unit}s 7, steps in each 5, fp32\n" in shown
    assert f"{unit}   3 valid  rec    7.50" in shown
