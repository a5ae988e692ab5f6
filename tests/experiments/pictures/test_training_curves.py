"""Curves are means of seeds over the epochs that all have, elbo with its sign turned."""

import numpy as np
import pytest

from unvanish.experiments.pictures import training_curves
from unvanish.experiments.pictures.training_curves import curves_by_epoch


@pytest.fixture
def panels(monkeypatch):
    """What is drawn, by figure."""
    drawn = {}

    def keep(name, caption, panels, **more):
        drawn.update(
            {panel.title: {curve.label: curve for curve in panel.curves} for panel in panels}
        )
        return name

    monkeypatch.setattr(training_curves, "draw_panels", keep)
    return drawn


def lines(*elbos):
    """Metrics of a run: a line of training after each of validation."""
    for elbo in elbos:
        yield {"valid/elbo": elbo, "valid/rec": -elbo - 2, "valid/kl": 2.0}
        yield {"train/loss": 7.0}


@pytest.fixture
def found(text_runs):
    runs = text_runs({"one": {}, "several": {}, "none": {}})
    runs.runs["none"].clear()
    for seed in (2, 3):
        del runs.runs["one"][seed]
    runs.runs["one"][1].lines = [*lines(-9.0, -8.0)]
    for seed, elbos in ((1, (-9.0, -6.0, -3.0)), (2, (-7.0, -5.0)), (3, (-5.0, -4.0))):
        runs.runs["several"][seed].lines = [*lines(*elbos)]
    return runs


def test_means_and_ranges_are_of_the_seeds(found, panels):
    ((picture, caption),) = curves_by_epoch(found, "a-picture", {"several": "three of them"})
    assert picture == "a-picture"
    assert "Validation split" in caption
    assert list(panels) == ["-elbo", "rec", "kl"]
    assert all(list(curves) == ["one", "three of them"] for curves in panels.values())
    several, one = panels["-elbo"]["three of them"], panels["-elbo"]["one"]
    np.testing.assert_array_equal(several.x, [1, 2])
    np.testing.assert_array_equal(several.y, [7, 5])
    np.testing.assert_array_equal(several.low, [5, 4])
    np.testing.assert_array_equal(several.high, [9, 6])
    np.testing.assert_array_equal(one.y, [9, 8])
    assert one.low is one.high is None
    np.testing.assert_array_equal(panels["rec"]["three of them"].y, [5, 3])
    np.testing.assert_array_equal(panels["kl"]["one"].y, [2, 2])


def test_without_runs_nothing_is_drawn(found, panels):
    for runs in found.runs.values():
        runs.clear()
    assert curves_by_epoch(found, "a-picture", {}) == []
    assert panels == {}
