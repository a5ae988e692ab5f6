import numpy as np
import pytest

from unvanish.measures import bootstrap_interval


def test_it_is_scipys_interval():
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(1).gamma(2.0, size=400)
    reference = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=2
    ).confidence_interval
    ours = bootstrap_interval(values, resamples=20_000)
    assert ours == pytest.approx((reference.low, reference.high), abs=0.01)


def test_it_covers_the_truth_as_often_as_it_says():
    source = np.random.default_rng(3)
    covered = 0
    for trial in range(300):
        low, high = bootstrap_interval(source.normal(5.0, 2.0, 80), resamples=400, seed=trial)
        covered += low <= 5.0 <= high
    assert 0.90 <= covered / 300 <= 0.98


def test_blocks_do_not_show(monkeypatch):
    values = np.random.default_rng(0).normal(size=50)
    whole = bootstrap_interval(values, resamples=100)
    monkeypatch.setattr("unvanish.measures.bootstrap._BLOCK", 120)
    assert bootstrap_interval(values, resamples=100) == whole


def test_equal_values_have_an_interval_of_one_point():
    assert bootstrap_interval(np.full(9, 2.5)) == (2.5, 2.5)


@pytest.mark.parametrize(
    ("values", "options"),
    [([], {}), ([[1.0]], {}), ([1.0], {"level": 1.0}), ([1.0], {"resamples": 0})],
)
def test_what_is_not_possible_is_told(values, options):
    with pytest.raises(ValueError, match="give"):
        bootstrap_interval(np.array(values), **options)
