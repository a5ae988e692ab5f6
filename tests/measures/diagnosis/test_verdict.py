"""Controls that must get their verdict, and input that must get none."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unvanish.measures import PosteriorsWarning
from unvanish.measures.diagnosis import (
    VERDICTS,
    Circumstances,
    Thresholds,
    diagnose,
    judge,
    measure,
)

UNLIKELY = pytest.mark.filterwarnings("ignore::unvanish.measures.PosteriorsWarning")


def informative(n=1_500, d=4, nats=3.0, seed=1):
    """Posteriors whose aggregate is the prior and which tell so much."""
    variance = math.exp(-2 * nats / d)
    mean = np.random.default_rng(seed).normal(0, math.sqrt(1 - variance), (n, d))
    return mean, np.full((n, d), math.log(variance))


def losses(n=1_500, gap=0.0, seed=2):
    """Reconstruction with the own z and with another's, which costs so much more."""
    source = np.random.default_rng(seed)
    rec = source.gamma(9.0, 11.0, n)
    return rec, rec + gap + source.normal(0, 1.0, n)


def test_a_constant_encoder_is_life_on_paper_only():
    source = np.random.default_rng(0)
    mean = 4.0 + 0.01 * source.normal(size=(1_000, 16))  # N(4, 1) but for a trace
    found = diagnose(mean, np.zeros((1_000, 16)))
    assert found.verdict == "paper-only"
    assert found.figures.kl == pytest.approx(128.0, rel=0.01)
    assert found.figures.active_units == 0


@UNLIKELY
def test_active_units_do_not_save_it():
    """All means vary enough to count as active, and posteriors are too wide to tell."""
    mean = 3.0 + np.random.default_rng(0).normal(0, 0.12, (2_000, 4))
    found = diagnose(mean, np.full((2_000, 4), 3.0))
    assert found.figures.active_units == 4
    assert found.verdict == "paper-only"


def test_posteriors_that_are_the_prior_are_collapsed():
    mean = 0.01 * np.random.default_rng(0).normal(size=(500, 8))
    assert diagnose(mean, np.zeros((500, 8))).verdict == "collapsed"


@pytest.mark.slow
def test_a_perfect_autoencoder_has_holes():
    """Every sentence at its own point, spread as training without a KL leaves them."""
    mean = 6.0 * np.random.default_rng(0).normal(size=(1_500, 8))
    rec, other = losses(gap=90.0)
    assert diagnose(mean, np.full((1_500, 8), -12.0), rec, rec_other=other).verdict == "holes"


@pytest.mark.slow
def test_holes_under_free_bits_are_no_matter_of_time():
    mean = 6.0 * np.random.default_rng(0).normal(size=(1_500, 8))
    told = [
        judge(
            measure(
                mean, np.full((1_500, 8), -12.0), circumstances=Circumstances(remedies=remedies)
            )
        )
        for remedies in (("free-bits",), ())
    ]
    assert [each.verdict for each in told] == ["holes", "holes"]
    assert told[0].advice[0].startswith("Lower `--free-bits`")
    assert not any("free-bits" in each for each in told[1].advice)


def test_points_on_a_ring_have_holes():
    angle = np.random.default_rng(0).uniform(0, 2 * math.pi, 1_500)
    mean = math.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert diagnose(mean, np.full((1_500, 2), -9.0)).verdict == "holes"


def test_half_the_dimensions_dead_is_a_partial_collapse():
    mean, logvar = informative()
    dead = np.zeros_like(mean)
    found = diagnose(np.concatenate([dead, mean], axis=1), np.concatenate([dead, logvar], axis=1))
    assert found.verdict == "partly-collapsed"
    assert any("4 of 8" in line and "5, 6, 7, 8" in line for line in found.evidence)
    assert "Measure whether the decoder reads z" in found.advice[0]


@pytest.mark.slow
def test_information_spread_thinly_over_all_dimensions_is_alive():
    """Every one of them below the line by itself, and 0.77 nats together."""
    rec, other = losses(gap=2.0)
    found = diagnose(*informative(d=128, nats=0.77), rec, rec_other=other)
    assert found.verdict == "alive"
    assert any("all of them together do" in line for line in found.evidence)


