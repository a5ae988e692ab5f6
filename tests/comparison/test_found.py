"""What a comparison found, as text."""

import json
from pathlib import Path

import pytest

from unvanish.comparison import ComparisonPlan
from unvanish.comparison.found import read_found, tell_found
from unvanish.config import Config, UsageError


def found_in(results):
    """Tell of a comparison all of whose runs have ended."""
    rows = results["summary"]["rows"]
    return tell_found(results, planned(rows, rows[0]["seeds"]), Path("out"))


def planned(rows, seeds):
    return ComparisonPlan(tuple(row["schedule"] for row in rows), tuple(seeds), Config())


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
    known = {"p_value": 0.04 if len(seeds) > 1 else None}
    intervals = {"sentences": [0.25, 0.75], "seeds": [-0.125, 1.125] if len(seeds) > 1 else None}
    entries = [
        {"first": names[1], "second": names[0], "figure": figure, "mean": 0.5, **intervals}
        | {"verdict": "not established" if len(seeds) > 1 else "one seed: not known"}
        | known
        for figure in ("rec", "kl", "elbo")[: 3 * (len(names) > 1)]
    ]
    return {"summary": {"rows": rows, "differences": entries}}


def notes_on(summary):
    return found_in({"summary": summary}).notes


@pytest.fixture
def folder(tmp_path):
    results = made_up("constant", "cyclical")
    plan = planned(results["summary"]["rows"], (1, 2))
    (tmp_path / "comparison.json").write_text(json.dumps(plan.to_dict()))
    (tmp_path / "results.json").write_text(json.dumps(results))
    return tmp_path


def test_differences_have_both_intervals_and_the_verdict():
    found = found_in(made_up("constant", "cyclical"))
    assert found.schedules.rows[1] == ("B", "cyclical", "1, 2", "alive 2")
    assert found.figures.rows[0][2] == "0.069 ± 0.004"
    over = ("+0.250 to +0.750", "-0.125 to +1.125")
    assert found.differences.rows[1] == ("B - A", "kl", "+0.500", *over, "not established")
    assert {len(row) for row in found.differences.rows} == {len(found.differences.headings)}


def test_one_seed_has_no_interval_over_seeds():
    found = found_in(made_up("constant", "cyclical", seeds=(1,)))
    assert found.differences.rows[0][-2:] == ("-", "one seed: not known")


def test_one_schedule_has_no_differences():
    assert found_in(made_up("constant")).differences is None


def test_more_schedules_than_letters_are_told_apart():
    found = found_in(made_up(*(f"constant:{k}" for k in range(60))))
    letters = [row[0] for row in found.schedules.rows]
    assert letters[25:28] == ["Z", "A2", "B2"]
    assert len(set(letters)) == 60


@pytest.mark.parametrize(("name", "explained"), [("lm", True), ("cyclical", False)])
def test_a_baseline_is_explained(name, explained):
    notes = found_in(made_up("constant", name, seeds=range(1, 6))).notes
    assert any("log p(x)" in note for note in notes) == explained
    assert "adjusted for the number of differences" in notes[-1]


@pytest.mark.parametrize(
    ("looked_at", "seeds", "rows", "told"),
    [
        ([1, 2], [1, 2, 3], [1, 2, 3], "seed 3 was added when the results of 1, 2 were there"),
        ([1, 2, 3], [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], "seeds 4, 5, 6 were added when the"),
        ([1, 2], [1, 2, 3, 4], [1, 2, 4], "seeds 3, 4 were added when the results of 1, 2 were"),
    ],
    ids=["one seed", "two looks", "a failed seed"],
)
def test_of_added_seeds_it_says_which_seeds_would_be_free_of_that(looked_at, seeds, rows, told):
    """Whatever was added and looked at since, only seeds beyond all of them are untouched."""
    summary = made_up("constant", "cyclical", seeds=rows)["summary"]
    summary |= {"seeds": seeds, "seen_seeds": looked_at}
    (note,) = (note for note in notes_on(summary) if "added" in note)
    assert note.startswith(told)
    assert "nobody has looked at" in note
    assert note.endswith(f"--seed {seeds[-1] + 1} --seeds 5 in another --out")


@pytest.mark.parametrize("looked_at", [[], [1, 2]])
def test_where_no_seeds_were_added_it_says_nothing_of_it(looked_at):
    summary = made_up("constant", "cyclical")["summary"] | {"seeds": [1, 2]}
    assert not any("added" in note for note in notes_on(summary | {"seen_seeds": looked_at}))


def test_seeds_that_were_left_out_after_a_look_are_told():
    summary = made_up("constant", "cyclical")["summary"]
    assert not any("left out" in note for note in notes_on(summary | {"left_out_seeds": []}))
    (note,) = (each for each in notes_on(summary | {"left_out_seeds": [4]}) if "left out" in each)
    assert note.startswith("seed 4 was planned, and left out when results of others were there")


def test_results_of_an_earlier_version_say_which_seeds_were_added_too():
    summary = made_up("constant", "cyclical", seeds=(3, 4, 7))["summary"] | {"seen_seeds": [3, 4]}
    assert any("seed 7 was added" in note and "--seed 8 " in note for note in notes_on(summary))


def test_too_few_seeds_to_establish_anything_are_told():
    summary = made_up("constant", "cyclical", seeds=(1, 2, 3))["summary"]
    summary["differences"] *= 3
    told = "with 3 seeds and 9 differences none is established unless one is 7.7 of its "
    enough = "with 5 seeds it would take 2.4 at least"
    assert any(told in note and enough in note for note in notes_on(summary))
    summary["differences"] *= 10
    assert any("90 differences" in note and "with 6 seeds" in note for note in notes_on(summary))
    for entry in summary["differences"]:
        entry["verdict"] = "higher"
    assert not any("unless one is" in note for note in notes_on(summary))


@pytest.mark.parametrize("seeds", [(1,), (1, 2, 3, 4, 5)])
def test_one_seed_or_enough_of_them_get_no_such_word(seeds):
    summary = made_up("constant", "cyclical", seeds=seeds)["summary"]
    assert not any("unless one is" in note for note in notes_on(summary))


def test_seeds_that_both_schedules_have_are_those_that_count():
    summary = made_up("constant", "cyclical", seeds=(1, 2, 3, 4, 5))["summary"]
    summary["rows"][1]["seeds"] = [1, 5]
    assert any("with 2 seeds and 3 differences" in note for note in notes_on(summary))


def test_runs_that_are_not_in_the_results_are_counted(folder):
    rows = made_up("constant", "cyclical")["summary"]["rows"]
    more = ComparisonPlan(("constant", "cyclical", "fu2019"), (1, 2, 3), Config(), {}, ("lm",))
    (folder / "comparison.json").write_text(json.dumps(more.to_dict()))
    goes_on = f"unvanish compare --resume --out {folder} goes on"
    assert read_found(folder).notes[-1] == f"8 of 12 runs are not in these results: {goes_on}"
    (folder / "comparison.json").write_text(json.dumps(planned(rows, (1, 2)).to_dict()))
    assert not any("not in these" in note for note in read_found(folder).notes)


def test_it_is_read_from_the_folder(folder):
    assert read_found(folder) == found_in(made_up("constant", "cyclical"))


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


def test_a_damaged_plan_is_told_as_such(folder):
    (folder / "comparison.json").write_text("{}")
    with pytest.raises(UsageError, match="comparison format None is not known"):
        read_found(folder)
