import math

import numpy as np
import pytest

from unvanish.measures import RunningPosteriors, active_units, rate


def posteriors(sentences=50):
    rng = np.random.default_rng(0)
    spread = np.array([0.0, 0.05, 0.5, 2.0])
    return 100 + spread * rng.normal(size=(sentences, 4)), rng.normal(size=(sentences, 4))


@pytest.mark.parametrize("sizes", [[50], [1] * 50, [7, 30, 13], [0, 49, 1]])
def test_batches_give_what_all_sentences_at_once_give(sizes):
    mean, logvar = posteriors()
    seen, start = RunningPosteriors(), 0
    for size in sizes:
        seen.add(mean[start : start + size], logvar[start : start + size])
        start += size
    assert seen.sentences == 50
    assert seen.kl_per_dimension == pytest.approx(rate(mean, logvar).mean(axis=0))
    assert seen.kl == pytest.approx(rate(mean, logvar).sum(axis=1).mean())
    for threshold in (1e-12, 0.01, 1.0):
        assert seen.active_units(threshold) == active_units(mean, threshold)


def test_a_number_that_is_not_finite_shows():
    seen = RunningPosteriors()
    seen.add([[0.0, math.nan], [1.0, 0.0]], np.zeros((2, 2)))
    assert math.isnan(seen.kl)
    assert seen.kl_per_dimension[0] == 0.25
    assert seen.active_units() == 1


def test_wrong_shapes_and_nothing_at_all_are_refused():
    seen = RunningPosteriors()
    with pytest.raises(ValueError, match=r"\(3,\) and \(3,\): give \(N, d\)"):
        seen.add(np.zeros(3), np.zeros(3))
    with pytest.raises(ValueError, match=r"\(2, 3\) and \(2, 4\)"):
        seen.add(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ValueError, match="no posteriors"):
        _ = seen.kl
    seen.add(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="4 dimensions after 3 before"):
        seen.add(np.zeros((2, 4)), np.zeros((2, 4)))


def running(mean, size):
    seen = RunningPosteriors()
    for start in range(0, len(mean), size):
        seen.add(mean[start : start + size], np.full_like(mean[start : start + size], -2.0))
    return seen


@pytest.mark.parametrize("size", [1, 7, 400])
def test_those_kept_are_the_same_however_they_came(size):
    mean = np.random.default_rng(0).normal(size=(3_000, 2))
    told = running(mean, size).information()
    assert told.n == 1_000
    assert told.interval == pytest.approx(running(mean, 3_000).information().interval)


@pytest.mark.parametrize("period", [2, 3, 8])
def test_an_order_of_the_sentences_is_not_taken_for_what_they_tell(period):
    """Groups that alternate: a choice of every second one would see a single group."""
    mean = 6.0 * (np.arange(4_800) % period)[:, None]
    low, high = running(mean, 100).information().interval
    assert low - 0.02 <= math.log(period) <= high + 0.02


def test_what_cannot_be_compared_has_no_information():
    seen = RunningPosteriors()
    assert seen.information() is None
    seen.add(np.zeros((1, 2)), np.zeros((1, 2)))
    assert seen.information() is None
    for mean, logvar in ((math.nan, 0.0), (0.0, 900.0)):
        seen = RunningPosteriors()
        with np.errstate(over="ignore"):
            seen.add(np.full((2, 2), mean), np.full((2, 2), logvar))
        assert seen.information() is None
