"""Pages say what the results say."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import make_pages
from from_results import benchmarks, what_holds
from from_results.page import ABSENT, Page
from unvanish.config.errors import UsageError
from unvanish.experiments.catalogue import EXPERIMENTS

ROOT = Path(__file__).parents[2]


def text_of(page):
    return (ROOT / "docs" / page.file).read_text(encoding="utf-8")


def altered(folder, name, change):
    """Write a file of results with something changed in it."""
    results = json.loads((ROOT / "results" / name).read_text(encoding="utf-8"))
    changed = change(results)
    (folder / name).write_text(json.dumps(results), encoding="utf-8")
    return changed


@pytest.fixture
def copied(tmp_path):
    """The documentation and its results elsewhere, to be changed."""
    for folder in ("docs", "results"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc"))
    return tmp_path


def faster(results):
    results["compared"]["usual_over_bf16"]["seconds"] = 123.456


def refuted(results):
    claim = results["summary"]["claims"][0]
    claim["verdict"] = "does not hold"
    return claim


def test_the_pages_are_as_their_results_make_them():
    assert make_pages.main(["--check"]) == 0, "run python docs/make_pages.py"


@pytest.mark.parametrize(
    ("file", "change", "page"),
    [
        ("importance-ptb-40-sentences.json", faster, "benchmarks.md"),
        ("reproduce-schedules.json", refuted, "what_holds.md"),
    ],
)
def test_another_number_in_the_results_is_told_and_written(copied, capsys, file, change, page):
    untouched = (copied / "docs" / page).read_text(encoding="utf-8")
    assert make_pages.main(["--check"], copied) == 0
    altered(copied / "results", file, change)
    assert make_pages.main(["--check"], copied) == 1
    assert capsys.readouterr().out.startswith(f"{page} is not as its results make it")
    assert (copied / "docs" / page).read_text(encoding="utf-8") == untouched
    assert make_pages.main([], copied) == 0
    assert (copied / "docs" / page).read_text(encoding="utf-8") != untouched
    assert make_pages.main(["--check"], copied) == 0


@pytest.mark.slow
def test_the_program_itself_tells(copied):
    altered(copied / "results", "importance-ptb-40-sentences.json", faster)
    program = [sys.executable, str(copied / "docs" / "make_pages.py"), "--check"]
    ended = subprocess.run(program, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith("benchmarks.md ")


@pytest.mark.parametrize("page", make_pages.PAGES, ids=lambda page: page.file)
def test_without_results_every_place_says_so(page, tmp_path):
    empty = page.render(text_of(page), tmp_path)
    assert empty.count(ABSENT) == len(page.names)
    assert page.render(empty, ROOT / "results") == text_of(page)


def test_the_number_stands_in_its_table(tmp_path):
    altered(tmp_path, "importance-ptb-40-sentences.json", faster)
    before = text_of(benchmarks.PAGE)
    assert "| 123.46 |" not in before
    assert "| 123.46 |" in benchmarks.PAGE.render(before, tmp_path)


def test_the_verdict_stands_beside_its_claim(tmp_path):
    claim = altered(tmp_path, "reproduce-schedules.json", refuted)
    after = what_holds.PAGE.render(text_of(what_holds.PAGE), tmp_path)
    assert f"| {claim['claim']} | {claim['where']} | **does not hold** |" in after


def test_experiments_stand_in_the_order_of_the_catalogue():
    text = text_of(what_holds.PAGE)
    places = [text.index(f"<!-- experiment {name} -->") for name in EXPERIMENTS]
    assert places == sorted(places)


def test_a_place_that_nothing_fills_is_refused(copied, capsys):
    path = copied / "docs" / "benchmarks.md"
    path.write_text(f"{path.read_text()}\n<!-- table trainign -->\n<!-- end -->\n")
    assert make_pages.main(["--check"], copied) == 2
    told = capsys.readouterr().err
    assert told.startswith("make_pages: docs/benchmarks.md has a place 'table trainign'")
    assert "operations, pieces" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("lost", ["<!-- table using -->", "<!-- experiment cycles -->"])
def test_a_table_without_a_place_is_refused(copied, capsys, lost):
    for page in make_pages.PAGES:
        path = copied / "docs" / page.file
        path.write_text(path.read_text().replace(lost, ""))
    assert make_pages.main([], copied) == 2
    assert lost in capsys.readouterr().err


def test_an_end_that_is_missing_swallows_no_table():
    page = Page("speed.md", "table")
    for name in ("first", "second"):
        page.place(name, name)(str)
    whole = "<!-- table first -->\n<!-- end -->\nwords\n<!-- table second -->\n<!-- end -->"
    assert "words" in page.render(whole, Path("nowhere"))
    with pytest.raises(UsageError, match="no place for 'table second'"):
        page.render(whole.replace("<!-- end -->", "", 1), Path("nowhere"))


def test_what_was_carried_out_in_short_alone_stands_without_verdicts(tmp_path):
    def shortened(results):
        results["quick"] = True

    altered(tmp_path, "reproduce-schedules.json", shortened)
    (tmp_path / "reproduce-schedules.json").rename(tmp_path / "reproduce-schedules-quick.json")
    page = what_holds.PAGE.render(text_of(what_holds.PAGE), tmp_path)
    assert page.count(what_holds.IN_SHORT) == 1
    assert "**holds**" not in page.partition("## The schedules")[2]
    assert "largest difference" not in page


def test_the_best_results_that_are_there_are_taken(tmp_path):
    page, text = Page("speed.md", "table"), "<!-- table steps -->\n<!-- end -->"
    page.place("steps", "whole", "short")(str)
    (tmp_path / "short.json").write_text('"in short"')
    assert "in short" in page.render(text, tmp_path)
    (tmp_path / "whole.json").write_text('"as a whole"')
    assert "as a whole" in page.render(text, tmp_path)
    assert "in short" not in page.render(text, tmp_path)


def test_two_functions_cannot_fill_one_place():
    page = Page("speed.md", "table")
    page.place("steps", "speed")(str)
    with pytest.raises(ValueError, match="two functions fill table steps"):
        page.place("steps", "speed")(str)


def test_the_text_vae_of_the_page_is_that_of_the_results():
    page = (ROOT / "docs" / "workshop.md").read_text(encoding="utf-8")
    trained, judged = (
        json.loads((ROOT / "results" / f"{name}-synthetic-seed1.json").read_text(encoding="utf-8"))
        for name in ("train", "diagnose")
    )
    last = trained["splits"]["valid"]["last"]
    epoch = trained["training"]["epochs"]
    assert (
        f"epoch {epoch:>3} valid  rec {last['rec']:7.2f}  kl {last['kl']:6.3f}  -elbo "
        f"{-last['elbo']:7.2f}  ppl {last['ppl']:8.2f}  active units {last['active_units']}"
    ) in page
    assert f"{judged['verdict']}: {judged['meaning']}" in page
    quoted = [line for line in judged["evidence"] if line in page]
    assert len(quoted) == 4


def test_the_overview_counts_the_verdicts_of_the_pages_own_tables(tmp_path):
    text = text_of(what_holds.PAGE)
    block = text[text.index("<!-- experiment all -->") :].partition("<!-- end -->")[0]
    rows = [line.strip("| ").split(" | ") for line in block.splitlines() if line.startswith("| ")]
    counted = {row[0]: row[3:] for row in rows[2:] if len(row) == 6}
    measured = 0
    for name in EXPERIMENTS:
        file = ROOT / "results" / f"reproduce-{name}.json"
        if file.is_file():
            found = json.loads(file.read_text(encoding="utf-8"))
            place = text[text.index(f"<!-- experiment {name} -->") :].partition("<!-- end -->")[0]
            verdicts = [place.count(f"| **{verdict}** |") for verdict in what_holds.VERDICTS]
            assert counted[found["title"]] == [str(count) for count in verdicts]
            measured += 1
    assert measured >= 5
    claim = altered(tmp_path, "reproduce-schedules.json", refuted)
    assert claim["verdict"] == "does not hold"
    assert "| no runs | 2 | 1 | 1 | 0 |" in what_holds.PAGE.render(text, tmp_path)


def test_claims_of_what_is_not_measured_are_told_without_what_was_found_in_short(tmp_path):
    text = text_of(what_holds.PAGE)
    for name in EXPERIMENTS:
        short = ROOT / "results" / f"reproduce-{name}-quick.json"
        if short.is_file() and not (ROOT / "results" / f"reproduce-{name}.json").is_file():
            place = text[text.index(f"<!-- experiment {name} -->") :].partition("<!-- end -->")[0]
            for claim in json.loads(short.read_text(encoding="utf-8"))["summary"]["claims"]:
                assert f"| {claim['claim']} | {claim['where']} |\n" in place
                assert claim["evidence"] not in place
