"""What is said about the numbers follows from the numbers."""

import numpy as np
import pytest

from unvanish.experiments.illustrative.evaluation import Frame, evaluate
from unvanish.experiments.illustrative.findings import find
from unvanish.experiments.illustrative.problem import SCHEDULES, Settings, make_model
from unvanish.experiments.illustrative.training import Job, Trajectory
from unvanish.measures import Estimate, index_information, marginal_kl
from unvanish.measures.aggregated_posterior import AggregatedPosterior

STEPS = 80
ORDER, NEAR, PRICE, INFORMED, KEPT, VERDICTS, PARTS, BOUND = range(8)


def frame(kl, loss, step=STEPS, information=None, marginal=None, error=0.01):
    information = 0.97 * kl if information is None else information
    marginal = kl - information if marginal is None else marginal
    return Frame(
        step=step,
        rec=loss - kl,
        kl=kl,
        information=Estimate(information, error),
        marginal_kl=Estimate(marginal, error),
        active_units=1,
        verdict="collapsed" if kl < 0.3 else "partly-collapsed",
        silent=(1, 2) if kl < 0.3 else (2,),
        identified=0.5,
        mean=np.zeros((10, 2)),
        logvar=np.zeros((10, 2)),
    )


def trajectory(schedule, seed, end, curve=None, early=None, held=None):
    """A run that stood still at its end, or whose loss is ``curve``."""
    frames = [early or end] * 5 + [end] + ([held] if held else [])
    loss = np.full(STEPS, end.loss) if curve is None else np.asarray(curve)
    return Trajectory(Job(schedule, seed), loss, 0 * loss, 0 * loss, tuple(frames))


def judge(hold=0, curves=None, early=None, held=None, **ends):
    """Give the findings on frames at the end, a list of seeds for every schedule."""
    runs = {
        name: [
            trajectory(
                name, seed, end, (curves or {}).get((name, seed)), (early or {}).get(name), held
            )
            for seed, end in enumerate(ends[name], start=1)
        ]
        for name in SCHEDULES
    }
    return find(runs, Settings(steps=STEPS, hold=hold, seeds=len(ends["constant"])))


EXPECTED = {
    "constant": [frame(0.1, 2.31), frame(0.2, 2.31)],
    "monotonic": [frame(0.9, 2.32), frame(1.0, 2.32)],
    "cyclical": [frame(1.6, 2.35), frame(1.5, 2.35)],
}


def test_everything_as_expected():
    findings = judge(**EXPECTED)
    assert [finding.holds for finding in findings] == [True] * 8
    assert "2 of 2 seeds, smallest difference +0.50" in findings[ORDER].outcome
    assert "6 of 6 runs" in findings[NEAR].outcome
    assert "0.040 nats worse than constant" in findings[PRICE].outcome


def test_nothing_as_expected():
    findings = judge(
        constant=[frame(1.6, 2.50), frame(0.2, 2.50)],
        monotonic=[frame(0.9, 2.50), frame(1.0, 2.50)],
        cyclical=[frame(0.1, 2.45), frame(1.5, 2.45, information=0.5, marginal=0.5)],
        early={"monotonic": frame(1.9, 2.5)},
    )
    assert [finding.holds for finding in findings] == [False] * 8
    assert "1 of 2 seeds" in findings[ORDER].outcome
    assert "0 of 6 runs" in findings[NEAR].outcome
    assert "0.050 nats better than constant" in findings[PRICE].outcome
    assert "0.500 nats off" in findings[PARTS].outcome
    assert "0 of 2 seeds; means 1.90, 1.90, 1.90, 0.95 nats" in findings[KEPT].outcome


@pytest.mark.parametrize(("gap", "holds"), [(0.06, True), (0.04, False), (-0.5, False)])
def test_a_difference_too_small_to_read_off_is_none(gap, holds):
    ends = dict(EXPECTED, cyclical=[frame(0.9 + gap, 2.35), frame(1.5, 2.35)])
    assert judge(**ends)[ORDER].holds is holds
    ends = {name: [frame(1.0, 2.3, information=0.5)] for name in SCHEDULES}
    ends["cyclical"] = [frame(1.0, 2.3, information=0.5 + gap)]
    assert judge(**ends)[INFORMED].holds is holds


@pytest.mark.parametrize(
    ("losses", "holds"),
    [
        ([2.38, 2.39, 2.40], True),
        ([2.60, 2.61, 2.62], False),  # worse, and not slightly
        ([2.25, 2.26, 2.27], False),  # better
        ([2.26, 2.31, 2.42], None),  # a mean above 0 inside the noise
        ([2.26, 2.31, 2.357], None),  # a mean below 0 inside the noise
        ([2.3101], None),  # a single seed tells no noise
        ([5.0], None),
    ],
)
def test_the_price_has_to_be_beyond_the_noise_and_slight(losses, holds):
    others = [frame(0.1, 2.31) for _ in losses]
    ends = [frame(1.0, loss) for loss in losses]
    finding = judge(constant=others, monotonic=others, cyclical=ends)[PRICE]
    assert finding.holds is holds, finding.outcome
    noisy = holds is None and len(losses) > 1
    assert ("inside the noise of the seeds" in finding.outcome) == noisy
    assert ("interval" in finding.outcome) == (len(losses) > 1)


