from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Monotonic, Schedule, Wave
from unvanish.schedules.drawing import sample_steps

SVG = "{http://www.w3.org/2000/svg}"


def test_sparkline():
    assert Cyclical(16, 2).sparkline() == "▁▃▅▆████▁▃▅▆████"
    assert Constant(0.0).sparkline(3) == "▁▁▁"
    assert Constant(1.0).sparkline(3) == "███"
    assert Constant(-1.0).sparkline(3) == "▁▁▁"
    assert Monotonic(100).sparkline(1) == "▁"
    assert Monotonic(4).sparkline(steps=2) == "▁▃"
    with pytest.raises(ValueError, match="width must be a whole number >= 1, got 0"):
        Constant().sparkline(0)


def test_a_run_that_stops_early_in_a_ramp_shows_a_low_line():
    assert set(Monotonic(4800).sparkline(steps=300)) == {"▁"}
    assert set((Monotonic(4800) * -1).sparkline(steps=300)) == {"█"}
    assert Wave(0.0, 0.1, 2).sparkline(steps=3) == "▁▅█"


@pytest.mark.parametrize("steps", [0, -1, 1.5])
def test_pictures_need_a_step(steps):
    for draw in (Monotonic(4).sparkline, Monotonic(4).plot):
        with pytest.raises(ValueError, match=f"steps must be a whole number >= 1, got {steps}"):
            draw(steps=steps)


@given(st.from_type(Schedule), st.integers(1, 60))
def test_sparklines_fit(schedule, width):
    line = schedule.sparkline(width)
    assert len(line) == min(width, schedule.horizon)
    assert set(line) <= set("▁▂▃▄▅▆▇█")


@given(st.integers(1, 10_000), st.integers(2, 500))
def test_samples_keep_both_ends(length, limit):
    steps = sample_steps(length, limit)
    assert steps[0] == 0
    assert steps[-1] == length - 1
    assert len(steps) == min(length, limit)
    assert steps == sorted(set(steps))


@given(st.from_type(Schedule))
def test_svg_is_a_labelled_picture(schedule):
    root = ElementTree.fromstring(schedule._repr_svg_())
    assert root.tag == f"{SVG}svg"
    assert {"step", "weight"} <= {text.text for text in root.iter(f"{SVG}text")}
    assert root.find(f"{SVG}title").text == schedule.describe()
    width, height = float(root.get("width")), float(root.get("height"))
    points = [
        tuple(map(float, p.split(","))) for p in root.find(f"{SVG}polyline").get("points").split()
    ]
    assert len(points) == min(schedule.horizon, 2000)
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


def test_svg_of_an_unknown_length_is_left_to_the_repr():
    assert Cyclical()._repr_svg_() is None


def test_plot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    ax = Monotonic(2, 4).plot(color="red", label="beta")
    (line,) = ax.lines
    assert list(line.get_xdata()) == [0, 1, 2, 3]
    assert list(line.get_ydata()) == [0.0, 0.5, 1.0, 1.0]
    assert (line.get_color(), line.get_label()) == ("red", "beta")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "weight")
    assert Constant().plot(ax, steps=7) is ax
    assert len(ax.lines[1].get_xdata()) == 7
    pyplot.close(ax.figure)