def test_what_z_tells_by_the_length_is_told():
    """Another sentence of the same length serves as well; one of another length does not."""
    rec, other = losses(gap=4.0)
    same = losses(gap=0.0)[1]
    found = diagnose(*informative(), rec, rec_other=other, rec_same_length=same)
    assert found.verdict == "alive"
    assert any("mostly the length" in line for line in found.evidence)
    found = diagnose(*informative(), rec, rec_other=other, rec_same_length=other)
    assert not any("mostly the length" in line for line in found.evidence)


def test_losses_exchanged_are_not_taken_for_a_decoder_that_ignores_z():
    rec, other = losses(gap=3.5)
    for first, second in ((other, rec), (-rec, -other)):
        found = diagnose(*informative(), first, rec_other=second)
        assert (found.verdict, found.reason) == ("cannot-tell", "use-reversed")
        assert any("exchanged, or log-likelihoods" in line for line in found.evidence)


def test_losses_by_word_are_asked_about():
    rec, other = losses(gap=3.5)
    found = diagnose(*informative(), rec / 20, rec_other=other / 20, rec_unigram=140.0)
    assert any("mean over words" in line for line in found.evidence)
    found = diagnose(*informative(), rec, rec_other=other, rec_unigram=140.0)
    assert not any("Caution" in line for line in found.evidence)


def test_a_few_codes_far_away_are_no_hole_for_the_prior():
    mean, logvar = informative(n=2_000)
    mean[:20] += 20.0
    found = diagnose(mean, logvar)
    assert (found.verdict, found.reason) == ("holes", "codes-reach-farther")
    ring = np.random.default_rng(0).normal(size=(2_000, 4))
    ring *= 2 / np.linalg.norm(ring, axis=1, keepdims=True)
    found = diagnose(ring, np.full((2_000, 4), -9.0))
    assert (found.verdict, found.reason) == ("holes", "prior-reaches-farther")


@pytest.mark.parametrize(
    ("d", "variance", "posterior"), [(16, 1.5, 0.5), (64, 1.2, 0.8), (128, 1.15, 0.8)]
)
@pytest.mark.slow
def test_codes_a_little_wider_than_the_prior_are_no_hole(d, variance, posterior):
    mean = np.random.default_rng(1).normal(0, math.sqrt(variance - posterior), (2_000, d))
    rec, other = losses(n=2_000, gap=9.0)
    found = diagnose(mean, np.full((2_000, d), math.log(posterior)), rec, rec_other=other)
    assert found.verdict == "alive"


@pytest.mark.parametrize("d", [32, 64])
@pytest.mark.slow
def test_codes_drawn_together_have_holes_around_them(d):
    mean = np.random.default_rng(1).normal(0, math.sqrt(0.49 - 0.05), (2_000, d))
    rec, other = losses(n=2_000, gap=40.0)
    found = diagnose(mean, np.full((2_000, d), math.log(0.05)), rec, rec_other=other)
    assert found.verdict == "holes"


def test_a_decoder_fed_shuffled_z_ignores_it():
    found = diagnose(*informative(), losses()[0], rec_other=losses(gap=0.0)[1])
    assert found.verdict == "ignored"


def test_a_decoder_that_reads_z_is_alive():
    rec, other = losses(gap=3.5)
    assert diagnose(*informative(), rec, rec_other=other).verdict == "alive"


@pytest.mark.slow
def test_the_prior_serves_where_no_other_sentence_was_given():
    rec, other = losses(gap=3.5)
    assert diagnose(*informative(), rec, rec_prior=other).verdict == "alive"
    assert diagnose(*informative(), *[losses()[0]], rec_prior=losses()[1]).verdict == "ignored"


def test_arrays_alone_cannot_tell():
    found = diagnose(*informative())
    assert found.verdict == "cannot-tell"
    assert "rec_other" in found.advice[0]


