"""``unvanish demo`` as it is typed."""

import json
import os
import signal
import subprocess

import pytest
from typed_program import typed

from unvanish.experiments import illustrative
from unvanish.experiments.illustrative import folder
from unvanish.experiments.judging import MEANING
from unvanish.report.page import Page
from unvanish.report.picture import Picture

SHORT = ("demo", "--steps=40", "--seeds=1")


@pytest.fixture
def one_core(monkeypatch):
    """Train in this process."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0}, raising=False)


@pytest.fixture
def undrawn(monkeypatch):
    """Have pictures that nobody looks at."""
    svg = '<svg viewBox="0 0 1 1" role="img"></svg>'
    pictures = {name: Picture(name, name, svg, b"") for name in ("schedules", "curves", "latent")}
    monkeypatch.setattr(folder, "draw_pictures", lambda outcome: pictures)


@pytest.fixture
def untrained(monkeypatch):
    """Fail if anything is trained."""

    def train(*given, **more):
        raise AssertionError("trained before the folder was looked at")

    monkeypatch.setattr(illustrative, "run", train)


@pytest.mark.slow
def test_tables_claims_and_the_report_are_told(unvanish, one_core, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ended = unvanish(*SHORT, "--hold=10", "--out", tmp_path / "out")
    assert ended.status == 0, ended.err
    assert "after 40 steps" in ended.out
    assert "after 10 further steps with beta = 1" in ended.out
    assert "seed 1; 40 steps, 0.1 % of the paper's 40,000" in ended.out
    rows = [line for line in ended.out.splitlines() if line.startswith((" constant", " cyclical"))]
    assert len(rows) == 4
    assert all(len(row.split()) == 6 and len(row) <= 80 for row in rows)
    verdicts = [line[:16].rstrip() for line in ended.out.splitlines() if ": " in line]
    said = {"holds", "does not hold", "not established"}
    assert sum(verdict in said for verdict in verdicts) == 11
    assert " ".join(MEANING.split()) in " ".join(ended.out.split())
    assert "identified is the share of samples" in ended.out
    assert ended.out.splitlines()[-1] == f"report: {tmp_path / 'out' / 'report.html'}"
    assert "150 optimizer steps" in ended.err


def test_json_is_alone_on_standard_output(unvanish, one_core, undrawn, tmp_path):
    ended = unvanish(*SHORT, "--seed=5", "--json", "--quiet", "--out", tmp_path / "out")
    assert ended.status == 0
    assert ended.err == ""
    told = json.loads(ended.out)
    assert told["report"] == str(tmp_path / "out" / "report.html")
    assert (told["steps"], told["hold"], told["seeds"]) == (40, 0, [5])
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert {key: value for key, value in told.items() if key != "report"} == results["summary"]


def test_a_folder_that_cannot_be_used_is_told_before_training(refused, untrained, tmp_path):
    (tmp_path / "file").touch()
    for where in ("file", "file/below"):
        assert "give another --out" in refused(*SHORT, "--quiet", "--out", tmp_path / where)
    assert "something else than a demo" in refused(*SHORT, "--quiet", "--out", tmp_path)


def test_settings_outside_their_range_are_refused(refused, tmp_path):
    assert "at least 40" in refused("demo", "--steps=39", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_results_are_told_even_if_they_cannot_be_written(
    unvanish, one_core, undrawn, tmp_path, monkeypatch, form
):
    def full(self, file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Page, "save", full)
    ended = unvanish(*SHORT, "--quiet", *form, "--out", tmp_path / "out")
    assert ended.status == 2
    assert ended.err.count("\n") == 1
    assert "No space left on device; give another --out" in ended.err
    if form:
        assert json.loads(ended.out)["report"] is None
    else:
        assert "after 40 steps" in ended.out
        assert "report:" not in ended.out


PROGRAM = """
import contextlib, sys
import unvanish.cli.demo
from unvanish.cli import main

@contextlib.contextmanager
def bar(updates, *, quiet):
    yield lambda done: print("now", file=sys.stderr, flush=True)

unvanish.cli.demo._bar = bar
main(sys.argv[1:])
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_leaves_nothing_behind(tmp_path, number):
    """The workers hold standard error open for as long as they live."""
    words = ["demo", "--steps=200000", "--seeds=1", "--out", str(tmp_path / "out")]
    with typed("-c", PROGRAM, *words, stderr=subprocess.PIPE) as process:
        assert process.stderr.readline() == "now\n"
        process.send_signal(number)
        _, told = process.communicate(timeout=300)
    assert process.returncode == 128 + number
    assert told.splitlines()[-1] == "unvanish: stopped"
    assert set(told.splitlines()[:-1]) <= {"now"}, "neither a traceback nor leaked semaphores"
    assert list((tmp_path / "out").iterdir()) == []
