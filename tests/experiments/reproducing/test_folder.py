"""An experiment's folder: begun, gone on with, kept from others."""

import json
from typing import ClassVar

import pytest

from unvanish.config import UsageError
from unvanish.experiments.corpora import DataFile
from unvanish.experiments.judging import Claim
from unvanish.experiments.reproducing import (
    Experiment,
    Extent,
    Findings,
    Request,
    ResultTable,
    carry_out,
)
from unvanish.locks import alone
from unvanish.measures import summarize
from unvanish.report.figures import draw


def run_of(seed):
    """Give the part of a run's results that is looked at; seed 7 was trained elsewhere."""
    device = "another processor" if seed == 7 else "a processor"
    facts = {"device": device, "torch": "2", "python": "3", "precision": "fp32"}
    return {"seed": seed, "environment": facts}


class Counting(Experiment):
    """Gives every seed its number, and notes how often it was asked."""

    name, title, source = "counting", "Numbers of seeds", "Table 0"
    whole = Extent(3, "no time")
    quick = Extent(1, "no time")
    problem: UsageError | None = None
    there: ClassVar[range] = range(100)

    def __init__(self):
        self.asked = 0

    def carry_out(self, request, watcher):
        self.asked += 1
        if self.problem:
            raise self.problem
        seeds = self.seeds_of(request)
        picture = draw("line", "a line", (2, 1), lambda figure: figure.subplots().plot([0, 1]))
        table = ResultTable("numbers", {"number": 1}, {"seed": {"number": summarize(seeds)}})
        claim = Claim("there are seeds", "here", "holds", f"{len(seeds)} of them")
        return Findings(
            [claim], [table], [(picture, "A line.")], [run_of(s) for s in seeds if s in self.there]
        )


@pytest.mark.parametrize(
    ("request_", "seeds"),
    [({}, [1, 2, 3]), ({"quick": True}, [1]), ({"seeds": 2, "seed": 7}, [7, 8])],
)
def test_everything_is_written(tmp_path, request_, seeds):
    out = tmp_path / "out"
    results = carry_out(Counting(), Request(out, **request_))
    assert json.loads((out / "results.json").read_text()) == results
    assert results["seeds"] == [run["seed"] for run in results["runs"]] == seeds
    assert results["kind"] == "unvanish reproduce"
    assert (out / "line.png").read_bytes().startswith(b"\x89PNG")
    page = (out / "report.html").read_text()
    assert "Numbers of seeds" in page
    assert "<svg" in page
    verdict = "not established" if results["quick"] else "holds"
    assert f"**{verdict}**" in (out / "report.md").read_text()


def test_devices_and_seeds_are_those_of_the_runs(tmp_path):
    experiment = Counting()
    experiment.there = (7, 8)
    results = carry_out(experiment, Request(tmp_path / "out", seeds=4, seed=6))
    assert results["seeds"] == [7, 8]
    devices = [facts["device"] for facts in results["environments"]]
    assert devices == ["another processor", "a processor"]
    assert "2 seeds. another processor" in (tmp_path / "out/report.md").read_text()


def test_what_has_not_been_trained_does_not_replace_what_was_told(tmp_path):
    carry_out(Counting(), Request(tmp_path / "out"))
    before = (tmp_path / "out/results.json").read_bytes()
    gone = Counting()
    gone.there = ()
    with pytest.raises(UsageError, match="leave out --no-train"):
        carry_out(gone, Request(tmp_path / "out", train=False))
    assert (tmp_path / "out/results.json").read_bytes() == before


def test_what_was_never_begun_is_not_begun_to_tell_of_it(tmp_path):
    experiment = Counting()
    with pytest.raises(UsageError, match="leave out --no-train"):
        carry_out(experiment, Request(tmp_path / "out", train=False))
    assert experiment.asked == 0
    assert list(tmp_path.iterdir()) == []


def test_the_same_goes_on_and_another_is_refused(tmp_path):
    request = Request(tmp_path / "out", seeds=1)
    carry_out(Counting(), request)
    assert carry_out(Counting(), Request(tmp_path / "out", seeds=2))["seeds"] == [1, 2]

    class Other(Counting):
        name = "other"

    for experiment, again in ((Other(), request), (Counting(), Request(request.out, quick=True))):
        with pytest.raises(UsageError, match="holds counting: give another --out"):
            carry_out(experiment, again)
        assert experiment.asked == 0


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "diary.txt").write_text("dear diary")
    experiment = Counting()
    with pytest.raises(UsageError, match="in use"):
        carry_out(experiment, Request(tmp_path))
    assert experiment.asked == 0
    assert [file.name for file in tmp_path.iterdir()] == ["diary.txt"]


def test_missing_data_leaves_no_trace(tmp_path):
    class Needing(Counting):
        files = (DataFile("a/b.txt", None, "the library"),)

    with pytest.raises(UsageError, match=r"a/b\.txt\n.*from the library"):
        carry_out(Needing(), Request(tmp_path / "out", data=tmp_path))
    assert not (tmp_path / "out").exists()


def test_two_processes_do_not_work_on_one_folder(tmp_path):
    request = Request(tmp_path / "out")
    carry_out(Counting(), request)
    with alone(request.out), pytest.raises(UsageError, match="by another process"):
        carry_out(Counting(), request)
    carry_out(Counting(), request)


def test_what_fails_writes_no_results_and_can_be_tried_again(tmp_path):
    experiment, request = Counting(), Request(tmp_path / "out")
    experiment.problem = UsageError("no luck")
    with pytest.raises(UsageError, match="no luck"):
        carry_out(experiment, request)
    assert not (request.out / "results.json").exists()
    experiment.problem = None
    assert carry_out(experiment, request)["seeds"] == [1, 2, 3]


@pytest.mark.parametrize("wrong", [{"seeds": 0}, {"seed": -1}, {"workers": 0}])
def test_impossible_requests_are_told(tmp_path, wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Request(tmp_path, **wrong)
