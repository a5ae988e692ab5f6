"""The population's mutual information, where it is known."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unvanish.data import SyntheticText
from unvanish.measures import (
    index_information,
    information_bound,
    information_per_dimension,
    mutual_information,
    rate,
)


def channel(n, nats, d=32, seed=0):
    """Posteriors whose aggregate is N(0, I), which tell so many nats: -d/2 log(sigma^2)."""
    variance = math.exp(-2 * nats / d)
    mean = np.random.default_rng(seed).normal(0, math.sqrt(1 - variance), (n, d))
    return mean, np.full((n, d), math.log(variance))


@pytest.mark.parametrize("n", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_what_is_known_lies_in_the_interval(n):
    found = mutual_information(*channel(n, 7.14), samples=2)
    low, high = found.interval
    assert low <= 7.14 <= high
    assert found.low.value < 7.14 < found.high.value  # the estimates themselves err outwards
    assert found.ceiling == math.log(n)


def test_a_batch_of_32_cannot_show_it():
    found = mutual_information(*channel(32, 7.14))
    assert found.low.value < math.log(32)
    assert found.high.value > 9


def test_few_sentences_widen_the_interval():
    widths = [np.diff(mutual_information(*channel(n, 5.0)).interval)[0] for n in (50, 400, 3_200)]
    assert widths[0] > widths[1] > widths[2]


def test_the_interval_holds_the_truth_as_often_as_it_says():
    held = 0
    for seed in range(100):
        low, high = mutual_information(*channel(200, 1.0, d=4, seed=seed), seed=seed).interval
        held += low <= 1.0 <= high
    assert held >= 92  # 95 but for chance and small samples


def test_noise_that_sentences_share_makes_the_error_larger():
    mean, logvar = channel(200, 2.0, d=3)
    noises = np.random.default_rng(0).standard_normal((60, 4, 1, 3))
    found = [mutual_information(mean, logvar, noise=noise).low for noise in noises]
    spread = np.std([low.value for low in found], ddof=1)
    assert np.median([low.error for low in found]) > 0.5 * spread
    assert math.isnan(mutual_information(mean, logvar, noise=noises[0, :1]).low.error)


@pytest.mark.parametrize("k", [2, 5])
def test_separate_groups_tell_their_logarithm(k):
    groups = np.random.default_rng(0).integers(0, k, 4_000)
    low, high = mutual_information(40.0 * groups[:, None], np.zeros((4_000, 1)), samples=2).interval
    assert low - 0.01 <= math.log(k) <= high + 0.01
    assert high - low < 0.1


def test_a_constant_encoder_tells_nothing_however_large_its_kl():
    found = mutual_information(np.full((300, 16), 4.0), np.zeros((300, 16)))
    assert found.rate.value == pytest.approx(128.0)
    assert found.interval[1] < 1e-9


def test_the_rate_bounds_what_posteriors_that_never_meet_tell():
    mean = np.random.default_rng(0).normal(size=(100, 4))
    found = mutual_information(mean, np.full((100, 4), -18.0))
    assert found.high.value > 1e4
    assert found.interval[1] == pytest.approx(found.rate.value + 2.27 * found.rate.error, rel=1e-3)


@given(n=st.integers(2, 12), d=st.integers(1, 4), seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_order_of_rows_and_dimensions_changes_nothing(n, d, seed):
    source = np.random.default_rng(seed)
    mean, logvar = source.normal(size=(n, d)), source.normal(-1, 1, (n, d))
    noise = source.normal(size=(7, n, d))
    rows, columns = source.permutation(n), source.permutation(d)
    one = mutual_information(mean, logvar, noise=noise)
    other = mutual_information(
        mean[rows][:, columns], logvar[rows][:, columns], noise=noise[:, rows][:, :, columns]
    )
    assert other.low.value == pytest.approx(one.low.value, abs=1e-9)
    assert other.high.value == pytest.approx(one.high.value, abs=1e-9)
    assert other.interval == pytest.approx(one.interval, abs=1e-9)
    assert one.low.value <= math.log(n) + 1e-9
    index = index_information(mean, logvar, noise=noise)
    assert index.value == pytest.approx(one.low.value, abs=1e-9)


def test_the_size_of_a_block_changes_nothing(monkeypatch):
    arrays = channel(60, 3.0, d=5)
    whole = mutual_information(*arrays)
    monkeypatch.setattr("unvanish.measures.aggregated_posterior._BLOCK", 130)
    monkeypatch.setattr("unvanish.measures.draws._BLOCK", 700)
    assert mutual_information(*arrays).interval == pytest.approx(whole.interval, rel=1e-10)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_stays_in_two_gigabytes():
    """The pairs of 2,000 of N = 50,000 with d = 64: memory does not grow with their number."""
    program = (
        "import numpy as np\nfrom pathlib import Path\n"
        "from unvanish.measures.aggregated_posterior import AggregatedPosterior\n"
        "from unvanish.measures.draws import draw_noise\n"
        "mean = np.random.default_rng(0).normal(size=(50_000, 64)); logvar = mean - 2\n"
        "noise = next(draw_noise(None, 1, 0, mean.shape))\n"
        "z = (mean + np.exp(0.5 * logvar) * noise[0])[:2_000]\n"
        "own = -0.5 * (noise[0]**2 + logvar + np.log(2 * np.pi)).sum(-1)[:2_000]\n"
        "mixture = AggregatedPosterior(mean, logvar)\n"
        "whole, others = mixture.log_probs_at_own(z, np.arange(2_000), own)\n"
        "assert (own - whole <= np.log(50_000) + 1e-9).all() and (others <= whole + 1e-4).all()\n"
        "facts = dict(x.split(':') for x in Path('/proc/self/status').read_text().splitlines())\n"
        "print(facts['VmHWM'].split()[0])\n"  # the peak of getrusage may be that of this process
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 2 * 1024**2


def test_dimensions_are_told_apart():
    mean, logvar = channel(1_500, 2.0, d=2)
    mean = np.concatenate([mean, np.full((1_500, 1), 4.0), np.zeros((1_500, 1))], axis=1)
    logvar = np.concatenate([logvar, np.zeros((1_500, 2))], axis=1)
    found = information_per_dimension(mean, logvar)
    assert found.n == 1_000
    assert (found.low[:2] < 1.0).all()
    assert (found.high[:2] > 1.0).all()
    assert (found.high[2:] < 1e-9).all()
    assert rate(mean, logvar).mean(axis=0)[2] == pytest.approx(8.0)  # KL without information


def test_perfect_reconstruction_needs_all_information():
    assert information_bound(0.0, 10) == math.log(10)
    assert information_bound(101.0, 42_068) < -90  # real text: says nothing
    for rec, n, message in ((math.nan, 10, "rec=nan"), (1.0, 0, "n=0")):
        with pytest.raises(ValueError, match=message):
            information_bound(rec, n)


@pytest.mark.parametrize(
    ("mean", "logvar", "message"),
    [
        (np.zeros((1, 2)), np.zeros((1, 2)), "single row"),
        (np.zeros((0, 2)), np.zeros((0, 2)), "at least one row"),
        (np.zeros(3), np.zeros(3), "mean has shape"),
        (np.zeros((2, 1)), np.zeros((2, 2)), "differ in shape"),
        (np.full((2, 1), math.inf), np.zeros((2, 1)), "mean holds"),
        (np.zeros((2, 1)), np.full((2, 1), 900.0), "logarithm of the variance"),
        (np.full((2, 1), 1e12), np.zeros((2, 1)), "within ±1e"),
        (np.ma.masked_greater(np.eye(2), 0.5), np.zeros((2, 2)), "masked"),
        (np.eye(2) * 1j, np.zeros((2, 2)), "complex"),
    ],
)
@pytest.mark.parametrize("measure", [mutual_information, information_per_dimension])
def test_bad_arrays_are_refused(measure, mean, logvar, message):
    with pytest.raises(ValueError, match=message):
        measure(mean, logvar)


@pytest.mark.parametrize("factor", ["topic", "mood", "tense"])
def test_codes_of_a_factor_of_the_synthetic_text_tell_its_entropy(factor):
    text = SyntheticText(n=1_500)
    values = text.values[factor]
    codes = [values.index(getattr(factors, factor)) for factors, _ in text.draw()]
    mean = 30.0 * np.array(codes, dtype=np.float64)[:, None]
    low, high = mutual_information(mean, np.zeros_like(mean), samples=2).interval
    assert low - 0.01 <= text.factor_entropies[factor] <= high + 0.01
    assert high - low < 0.1
