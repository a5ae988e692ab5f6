"""Figures in both forms."""

import re

import matplotlib as mpl
import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.report.figures import Curve, Panel, draw_frames, draw_panels
from unvanish.report.styles import COLOURS, MOST_STYLES, legend_texts

STEPS = np.arange(5.0)


def draw(name="figure", png=True, **changes):
    curves = [
        Curve("one", STEPS, STEPS**2, STEPS**2 - 1, STEPS**2 + 1),
        Curve("two", STEPS, 3 - STEPS),
    ]
    panels = [
        Panel("left", "training step", "kl (nats)", curves, **changes),
        Panel("right", "training step", "rec (nats)", curves[:1]),
    ]
    return draw_panels(name, "Two panels.", panels, png=png)


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


def test_for_a_page_alone_the_same_is_drawn_in_one_form(tmp_path):
    picture = draw("mine", png=False)
    assert picture.png is None
    assert picture.svg == draw("mine").svg
    picture.save(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.svg"]


@pytest.mark.parametrize(
    "settings",
    [
        {"figure.autolayout": True},
        {"figure.constrained_layout.use": True},
        {"savefig.format": "svg"},
        {"savefig.format": "pdf"},
    ],
)
def test_the_users_own_settings_change_nothing(settings):
    with mpl.rc_context(settings):
        changed = draw()
    assert changed == draw()


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


def looks(svg):
    """Colour and dashes of the lines that are drawn in the colours."""
    lines = re.findall(r'style="fill: none; ([^"]*)"', svg)
    parts = [dict(part.split(": ") for part in line.split("; ")) for line in lines]
    return {
        (part["stroke"], part.get("stroke-dasharray"))
        for part in parts
        if part.get("stroke") in COLOURS
    }


def legend(svg):
    """The text of a picture, which stands in comments beside its glyphs."""
    return [text.strip() for text in re.findall(r"<!-- (.*?) -->", svg, flags=re.DOTALL)]


def of_names(*names):
    curves = [Curve(name, STEPS, STEPS + k) for k, name in enumerate(names)]
    return draw_panels("names", "Lines.", [Panel("", "x", "y", curves)], legend_columns=2).svg


@pytest.mark.parametrize("count", [6, 7, 10, MOST_STYLES])
def test_as_many_lines_as_there_are_can_be_told_apart(count):
    svg = of_names(*(f"name {k}" for k in range(count)))
    assert len(looks(svg)) == count
    assert sum(text.startswith("name") for text in legend(svg)) == count


def test_more_lines_than_can_be_told_apart_are_refused():
    with pytest.raises(UsageError, match=r"19 lines cannot be told .* draw 18 at most"):
        of_names(*map(str, range(MOST_STYLES + 1)))


LONG = "cyclical:n_cycles=4,ratio=0.50,shape=sigmoid --free-bits 0.{} (synthetic)"


@pytest.mark.parametrize(
    "names",
    [
        (LONG.format(25), LONG.format(50)),
        ("a" * 70 + "1" + "b" * 70, "a" * 70 + "2" + "b" * 70),
        ("数", "学"),
    ],
)
def test_names_that_are_alike_once_they_are_short_stay_two(names):
    svg = of_names(*names)
    assert len(looks(svg)) == 2
    shown = [text for text in legend(svg) if len(text) > 2]
    assert len(set(shown)) == len(shown) == 2
    assert all(len(text) <= 64 for text in shown)


def test_dollars_and_underscores_are_text():
    assert legend_texts(["_a", "$x_1$"]) == ["\u200a_a", r"\$x_1\$"]
    assert "_a" in legend(of_names("_a", "b"))
