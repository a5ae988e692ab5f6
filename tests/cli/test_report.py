import json
import shutil

import pytest

from unvanish.comparison import ComparisonPlan
from unvanish.config import Config
from unvanish.measures.figure_text import DECIMALS
from unvanish.report.run_page import KIND


@pytest.fixture
def run(trained, tmp_path):
    shutil.copytree(trained.path, tmp_path / "run")
    return tmp_path / "run"


def test_the_page_of_a_run_goes_into_its_folder_and_replaces_itself(unvanish, run):
    ended = unvanish("report", run, "--device=cpu")
    file = run / "report.html"
    assert ended.status == 0
    assert ended.out == f"report: {file}\n"
    assert f"reading {run}" in ended.err
    assert KIND in file.read_text(encoding="utf-8")
    again = unvanish("report", run, "--device=cpu", "--quiet", "--json")
    assert (again.status, again.err) == (0, "")
    assert json.loads(again.out) == {"report": str(file)}


@pytest.mark.slow
def test_several_runs_go_where_the_user_is_or_where_asked(unvanish, trained, run, monkeypatch):
    monkeypatch.chdir(run.parent)
    unvanish("report", run, trained.path, "--device=cpu")
    assert "2 runs" in (run.parent / "report.html").read_text(encoding="utf-8")
    assert not (run / "report.html").exists()
    unvanish("report", run, trained.path, "--device=cpu", "--out", "new/pages.html")
    assert (run.parent / "new" / "pages.html").exists()


@pytest.mark.parametrize("kind", ["comparison.json", "search.json"])
def test_of_a_comparison_it_has_what_that_found(unvanish, trained, tmp_path, kind):
    folder = tmp_path / "compared"
    shutil.copytree(trained.path, folder / "runs" / "monotonic-seed1")
    row = {"schedule": "monotonic", "seeds": [1], "verdicts": {"holes": 1}}
    figures = {key: {"mean": 1.0, "standard_deviation": None} for key in DECIMALS}
    summary = {"rows": [row | {"figures": figures}], "differences": []}
    (folder / "results.json").write_text(json.dumps({"summary": summary}))
    plan = ComparisonPlan(("monotonic",), (1, 2), Config()).to_dict()
    (folder / kind).write_text(json.dumps(plan))
    ended = unvanish("report", folder, "--device=cpu", "--quiet")
    assert ended.status == 0, ended.err
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert ("What the comparison found" in page) == (kind == "comparison.json")
    assert ("<td>holes 1</td>" in page) == (kind == "comparison.json")
    goes_on = f"1 of 2 runs are not in these results: unvanish compare --resume --out {folder}"
    assert (goes_on in page) == (kind == "comparison.json")


def test_a_damaged_comparison_is_told_in_one_line(refused, trained, tmp_path):
    folder = tmp_path / "compared"
    shutil.copytree(trained.path, folder / "runs" / "monotonic-seed1")
    plan = ComparisonPlan(("monotonic",), (1,), Config()).to_dict()
    (folder / "comparison.json").write_text(json.dumps(plan))
    (folder / "results.json").write_text("{}")
    said = refused("report", folder, "--device=cpu", "--quiet")
    assert f"unvanish compare --resume --out {folder}" in said
    assert not (folder / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "at least one"),
        (["nowhere"], "not a run"),
        (["RUN", "--out", "RUN/config.json"], "something else"),
        (["RUN", "--out", "RUN"], "is a folder"),
        (["RUN", "--device=meta"], "device"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(refused, run, words, message):
    before = (run / "config.json").read_bytes()
    assert message in refused("report", "--quiet", *[w.replace("RUN", str(run)) for w in words])
    assert (run / "config.json").read_bytes() == before


@pytest.mark.parametrize("name", ["metrics.jsonl", "model.safetensors", "vocabulary.json"])
def test_a_damaged_run_is_told_in_one_line(refused, run, name):
    (run / name).write_text("{\n")
    refused("report", run, "--quiet", "--device=cpu")
    assert not (run / "report.html").exists()