@UNLIKELY
def test_few_sentences_cannot_tell():
    for n in (2, 10, 49):
        rec, other = losses(n=n, gap=3.5)
        found = diagnose(*informative(n=n), rec, rec_other=other)
        assert (found.verdict, found.reason) == ("cannot-tell", "few-sentences")
        assert any(f"there are {n}, and 50 or more" in line for line in found.evidence)
    found = diagnose(*informative(n=60, nats=0.12))
    assert (found.verdict, found.reason) == ("cannot-tell", "information-undecided")
    rec, other = losses(gap=0.3)
    found = diagnose(*informative(nats=3.0), rec, rec_other=other + 40 * np.sin(np.arange(1_500)))
    assert (found.verdict, found.reason) == ("cannot-tell", "use-undecided")
    assert "more sentences" in found.advice[0]


@UNLIKELY
def test_few_sentences_without_a_kl_are_collapsed_all_the_same():
    """z tells no more than the KL, and that is measured exactly."""
    source = np.random.default_rng(0)
    for n in (3, 10, 45):
        mean = 0.01 * source.normal(size=(n, 8))
        assert diagnose(mean, np.zeros((n, 8))).verdict == "collapsed"
    mean[0] = 4.0  # one sentence of 45 that has a KL says nothing of the others'
    assert diagnose(mean, np.zeros((45, 8))).verdict == "cannot-tell"


@pytest.mark.parametrize(
    "known", [{"beta": 0.4}, {"steps": 0}, {"rec_unigram": 90.0}, {"beta": 0.9, "beta_top": 2.0}]
)
def test_an_untrained_model_is_unfinished(known):
    rec, other = losses(gap=3.5)
    found = diagnose(*informative(), rec, rec_other=other, **known)
    assert found.verdict == "unfinished"
    assert found.evidence[0].startswith("Training: ")


def test_a_beta_that_was_to_stay_below_one_is_finished():
    rec, other = losses(gap=3.5)
    found = diagnose(*informative(), rec, rec_other=other, beta=0.5, beta_top=0.5)
    assert found.verdict == "alive"
    assert "0.5, as planned" in found.evidence[0]


def test_sentences_that_are_all_there_are():
    """Ten posteriors side by side tell ln 10 of ten, whatever they would tell of more."""
    mean = np.stack([20.0 * np.arange(10.0), np.zeros(10)], axis=1)
    found = diagnose(mean, np.zeros((10, 2)), complete=True).figures
    assert found.information.low == pytest.approx(math.log(10))
    assert found.information.high == pytest.approx(math.log(10))
    assert found.information_per_dimension[1].high < 1e-9
    assert found.information.value + found.marginal_kl.high == pytest.approx(found.kl, rel=0.01)


def test_collapse_is_not_answered_with_what_is_in_use():
    figures = measure(
        np.zeros((50, 2)), np.zeros((50, 2)), circumstances=Circumstances(remedies=("cyclical",))
    )
    assert not any("cyclical:n_cycles" in text for text in judge(figures).advice)
    assert any("cyclical:n_cycles" in text for text in diagnose(*[np.zeros((50, 2))] * 2).advice)


@pytest.mark.parametrize(
    ("whole", "advised"),
    [(False, ("effective_beta", "cyclical:n_cycles")), (True, ("cyclical:n_cycles", "free-bits"))],
)
def test_only_a_loop_of_ones_own_is_asked_whether_it_sums_rec(whole, advised):
    zeros = np.zeros((50, 2))
    found = judge(measure(zeros, zeros, circumstances=Circumstances(whole_losses=whole)))
    assert found.verdict == "collapsed"
    assert all(word in text for word, text in zip(advised, found.advice, strict=True))
    assert whole != any("effective_beta" in text for text in found.advice)


def test_a_line_is_a_number_above_zero():
    with pytest.raises(ValueError, match="information=nan is not possible"):
        Thresholds(information=math.nan)


def test_thresholds_move_the_lines():
    rec, other = losses(gap=3.5)
    strict = Thresholds(information=4.0, offset=0.5)
    assert diagnose(*informative(), rec, rec_other=other, thresholds=strict).verdict == "paper-only"


