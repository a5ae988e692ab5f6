"""Both paths in the report: there where they were measured, nowhere else, and with their values."""

import json
import shutil

import numpy as np
import pytest

from unvanish.config import override
from unvanish.report import paths
from unvanish.report.run_page import report
from unvanish.runs import load

from .conftest import trained_on, write_hostile
from .test_run_page import HEADINGS, headings

AFTER = HEADINGS.index("During training") + 1
WITH_PATHS = [*HEADINGS[:AFTER], "Two paths", *HEADINGS[AFTER:]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory, small_settings):
    """Two finished runs that differ in their seeds and measured both paths."""
    folder = tmp_path_factory.mktemp("measured")
    corpus = write_hostile(folder / "corpus.tsv")
    config = override(small_settings, {"training.paths": 8})
    return [
        trained_on(corpus, override(config, {"seed": seed}), folder / f"seed-{seed}")
        for seed in (1, 2)
    ]


@pytest.fixture
def panels(monkeypatch):
    """The panels of every picture of the paths."""
    drawn = {}
    draw_panels = paths.draw_panels

    def noted(name, alt, panels, **layout):
        drawn[name] = panels
        return draw_panels(name, alt, panels, **layout)

    monkeypatch.setattr(paths, "draw_panels", noted)
    return drawn


def values(run, name):
    return [line[name] for line in run.metrics() if name in line]


def test_one_run_shows_its_own_paths(measured, panels):
    html = report(measured[:1]).html()
    assert headings(html) == WITH_PATHS
    assert "Path A goes from the sentence through z" in html
    plain, masked, words = panels["run-paths"]
    for panel, tail in ((plain, ""), (masked, "_masked")):
        assert [curve.label for curve in panel.curves] == [
            "z of another sentence",
            "z of one of any length",
            "z from the prior",
            "z = 0",
        ]
        for curve, source in zip(panel.curves, ("other", "any", "prior", "zero"), strict=True):
            assert curve.y.tolist() == values(measured[0], f"valid/gap_{source}{tail}")
    assert words.curves[0].y.tolist() == values(measured[0], "valid/gap_words")
    assert "worth by knowing the length" in html
    for panel in panels["run-paths"]:
        assert "nats per sentence" in panel.y_label
        assert panel.shades


def test_seeds_are_a_line_and_a_band(measured, panels, unrendered):
    html = report(measured).html()
    assert headings(html) == ["Results", "The schedules", "During training", "Two paths"]
    assert headings(html, 3) == WITH_PATHS * 2
    names = ["gap_other", "gap_prior", "gap_other_masked", "gap_words"]
    for panel, name in zip(panels["all-paths"], names, strict=True):
        (curve,) = panel.curves
        rows = np.array([values(run, f"valid/{name}") for run in measured])
        np.testing.assert_allclose(curve.y, rows.mean(0))
        np.testing.assert_allclose(curve.low, rows.min(0))
        np.testing.assert_allclose(curve.high, rows.max(0))
        assert panel.shades


def test_who_did_not_measure_them_is_left_out(measured, seeds, hostile, panels, unrendered):
    html = report([measured[0], seeds[0], hostile]).html()
    assert headings(html).count("Two paths") == 1
    assert headings(html, 3).count("Two paths") == 1
    assert [len(panel.curves) for panel in panels["all-paths"]] == [1] * 4


@pytest.fixture
def old(measured, tmp_path):
    """A run of a version that did not try the z of a sentence of any length."""
    shutil.copytree(measured[0].path, tmp_path / "old")
    file = tmp_path / "old" / "metrics.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    kept = [{k: v for k, v in line.items() if "gap_any" not in k} for line in lines]
    assert kept != lines
    file.write_text("".join(json.dumps(line) + "\n" for line in kept))
    return load(tmp_path / "old")


def test_metrics_of_an_earlier_version_are_drawn_without_what_they_lack(old, panels):
    html = report([old]).html()
    assert headings(html) == WITH_PATHS
    assert "worth by knowing the length" not in html
    for panel in panels["run-paths"][:2]:
        labels = [curve.label for curve in panel.curves]
        assert labels == ["z of another sentence", "z from the prior", "z = 0"]
        assert all(len(curve.y) for curve in panel.curves)


@pytest.mark.slow
def test_they_are_drawn_beside_those_of_this_version(old, measured, panels):
    html = report([old, measured[1]]).html()
    assert headings(html, 3) == WITH_PATHS * 2
    assert all(len(curve.y) for panel in panels["all-paths"] for curve in panel.curves)


def test_a_run_in_its_first_epoch_shows_none(measured, tmp_path, panels):
    shutil.copytree(measured[0].path, tmp_path / "copy")
    file = tmp_path / "copy" / "metrics.jsonl"
    file.write_text(file.read_text().splitlines(keepends=True)[0])
    for name in ("results.json", "model.safetensors"):
        (tmp_path / "copy" / name).unlink()
    shutil.rmtree(tmp_path / "copy" / "latent")
    assert headings(report([load(tmp_path / "copy")]).html()) == HEADINGS
    assert panels == {}