def test_the_price_is_paid_against_both():
    ends = dict(EXPECTED, monotonic=[frame(0.9, 2.30), frame(1.0, 2.42)])
    assert judge(**ends)[PRICE].holds is None
    ends["constant"] = [frame(0.1, 2.40)] * 2  # cyclical is better than it in every seed
    assert judge(**ends)[PRICE].holds is False


def with_a_miss(curve):
    ends = dict(EXPECTED, constant=[frame(0.1, 2.31), frame(0.2, 2.63)])
    return judge(**ends, curves={("constant", 2): curve})


def test_a_run_that_misses_is_named_and_settled_ones_count():
    findings = with_a_miss([2.63] * STEPS)
    assert "5 of 6 runs; not constant seed 2, 2.63" in findings[NEAR].outcome
    assert findings[NEAR].holds is False
    assert findings[ORDER].holds is True


def test_a_last_step_off_the_way_leaves_the_question_open():
    findings = with_a_miss([2.31] * (STEPS - 1) + [2.63])
    assert "constant seed 2, 2.63 at the last step but 2.34 over" in findings[NEAR].outcome
    assert findings[NEAR].holds is None
    assert findings[ORDER].holds is True


def test_runs_that_still_fall_leave_all_comparisons_open():
    findings = with_a_miss(np.linspace(3.6, 2.63, STEPS))
    assert "constant seed 2, 2.63 and still falling" in findings[NEAR].outcome
    assert [finding.holds for finding in findings] == [None] * 6 + [True] * 2
    assert "open, as the loss of 1 of 6 runs still falls" in findings[ORDER].outcome


def test_many_misses_are_counted():
    findings = judge(**{name: [frame(1.0, 3.0), frame(1.0, 4.0)] for name in SCHEDULES})
    assert findings[NEAR].outcome.count("seed") == 3
    assert findings[NEAR].outcome.endswith("3 more")


def parts(**changes):
    ends = {name: [frame(0.5, 2.31, **changes)] for name in SCHEDULES}
    return judge(**ends)[PARTS]


def test_the_gap_is_measured_in_its_own_error():
    assert parts(information=0.4, marginal=0.13).holds  # 2.1 errors
    assert not parts(information=0.4, marginal=0.16).holds  # 4.2
    large = frame(5.0, 2.31, information=2.0, marginal=3.3, error=0.2)  # 1.1
    small = frame(0.5, 2.31, information=0.4, marginal=0.103, error=0.0001)  # 21
    both = judge(constant=[large], monotonic=[small], cyclical=[large])[PARTS]
    assert not both.holds
    assert "0.003 nats off" in both.outcome


@pytest.mark.parametrize(
    ("kl", "part", "holds"),
    [(0.5, -0.5, False), (0.5, 1.0, False), (3.0, 2.5, False), (3.0, 2.32, True)],
)
def test_each_part_lies_where_it_can(kl, part, holds):
    ends = {name: [frame(kl, 2.31, information=part)] for name in SCHEDULES}
    assert judge(**ends)[PARTS].holds is holds


@pytest.mark.parametrize("wrong", [0.0, 0.5, -1.5, 5.0])
def test_a_wrong_density_of_the_mixture_is_found(monkeypatch, wrong):
    """Its error cancels from the sum of the parts, so only each part's own bounds show it."""
    right = AggregatedPosterior.log_probs_at_own

    def shifted(*given):
        whole, others = right(*given)
        return whole + wrong, others

    monkeypatch.setattr(AggregatedPosterior, "log_probs_at_own", shifted)
    ends = {name: [evaluate(make_model(2), STEPS)] for name in SCHEDULES}
    assert judge(**ends)[PARTS].holds is (wrong == 0.0)


def test_a_wrong_closed_form_is_found(monkeypatch):
    from unvanish.experiments.illustrative import evaluation

    right = evaluation.rate
    monkeypatch.setattr(evaluation, "rate", lambda *given: 1.1 * right(*given))
    ends = {name: [evaluate(make_model(2), STEPS)] for name in SCHEDULES}
    assert judge(**ends)[PARTS].holds is False


def test_the_two_parts_come_from_different_draws():
    each = evaluate(make_model(1), STEPS)
    draws = {"samples": 1_000, "seed": 0}
    assert each.information == index_information(each.mean, each.logvar, **draws)
    assert each.marginal_kl != marginal_kl(each.mean, each.logvar, **draws)


def test_the_verdicts_are_counted():
    told = judge(**EXPECTED)[VERDICTS].outcome
    assert "constant collapsed in 2, monotonic partly-collapsed in 2" in told
    assert "one dimension unused in 2 of 2 seeds" in told
    ends = dict(EXPECTED, constant=[frame(0.1, 2.31), frame(0.9, 2.31)])
    assert judge(**ends)[VERDICTS].holds is False


@pytest.mark.parametrize(("information", "holds"), [(1.6, True), (1.5, True), (1.45, False)])
def test_z_tells_no_less_than_the_reconstruction_needs(information, holds):
    ends = {name: [frame(1.6, 2.35, information=information)] for name in SCHEDULES}
    assert judge(**ends)[BOUND].holds is holds  # ln 10 - 0.75 = 1.553, less 4 errors and 0.02


def test_the_hold_is_told_and_not_judged():
    finding = judge(hold=50, held=frame(0.5, 2.31, step=STEPS + 50), **EXPECTED)[-1]
    assert finding.holds is None
    assert "50 further steps" in finding.expectation
    assert "cyclical 1.55 to 0.50" in finding.outcome
