"""A small demonstration from end to end."""

import json
import math
from dataclasses import asdict
from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.experiments.illustrative import Settings, pictures, run
from unvanish.experiments.illustrative.folder import make_ready, write
from unvanish.experiments.illustrative.problem import SCHEDULES
from unvanish.experiments.illustrative.report import averages, length, make_page
from unvanish.experiments.illustrative.run_json import window_means
from unvanish.report.page import Page

SETTINGS = Settings(steps=80, hold=20, seeds=2, seed=4)
DRAW = "unvanish.experiments.illustrative.folder.draw_pictures"


@pytest.fixture(scope="module")
def outcome():
    return run(SETTINGS, workers=1)


@pytest.fixture(scope="module")
def drawing(outcome):
    return pictures.draw_pictures(outcome)


@pytest.fixture
def drawn(drawing, monkeypatch):
    """Draw once for all tests that write the same outcome."""
    monkeypatch.setattr(DRAW, lambda outcome: drawing)


@pytest.fixture(scope="module")
def folder(outcome, drawing, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DRAW, lambda outcome: drawing)
        write(outcome, folder)
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


class Reader(HTMLParser):
    """Collects tags and attributes, and checks that what is opened is closed."""

    EMPTY = frozenset({"meta", "link", "br", "img", "path", "use", "image"})

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.addresses, self.ids = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        self.addresses += [values[k] for k in ("src", "href", "xlink:href") if k in values]
        self.ids += [values["id"]] if "id" in values else []
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in self.EMPTY:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(folder):
    reader = Reader()
    reader.feed((folder / "report.html").read_text(encoding="utf-8"))
    assert not reader.open
    return reader


@pytest.mark.slow
def test_all_files_are_there(folder):
    pictures = {
        f"{name}.{kind}"
        for name in ("schedules", "curves", "latent", "overview")
        for kind in ("png", "svg")
    }
    assert {file.name for file in folder.iterdir()} == {"results.json", "report.html"} | pictures
    for file in folder.glob("*.png"):
        assert file.read_bytes().startswith(b"\x89PNG")
    for file in folder.glob("*.svg"):
        text = file.read_text(encoding="utf-8")
        assert text.startswith("<svg")
        assert "currentColor" not in text


def test_results_have_the_form_of_the_contract(results):
    assert results["format"] == 1
    assert [entry["name"] for entry in results["runs"]] == [
        f"{name}-seed{seed}" for name in SCHEDULES for seed in (4, 5)
    ]
    for entry in results["runs"]:
        last = entry["splits"]["train"]["last"]
        assert last["elbo"] == pytest.approx(-(last["rec"] + last["kl"]))
        assert last["ppl"] == pytest.approx(math.exp(-last["elbo"] / 11))
        assert [frame["step"] for frame in entry["frames"]] == list(SETTINGS.marks)
        assert entry["training"]["steps"] == 100
        assert {"unvanish", "torch", "python", "device", "precision"} <= set(entry["environment"])
        assert entry["corpus"]["splits"]["train"] == {"sentences": 10, "tokens": 110}
        lengths = {len(curve) for curve in entry["curves"].values()}
        assert lengths == {100}


def test_the_summary_is_that_of_the_runs(results):
    for schedule in SCHEDULES:
        for part, at in (("end", -2), ("after_hold", -1)):
            spread = results["summary"][part][schedule]["elbo"]
            values = [
                entry["frames"][at]["elbo"]
                for entry in results["runs"]
                if entry["name"].startswith(schedule)
            ]
            assert spread["values"] == pytest.approx(values)
            assert spread["mean"] == pytest.approx(np.mean(values))
            assert spread["standard_deviation"] == pytest.approx(np.std(values, ddof=1))
            assert spread["interval"][0] < spread["mean"] < spread["interval"][1]


def test_the_summary_holds_the_claims_as_they_are_judged(outcome, results):
    claims = [asdict(claim) for claim in outcome.claims()]
    assert len(claims) > 7
    assert results["summary"]["claims"] == json.loads(json.dumps(claims))
    assert "findings" not in results["summary"]


def test_the_parts_of_the_kl_add_up_in_every_evaluation(results):
    for entry in results["runs"]:
        for frame in entry["frames"]:
            parts = frame["information"], frame["marginal_kl"]
            error = math.hypot(*(part["error"] for part in parts))
            assert sum(part["value"] for part in parts) == pytest.approx(
                frame["kl"], abs=6 * error + 1e-6
            )


def test_the_page_loads_nothing_and_runs_nothing(page):
    assert "script" not in page.tags
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in page.addresses)


def test_the_page_has_unique_identifiers_that_exist(page):
    assert len(page.ids) == len(set(page.ids))
    assert {a[1:] for a in page.addresses if a.startswith("#")} <= set(page.ids)


def test_the_page_shows_pictures_with_their_text_and_tables(outcome, drawing, folder, page):
    sections = make_page(outcome, drawing).sections
    tables = [table for each in sections for table in (*each.tables, *each.folded)]
    assert page.tags.count("figure") == sum(len(each.pictures) for each in sections) == 3
    assert page.tags.count("table") == len(tables)
    assert page.tags.count("tr") == sum(len(table.rows) + bool(table.headings) for table in tables)
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text.count('role="img" aria-label="') == 3
    assert "After 80 steps" in text
    assert "After 20 further steps" in text


