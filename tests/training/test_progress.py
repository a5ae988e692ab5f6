import json

import pytest

from unvanish.training.progress import Progress


@pytest.mark.parametrize("unit", ["epoch", "round"])
def test_what_is_saved_comes_back_under_the_names_files_have(unit):
    progress = Progress(unit, step=12, tokens=300, seconds=1.5)
    progress.end_round({"elbo": -4.0, "kl_per_dimension": [1.0]})
    facts = json.loads(json.dumps(progress.facts(), allow_nan=False))
    assert facts == {
        unit: 1,
        "best": {unit: 1, "elbo": -4.0, "kl_per_dimension": [1.0]},
        "stopped_early": False,
        "seconds": 1.5,
        "tokens": 300,
    }
    again = Progress(unit)
    again.restore(12, {**facts, "something": "else"})
    assert again == progress


def test_the_best_round_is_the_first_with_the_highest_elbo():
    progress = Progress("epoch")
    assert [progress.end_round({"elbo": elbo}) for elbo in (-9, -5, -5, -7)] == [
        True,
        True,
        False,
        False,
    ]
    assert (progress.rounds, progress.best_round, progress.last_is_best) == (4, 2, False)
    progress.end_round({"elbo": -1})
    assert progress.last_is_best


def test_the_summary_counts_in_its_own_unit():
    progress = Progress("round", step=7, rounds=2, tokens=1000, seconds=3.00049)
    assert progress.summary() == {
        "rounds": 2,
        "steps": 7,
        "seconds": 3.0,
        "stopped_early": False,
        "tokens_per_second": 333.3,
    }
    assert Progress("epoch").summary()["tokens_per_second"] == 0.0
