"""What a comparison found, as text."""

import json

import pytest

from unvanish.comparison.found import read_found, tell_found
from unvanish.config import UsageError


def spread(mean, deviation=None):
    return {"mean": mean, "standard_deviation": deviation}


def made_up(*names, seeds=(1, 2)):
    """A summary as results.json has it: the second of two has 0.5 more of everything."""
    figures = {
        "rec": spread(10.0, 0.25),
        "kl": spread(0.0694, 0.0041),
        "elbo": spread(-10.07, 0.2),
        "ppl": spread(27.8),
        "active_units": spread(1.5, 0.7),
    }
    rows = [
        {"schedule": name, "seeds": list(seeds), "figures": figures, "verdicts": {"alive": 2}}
        for name in names
    ]
    intervals = {"sentences": [0.25, 0.75], "seeds": [-0.125, 1.125] if len(seeds) > 1 else None}
    entries = [
        {"first": names[1], "second": names[0], "figure": figure, "mean": 0.5, **intervals}
        | {"verdict": "not established" if len(seeds) > 1 else "one seed: not known"}
        for figure in ("rec", "kl", "elbo")[: 3 * (len(names) > 1)]
    ]
    return {"summary": {"rows": rows, "differences": entries}}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "comparison.json").write_text("{}")
    (tmp_path / "results.json").write_text(json.dumps(made_up("constant", "cyclical")))
    return tmp_path


def test_differences_have_both_intervals_and_the_verdict():
    found = tell_found(made_up("constant", "cyclical"))
    assert found.schedules.rows[1] == ("B", "cyclical", "1, 2", "alive 2")
    assert found.figures.rows[0][2] == "0.069 ± 0.004"
    over = ("+0.250 to +0.750", "-0.125 to +1.125")
    assert found.differences.rows[1] == ("B - A", "kl", "+0.500", *over, "not established")
    assert {len(row) for row in found.differences.rows} == {len(found.differences.headings)}


def test_one_seed_has_no_interval_over_seeds():
    found = tell_found(made_up("constant", "cyclical", seeds=(1,)))
    assert found.differences.rows[0][-2:] == ("-", "one seed: not known")


def test_one_schedule_has_no_differences():
    assert tell_found(made_up("constant")).differences is None


def test_more_schedules_than_letters_are_told_apart():
    found = tell_found(made_up(*(f"constant:{k}" for k in range(60))))
    letters = [row[0] for row in found.schedules.rows]
    assert letters[25:28] == ["Z", "A2", "B2"]
    assert len(set(letters)) == 60


@pytest.mark.parametrize(("name", "explained"), [("lm", True), ("cyclical", False)])
def test_a_baseline_is_explained(name, explained):
    notes = tell_found(made_up("constant", name)).notes
    assert any("log p(x)" in note for note in notes) == explained
    assert "adjusted for the number of differences" in notes[-1]


def test_it_is_read_from_the_folder(folder):
    assert read_found(folder) == tell_found(made_up("constant", "cyclical"))


@pytest.mark.parametrize("missing", ["comparison.json", "results.json"])
def test_a_folder_of_another_kind_or_without_results_has_found_nothing(folder, missing):
    (folder / missing).unlink()
    assert read_found(folder) is None


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"summary": []}', '{"summary": {"rows": [1], "differences": []}}']
)
def test_damage_is_told(folder, text):
    (folder / "results.json").write_text(text)
    with pytest.raises(UsageError, match=r"results.json .*damaged"):
        read_found(folder)
