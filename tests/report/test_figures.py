"""Figures in both forms."""

import re

import numpy as np
import pytest

from unvanish.report.figures import COLOURS, Curve, Panel, draw_frames, draw_panels

STEPS = np.arange(5.0)


def draw(name="figure", **changes):
    curves = [
        Curve("one", STEPS, STEPS**2, STEPS**2 - 1, STEPS**2 + 1),
        Curve("two", STEPS, 3 - STEPS),
    ]
    panels = [
        Panel("left", "training step", "kl (nats)", curves, **changes),
        Panel("right", "training step", "rec (nats)", curves[:1]),
    ]
    return draw_panels(name, "Two panels.", panels)


def test_both_forms_are_made():
    picture = draw(line=(2.0, "two"), boundary=(3.0, "here"), y_limits=(0.0, 5.0))
    assert picture.png.startswith(b"\x89PNG")
    assert picture.svg.startswith("<svg")
    assert picture.alt == "Two panels."


def test_a_label_has_its_colour_in_every_panel():
    svg = draw().svg
    assert svg.count(COLOURS[0]) > svg.count(COLOURS[1]) > 0
    assert COLOURS[2] not in svg


def test_ink_is_that_of_the_page():
    svg = draw().svg
    assert "currentColor" in svg
    assert "#1b1c1d" not in svg


def test_drawing_again_gives_the_same():
    assert draw() == draw()


def test_identifiers_carry_the_name_and_references_find_them():
    svg = draw("mine").svg
    ids = re.findall(r'\bid="([^"]*)"', svg)
    references = re.findall(r'(?:url\(#|href="#)([^")]*)', svg)
    assert all(identifier.startswith("mine-") for identifier in ids)
    assert set(references) <= set(ids)


def test_files_stand_alone(tmp_path):
    draw("mine").save(tmp_path)
    assert "currentColor" not in (tmp_path / "mine.svg").read_text(encoding="utf-8")
    assert (tmp_path / "mine.png").stat().st_size > 1_000


@pytest.mark.parametrize("count", [1, 3])
def test_latent_frames(count):
    z = np.random.default_rng(0).standard_normal((20, 10, 2))
    picture = draw_frames(
        "latent",
        "Clouds.",
        {f"run {k}": [z, 2 * z] for k in range(count)},
        ["step 1", "step 2"],
        limit=4.0,
        colour_label="sequence",
    )
    assert picture.svg.count("data:image/png;base64,") == 2 * count