@pytest.mark.slow
def test_one_seed_without_hold_has_no_spread(tmp_path, unrendered):
    outcome = run(Settings(steps=40, seeds=1), workers=1)
    report = write(outcome, tmp_path)
    claims, _, text = report.read_text(encoding="utf-8").partition("<h2>Results</h2>")
    assert claims.count("with one seed") == 7
    text = text.partition("How it was made")[0]
    assert text
    assert "± standard deviation" not in text
    assert "mean over" not in text
    assert "1 to 1" not in text
    summary = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["summary"]
    assert summary["end"]["cyclical"]["kl"]["interval"] is None
    assert "after_hold" not in summary


@pytest.mark.slow
def test_the_same_numbers_make_the_same_page_and_matplotlib_keeps_its_settings(
    outcome, folder, tmp_path
):
    before = dict(mpl.rcParams)
    write(outcome, tmp_path)
    assert dict(mpl.rcParams) == before
    for name in ("report.html", "results.json", "curves.svg", "latent.png"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_an_earlier_demo_may_be_replaced_and_nothing_else(outcome, folder, tmp_path):
    make_ready(folder)
    make_ready(tmp_path)
    make_ready(tmp_path / "not there")
    assert list(tmp_path.rglob("*")) == [tmp_path / "not there"]
    (tmp_path / "not there").rmdir()
    for text in ('{"format": 1, "name": "a run"}', "no JSON", "", '{"name": "unvanish demo"'):
        (tmp_path / "results.json").write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match="something else"):
            write(outcome, tmp_path)
        assert [file.name for file in tmp_path.iterdir()] == ["results.json"]
    with pytest.raises(UsageError, match="is a file"):
        make_ready(tmp_path / "results.json")


@pytest.mark.parametrize("size", [40, 1_000, -1])
def test_a_demo_cut_short_may_be_replaced(outcome, folder, drawn, tmp_path, size):
    text = (folder / "results.json").read_text(encoding="utf-8")
    (tmp_path / "results.json").write_text(text[:size], encoding="utf-8")
    write(outcome, tmp_path)
    assert (tmp_path / "results.json").read_text(encoding="utf-8") == text


def test_a_demo_stopped_while_written_leaves_the_earlier_one_and_may_be_replaced(
    outcome, folder, drawn, tmp_path, monkeypatch
):
    files = {file.name: file.read_bytes() for file in folder.iterdir()}

    def full(self, file):
        raise OSError(28, "No space left on device")

    write(outcome, tmp_path / "earlier")
    with monkeypatch.context() as patch:
        patch.setattr(Page, "save", full)
        for name in ("earlier", "new"):
            with pytest.raises(UsageError, match="No space left on device"):
                write(outcome, tmp_path / name)
    found = {file.name: file.read_bytes() for file in (tmp_path / "earlier").glob("[!.]*")}
    assert found == files
    assert not (tmp_path / "new" / "results.json").exists()
    for name in ("earlier", "new"):
        write(outcome, tmp_path / name)
        assert {file.name for file in (tmp_path / name).iterdir()} == set(files)


@pytest.mark.parametrize("where", ["file/below", "file"])
def test_a_folder_that_cannot_be_made_is_told(tmp_path, where):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="give another --out"):
        make_ready(tmp_path / where)


@pytest.mark.parametrize("name", ["overview", "curves"])
def test_frames_hold_all_but_the_first_steps_and_say_so(outcome, unrendered, monkeypatch, name):
    drawn = {}
    monkeypatch.setattr(
        pictures, "draw_panels", lambda name, alt, panels, **_: drawn.update({name: (alt, panels)})
    )
    monkeypatch.setattr(pictures, "draw_frames", lambda *_, **__: None)
    pictures.draw_pictures(outcome)
    alt, panels = drawn[name]
    assert "above the frame in the first 5 steps is cut off" in alt
    assert "nats" in alt
    for panel in panels:
        for curve in panel.curves:
            tops = curve.y if curve.high is None else curve.high
            assert tops[curve.x > 5].max() <= panel.y_limits[1]


def test_the_text_says_how_many_seeds_and_how_long(outcome):
    several, one = outcome.settings, Settings(steps=40, seeds=1, seed=7)
    assert "over 2 seeds" in averages(several)
    assert averages(one) == "seed 7"
    assert length(Settings()) == "8,000 steps, 20 % of the paper's 40,000"
    assert length(one).startswith("40 steps, 0.1 %")


def test_json_says_what_was_run(results):
    summary = results["summary"]
    assert (summary["steps"], summary["hold"], summary["seeds"]) == (80, 20, [4, 5])


def test_windows_cover_every_step_once():
    values = np.arange(10.0)
    assert window_means(values, 3).tolist() == [1.5, 5.0, 8.0]
    assert window_means(values, 100).tolist() == values.tolist()


@pytest.mark.slow
def test_the_order_of_the_paper_comes_out():
    outcome = run(Settings(steps=4_000, seeds=1), workers=1)
    constant, monotonic, cyclical = (outcome.frames_at(4_000)[name][0] for name in SCHEDULES)
    assert constant.kl + 0.05 <= monotonic.kl <= cyclical.kl - 0.05
    assert cyclical.kl > 2 * constant.kl
    assert constant.loss == pytest.approx(math.log(10), abs=0.1)
