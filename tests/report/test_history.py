"""Metrics as series, and what a run that cannot be shown is told."""

import numpy as np
import pytest

from unvanish.config import Config, UsageError, bound_schedule, override
from unvanish.report.curves import average
from unvanish.report.history import History, Series, plan_of, read_history


def lines(epochs=4, steps=50):
    for epoch in range(1, epochs + 1):
        step = epoch * steps
        yield {"step": step, "epoch": epoch, "train/rec": 9.0, "train/kl": 1.0, "train/beta": 0.5}
        figures = {"valid/rec": 5.0, "valid/kl": 1.0, "valid/elbo": -6.0 + epoch % 3}
        yield {"step": step, "epoch": epoch, **figures, "valid/kl_per_dimension": [0.25, 0.75]}


def test_series_hold_what_was_logged():
    history = History([*lines(), {"step": 200, "epoch": 4, "warning": "beware"}])
    assert history.series("train/elbo").values.tolist() == [-10.0] * 4
    assert history.series("valid/kl").steps.tolist() == [50, 100, 150, 200]
    assert len(history.series("unheard/of")) == 0
    assert history.steps_per_epoch == 50
    assert history.best["epoch"] == 2
    assert history.kl_per_dimension.shape == (4, 2)
    assert history.warnings == [(200, "beware")]
    assert History([{"step": 3, "epoch": 1}]).kl_per_dimension is None


@pytest.mark.parametrize(
    "beta", ["constant", "cyclical:n_cycles=2,ratio=0.5", "monotonic:0.25,shape=cosine", "fu2019"]
)
def test_the_curve_of_a_schedule_is_the_schedule(beta):
    config = override(Config(), {"objective.beta": beta, "training.epochs": 4})
    plan = plan_of(config, History(list(lines())))
    exact = bound_schedule(beta, total_steps=200, steps_per_epoch=50)[0].values(200)
    drawn = np.interp(np.arange(1, 201), plan.beta.steps, plan.beta.values)
    np.testing.assert_allclose(drawn, exact, atol=1e-9)
    if "cosine" not in beta:
        assert len(plan.beta) < 20


def test_before_an_epoch_has_ended_beta_is_as_logged():
    history = History([{"step": 7, "epoch": 1, "train/beta": 0.2}])
    assert plan_of(Config(), history).beta.values.tolist() == [0.2]


def test_a_mean_over_seeds_is_taken_where_all_are():
    first = Series(np.array([1.0, 2.0, 3.0]), np.array([0.0, 4.0, 8.0]))
    second = Series(np.array([2.0, 3.0, 4.0]), np.array([2.0, 2.0, 9.0]))
    curve = average("a", [first, second])
    assert curve.x.tolist() == [2, 3]
    assert curve.y.tolist() == [3, 5]
    assert (curve.low.tolist(), curve.high.tolist()) == ([2, 2], [4, 8])
    assert average("a", [first]).low is None


def test_many_points_become_means():
    series = Series(np.arange(5_000.0), np.tile([0.0, 1.0], 2_500))
    thin = series.thinned(1_000)
    assert len(thin) == 1_000
    assert thin.values.mean() == pytest.approx(0.5)
    assert series.thinned(5_000) is series


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing yet"),
        ("{\n", "damaged"),
        ("[1]\n", "damaged"),
        ('{"epoch": 1, "train/kl": 1.0}\n', "damaged"),
        ('{"step": 1, "train/beta": "x"}\n', "damaged"),
        ('{"step": 4, "train/kl": NaN}\n', "diverged: train/kl is nan at step 4"),
        (None, "damaged"),
    ],
)
def test_metrics_that_cannot_be_shown_are_told(copied, text, message):
    file = copied.path / "metrics.jsonl"
    file.unlink()
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_history(copied)