@UNLIKELY
@given(
    n=st.integers(2, 90),
    d=st.integers(1, 3),
    scale=st.floats(0.0, 8.0),
    width=st.floats(-12.0, 2.0),
    gap=st.one_of(st.none(), st.floats(-2.0, 9.0)),
    seed=st.integers(0, 1_000),
)
@settings(max_examples=40, deadline=None)
def test_whatever_the_arrays_there_is_one_verdict_with_reasons(n, d, scale, width, gap, seed):
    source = np.random.default_rng(seed)
    mean, logvar = scale * source.normal(size=(n, d)), np.full((n, d), width)
    rec = source.gamma(5.0, 10.0, n)
    more = {} if gap is None else {"rec": rec, "rec_other": rec + gap}
    found = diagnose(mean, logvar, **more)
    assert found.verdict in VERDICTS
    assert len(found.evidence) >= 4
    assert len(found.advice) == 2
    assert gap is not None or found.verdict not in ("alive", "ignored")
    told, figures = found.figures.information, found.figures
    assert 0 <= told.low <= told.high
    assert figures.marginal_kl.low <= figures.marginal_kl.high
    json.dumps(found.to_dict(), allow_nan=False)
    assert str(found).startswith(found.verdict)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mean": np.zeros((0, 2))}, "at least one row"),
        ({"mean": np.zeros((1, 2)), "logvar": np.zeros((1, 2))}, "single row"),
        ({"mean": np.full((5, 2), math.nan)}, "not finite"),
        ({"logvar": np.zeros((5, 3))}, "differ in shape"),
        ({"rec": np.zeros(4)}, "rec has 4 numbers for 5 sentences"),
        ({"rec": np.zeros((5, 2))}, r"rec has shape \(5, 2\)"),
        ({"rec": 3.0}, r"rec has shape \(\)"),
        ({"rec": np.zeros(5), "rec_prior": np.zeros(4)}, "rec_prior has 4 numbers and rec 5"),
        ({"rec": np.full(5, math.inf)}, "rec holds"),
        ({"rec_other": np.zeros(5)}, "rec is missing"),
        ({"beta": -1.0}, "beta=-1.0 is not possible"),
        ({"beta": "1"}, "beta='1' is not possible"),
        ({"beta_top": None}, "beta_top=None is not possible"),
        ({"steps": -3}, "steps=-3"),
        ({"rec": np.zeros(5), "rec_unigram": math.nan}, "rec_unigram holds"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(changes, message):
    arguments = {"mean": np.zeros((5, 2)), "logvar": np.zeros((5, 2)), **changes}
    with pytest.raises(ValueError, match=message):
        diagnose(**arguments)


@pytest.mark.parametrize("given", [np.exp, np.square, np.sqrt])
def test_widths_that_are_no_logarithms_are_asked_about(given):
    source = np.random.default_rng(0)
    mean, width = source.normal(size=(500, 4)), source.uniform(0.2, 0.9, (500, 4))
    with pytest.warns(PosteriorsWarning, match=r"2 \* log\(std\)") as told:
        diagnose(mean, given(width))
    assert told[0].filename == __file__


def test_arrays_that_may_be_transposed_are_asked_about():
    mean, logvar = informative(100, 60)
    diagnose(mean, logvar)
    with pytest.warns(PosteriorsWarning, match=r"60 sentences have 100 dimensions .* \.T"):
        diagnose(mean.T, logvar.T)


@pytest.mark.parametrize("number", [np.float32, np.int64, torch.tensor, lambda value: value])
def test_numbers_of_any_library_are_taken(number):
    mean, logvar = informative()
    found = diagnose(mean, logvar, beta=number(1), steps=number(500), beta_top=number(1))
    assert found.to_dict() == diagnose(mean, logvar, beta=1.0, steps=500).to_dict()
    whole = number is not np.float32
    assert type(found.figures.circumstances.steps) is (int if whole else float)


def test_logarithms_of_posteriors_are_not_asked_about():
    """Warnings are errors here: collapsed ones are near 0, some of them a little above."""
    source = np.random.default_rng(0)
    mean, width = source.normal(size=(500, 4)), source.uniform(0.2, 0.9, (500, 4))
    for logvar in (2 * np.log(width), source.normal(0.1, 0.1, (500, 4)), width / 1e3):
        diagnose(mean, logvar)


def test_tensors_that_gradients_flow_through_are_taken():
    torch = pytest.importorskip("torch")
    mean, logvar = informative(n=100)
    tensors = torch.tensor(mean, requires_grad=True), torch.tensor(logvar, requires_grad=True)
    assert diagnose(*tensors).to_dict() == diagnose(mean, logvar).to_dict()
