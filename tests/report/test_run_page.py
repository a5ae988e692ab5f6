"""The report of runs: what stands in it, and what never does."""

import json
import re
import shutil

import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.report import run_page
from unvanish.report.projection import read_projection
from unvanish.report.run_page import report
from unvanish.runs import load

from .conftest import HOSTILE

HEADINGS = [
    "Results",
    "Is the latent variable alive?",
    "The schedule",
    "During training",
    "KL per dimension",
    "The latent space",
    "What it writes",
    "How it was made",
]


def headings(html, level=2):
    return re.findall(rf"<h{level}>(.*?)</h{level}>", html)


def data(html):
    (text,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    return json.loads(text)


@pytest.fixture
def html(one):
    return one.html()


def test_one_run_has_every_part(html, hostile):
    assert headings(html) == HEADINGS
    last = hostile.results()["splits"]["test"]["last"]
    assert f"<td>{last['rec']:.3f}</td><td>{last['kl']:.3f}</td>" in html
    assert hostile.origin["corpus"]["sha256"] in html
    assert hostile.results()["environment"]["torch"] in html
    assert "at beta = 1" in html
    assert html.count("<summary") == 3
    assert html.count("Interpolation") == 2


def test_text_of_others_is_never_markup(html, hostile):
    assert HOSTILE not in html
    assert "<i>good" not in html
    assert "<u>$x_1$" not in html
    assert "&lt;u&gt;$x_1$&lt;/u&gt; 数, seed 1" in html
    assert html.count("<script") == html.count("</script>") == 2
    found = data(html)
    assert any(HOSTILE in text for text in found["texts"])
    assert set(found["labels"]) == {"<i>good</i>", "bad"}


def test_nothing_is_fetched(html):
    addresses = set(re.findall(r'(?:src|href|action)="([^"#]*)', html))
    assert all(address.startswith("data:") for address in addresses - {""})
    assert not re.findall(r"url\((?!#)", html)
    assert re.findall(r"https?://(?!www\.w3\.org)", html) == []
    assert 'content="default-src &#39;none&#39;;' in html
    assert len(html) < 1_000_000


def test_the_still_map_is_the_last_epoch(html, hostile):
    found = data(html)
    frame = np.array(found["frames"][-1]["xy"]).reshape(-1, 2)
    dots = re.findall(
        r'<circle cx="(\d+)" cy="(\d+)" r="4"', html.split('<g class="latent-dots">')[1]
    )
    dots = [[int(n) for n in dot] for dot in dots]
    assert dots[: len(frame)] == frame.tolist()
    assert len(found["frames"]) == 3
    assert found["indices"] == hostile.latent()[3][0].tolist()
    shown = read_projection(hostile)
    moved = (frame - (370, 314)) / (300, -300) * shown.limit
    np.testing.assert_allclose(moved, shown.points[3], atol=shown.limit / 500)
    assert "epoch 3 of 3 · beta" in html


def test_every_identifier_is_there_once(many):
    page = many.html()
    found = re.findall(r'\bid="([^"]*)"', page)
    repeated = {name for name in found if found.count(name) > 1}
    assert not {name for name in repeated if "latent" in name}
    figures = {name.split("-")[0] for name in found}
    assert {"run1", "run2", "run3", "all"} <= figures


@pytest.mark.slow
def test_the_same_run_gives_the_same_page(html, hostile):
    assert report([hostile]).html() == html
    assert report([hostile], seed=7).html() != html


def test_many_runs_are_one_table_and_folded_parts(many, seeds):
    page = many.html()
    assert "<title>3 runs</title>" in page
    assert headings(page) == ["Results", "The schedules", "During training"]
    assert headings(page, 3) == HEADINGS * 3
    assert page.count('<details class="fold">') == 3
    assert "Mean ± standard deviation" in page
    means = [run.results()["splits"]["test"]["last"]["rec"] for run in seeds]
    assert f"{np.mean(means):.2f} ± {np.std(means, ddof=1):.2f}" in page
    kls = [run.results()["splits"]["test"]["last"]["kl"] for run in seeds]
    assert f"{np.mean(kls):.3f} ± {np.std(kls, ddof=1):.3f}" in page
    assert "cannot be compared" not in page


def test_runs_of_one_name_and_other_settings_are_kept_apart(seeds, tmp_path, unrendered):
    shutil.copytree(seeds[0].path, tmp_path / "other")
    config = json.loads((tmp_path / "other" / "config.json").read_text())
    config["optimizer"]["learning_rate"] = 0.25
    (tmp_path / "other" / "config.json").write_text(json.dumps(config))
    origin = load(tmp_path / "other").origin
    origin["corpus"]["sha256"] = "0" * 64
    (tmp_path / "other" / "origin.json").write_text(json.dumps(origin))
    page = report([*seeds, load(tmp_path / "other")]).html()
    assert "ratio=0.5 (1)" in page
    assert "ratio=0.5 (2)" in page
    assert "optimizer.learning_rate" in page
    assert "0.25" in page
    assert "cannot be compared" in page


def test_a_run_that_has_not_finished_is_shown_as_far_as_it_got(copied):
    (copied.path / "results.json").unlink()
    page = report([copied]).html()
    assert headings(page) == HEADINGS
    assert "has not finished" in page
    assert "valid, last" in page
    assert "test, last" not in page


def test_a_run_in_its_first_epoch_is_shown(copied):
    first = (copied.path / "metrics.jsonl").read_text().splitlines(keepends=True)[0]
    (copied.path / "metrics.jsonl").write_text(first)
    for path in (copied.path / "results.json", copied.path / "model.safetensors"):
        path.unlink()
    shutil.rmtree(copied.path / "latent")
    page = report([copied]).html()
    assert headings(page) == HEADINGS
    assert "No epoch has ended yet" in page


def test_text_that_changed_is_said_and_not_shown(copied, tmp_path, unrendered):
    moved = tmp_path / "corpus.tsv"
    origin = copied.origin
    shutil.copy(origin["corpus"]["files"]["train"], moved)
    origin["corpus"]["files"]["train"] = str(moved)
    copied.write_json("origin.json", origin)
    assert data(report([load(copied.path)]).html())["texts"]
    with moved.open("a", encoding="utf-8") as file:
        file.write("bad\tone more cat\n" * 30)
    page = report([load(copied.path)]).html()
    assert "no longer the one" in page
    assert data(page)["texts"] == data(page)["labels"] == []
    assert "nothing is reconstructed" in page
    moved.unlink()
    page = report([load(copied.path)]).html()
    assert "cannot be read again" in page
    assert data(page)["texts"] == []


def test_sentences_from_python_are_said_to_be_kept_nowhere(trained):
    page = report([trained]).html()
    assert "no file is known to hold" in page
    assert data(page)["texts"] == []


def test_a_run_given_twice_counts_once(hostile, one):
    assert report([hostile, load(hostile.path)]).title == one.title


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("results.json", "results.json is damaged"),
        ("model.safetensors", "cannot be read as the parameters"),
        ("metrics.jsonl", "cannot be read: it is damaged"),
    ],
)
def test_damage_is_told(copied, name, message):
    (copied.path / name).write_text("{}\n")
    with pytest.raises(UsageError, match=message):
        report([copied])


def test_there_must_be_a_run():
    with pytest.raises(UsageError, match="at least one"):
        report([])


def test_of_more_names_than_lines_can_be_told_apart_the_first_are_drawn(
    hostile, seeds, monkeypatch, unrendered
):
    monkeypatch.setattr(run_page, "MOST_STYLES", 1)
    page = report([*seeds, hostile])
    results, _, curves = page.sections
    assert "Only the first 1 of 2 names are drawn" in curves.pictures[0][1]
    assert len({row[0] for row in results.tables[-1].rows}) == 2


def test_where_all_names_are_drawn_nothing_is_said(many):
    assert "names are drawn" not in many.html()
