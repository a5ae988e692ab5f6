"""What is said about the numbers follows from the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from unvanish.experiments.illustrative.evaluation import Frame, evaluate
from unvanish.experiments.illustrative.problem import SCHEDULES, Settings, make_model
from unvanish.experiments.illustrative.run_json import run_to_json
from unvanish.experiments.illustrative.sequence_runs import SequenceRuns
from unvanish.experiments.illustrative.training import Job, Trajectory
from unvanish.experiments.illustrative.verdicts import verdicts
from unvanish.experiments.judging import adjusted
from unvanish.measures import Estimate, index_information, marginal_kl
from unvanish.measures.aggregated_posterior import AggregatedPosterior

STEPS = 80
OVER_SEEDS = slice(0, 7)
DIAGNOSED, NEAR, PARTS, BOUND = range(7, 11)
FIRST, RESTARTED, END = 1, 2, 5
"""Places of the moments at the end of the first cycle, after the restart and at the end."""

HELD, FAILED, OPEN = "holds", "does not hold", "not established"


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
        identified=kl / 10,
        mean=np.zeros((10, 2)),
        logvar=np.zeros((10, 2)),
    )


def nudged(given, nats):
    """Move nats from rec to KL, as no two seeds end alike."""
    information = replace(given.information, value=given.information.value + nats)
    moved = {"rec": given.rec - nats, "kl": given.kl + nats, "information": information}
    return replace(given, **moved, identified=given.identified + nats)


def trajectory(schedule, seed, end, curve=None, earlier=None):
    """A run that stood still at its end but for what is given, or whose loss is ``curve``."""
    frames = [end] * 6
    for place, each in (earlier or {}).items():
        frames[place] = each
    source = np.random.default_rng([seed, *schedule.encode()])
    frames = [nudged(each, float(source.normal(0, 1e-5))) for each in frames]
    loss = np.full(STEPS, end.loss) if curve is None else np.asarray(curve)
    return Trajectory(Job(schedule, seed), loss, 0 * loss, 0 * loss, tuple(frames))


def judge(curves=None, earlier=None, **ends):
    """Give the claims on frames at the end, a list of seeds for every schedule."""
    runs = {
        name: {
            seed: trajectory(
                name, seed, end, (curves or {}).get((name, seed)), (earlier or {}).get(name)
            )
            for seed, end in enumerate(ends[name], start=1)
        }
        for name in SCHEDULES
    }
    settings = Settings(steps=STEPS, seeds=len(ends["constant"]))
    return verdicts(SequenceRuns(settings, runs))


EXPECTED = {
    "constant": [frame(0.1, 2.31), frame(0.11, 2.31), frame(0.1, 2.31)],
    "monotonic": [frame(0.9, 2.32), frame(0.91, 2.32), frame(0.9, 2.32)],
    "cyclical": [frame(1.6, 2.35), frame(1.61, 2.35), frame(1.6, 2.35)],
}
RISING = {"cyclical": {FIRST: frame(0.5, 2.35), RESTARTED: frame(2.0, 3.0)}}


def test_everything_as_expected():
    claims = judge(earlier=RISING, **EXPECTED)
    assert [claim.verdict for claim in claims] == [HELD] * 11
    assert claims[0].evidence.startswith("kl +0.800 (95 % interval +0.800 to +0.800, 3 seeds)")
    assert "9 of 9 runs" in claims[NEAR].evidence


def test_nothing_as_expected():
    claims = judge(
        constant=[frame(1.6, 2.50), frame(1.7, 2.50)],
        monotonic=[frame(0.9, 2.50), frame(1.0, 2.50)],
        cyclical=[
            frame(0.1, 2.65, information=0.3, marginal=0.5),
            frame(1.0, 2.65, information=0.0, marginal=0.3),
        ],
        earlier={
            "monotonic": {RESTARTED: frame(1.9, 2.5)},
            "cyclical": {FIRST: frame(2.0, 2.5), RESTARTED: frame(0.1, 2.5)},
        },
    )
    several = claims[OVER_SEEDS]
    assert all(claim.evidence.split("interval ")[1].startswith("-") for claim in several)
    assert {claim.verdict for claim in several} <= {FAILED, OPEN}
    assert [claim.verdict for claim in claims[DIAGNOSED:]] == [FAILED] * 4
    assert "0 of 6 runs" in claims[NEAR].evidence
    assert "0.700 nats off" in claims[PARTS].evidence


def test_those_over_seeds_are_judged_together_and_those_of_every_run_alone():
    claims = judge(earlier=RISING, **EXPECTED)
    assert all(claim.p_value is not None for claim in claims[OVER_SEEDS])
    before = [claim for claim in claims if claim.p_value is not None]
    again = [claim.adjusted_p_value for claim in adjusted(before)]
    assert [claim.adjusted_p_value for claim in before] == again
    assert all(claim.p_value is claim.adjusted_p_value is None for claim in claims[DIAGNOSED:])


def test_one_seed_establishes_nothing_of_a_mean_and_may_settle_what_is_of_every_run():
    claims = judge(earlier=RISING, **{name: ends[:1] for name, ends in EXPECTED.items()})
    assert [claim.verdict for claim in claims] == [OPEN] * 7 + [HELD] * 4
    assert all("with one seed" in claim.evidence for claim in claims[OVER_SEEDS])


def with_a_miss(curve):
    ends = dict(EXPECTED, constant=[frame(0.1, 2.31), frame(0.11, 2.63), frame(0.1, 2.31)])
    return judge(curves={("constant", 2): curve}, earlier=RISING, **ends)


def test_a_run_that_misses_is_named_and_settled_ones_count():
    claims = with_a_miss([2.63] * STEPS)
    assert "8 of 9 runs; not constant seed 2, 2.63" in claims[NEAR].evidence
    assert claims[NEAR].verdict == FAILED
    assert claims[0].verdict == HELD


def test_a_last_step_off_the_way_leaves_the_question_open():
    claims = with_a_miss([2.31] * (STEPS - 1) + [2.63])
    assert "constant seed 2, 2.63 at the last step but 2.34 over" in claims[NEAR].evidence
    assert claims[NEAR].verdict == OPEN
    assert claims[0].verdict == HELD


def test_runs_that_still_fall_leave_all_comparisons_open():
    claims = with_a_miss(np.linspace(3.6, 2.63, STEPS))
    assert "constant seed 2, 2.63 and still falling" in claims[NEAR].evidence
    assert [claim.verdict for claim in claims] == [OPEN] * 9 + [HELD] * 2
    told = "; while the loss of 1 of 9 runs still falls it holds"
    assert all(claim.evidence.endswith(told) for claim in (claims[0], claims[DIAGNOSED]))


def test_many_misses_are_counted():
    claims = judge(**{name: [frame(1.0, 3.0), frame(1.0, 4.0)] for name in SCHEDULES})
    assert claims[NEAR].evidence.count("seed") == 3
    assert claims[NEAR].evidence.endswith("3 more")


def parts(**changes):
    ends = {name: [frame(0.5, 2.31, **changes)] for name in SCHEDULES}
    return judge(**ends)[PARTS]


def test_the_gap_is_measured_in_its_own_error():
    assert parts(information=0.4, marginal=0.13).verdict == HELD  # 2.1 errors
    assert parts(information=0.4, marginal=0.16).verdict == FAILED  # 4.2
    large = frame(5.0, 2.31, information=2.0, marginal=3.3, error=0.2)  # 1.1
    small = frame(0.5, 2.31, information=0.4, marginal=0.103, error=0.0001)  # 21
    both = judge(constant=[large], monotonic=[small], cyclical=[large])[PARTS]
    assert both.verdict == FAILED
    assert "0.003 nats off" in both.evidence


@pytest.mark.parametrize(
    ("kl", "part", "verdict"),
    [(0.5, -0.5, FAILED), (0.5, 1.0, FAILED), (3.0, 2.5, FAILED), (3.0, 2.32, HELD)],
)
def test_each_part_lies_where_it_can(kl, part, verdict):
    ends = {name: [frame(kl, 2.31, information=part)] for name in SCHEDULES}
    assert judge(**ends)[PARTS].verdict == verdict


@pytest.mark.parametrize("wrong", [0.0, 0.5, -1.5, 5.0])
def test_a_wrong_density_of_the_mixture_is_found(monkeypatch, wrong):
    """Its error cancels from the sum of the parts, so only each part's own bounds show it."""
    right = AggregatedPosterior.log_probs_at_own

    def shifted(*given):
        whole, others = right(*given)
        return whole + wrong, others

    monkeypatch.setattr(AggregatedPosterior, "log_probs_at_own", shifted)
    ends = {name: [evaluate(make_model(2), STEPS)] for name in SCHEDULES}
    assert judge(**ends)[PARTS].verdict == (FAILED if wrong else HELD)


def test_a_wrong_closed_form_is_found(monkeypatch):
    from unvanish.experiments.illustrative import evaluation

    right = evaluation.rate
    monkeypatch.setattr(evaluation, "rate", lambda *given: 1.1 * right(*given))
    ends = {name: [evaluate(make_model(2), STEPS)] for name in SCHEDULES}
    assert judge(**ends)[PARTS].verdict == FAILED


def test_the_two_parts_come_from_different_draws():
    each = evaluate(make_model(1), STEPS)
    draws = {"samples": 1_000, "seed": 0}
    assert each.information == index_information(each.mean, each.logvar, **draws)
    assert each.marginal_kl != marginal_kl(each.mean, each.logvar, **draws)


def test_diagnoses_are_counted():
    told = judge(**EXPECTED)[DIAGNOSED].evidence
    assert "constant collapsed in 3, monotonic partly-collapsed in 3" in told
    assert "one dimension unused in 3 of 3 seeds" in told
    ends = dict(EXPECTED, constant=[frame(0.1, 2.31), frame(0.9, 2.31), frame(0.1, 2.31)])
    assert judge(**ends)[DIAGNOSED].verdict == FAILED


@pytest.mark.parametrize(("information", "verdict"), [(1.6, HELD), (1.5, HELD), (1.45, FAILED)])
def test_z_tells_no_less_than_the_reconstruction_needs(information, verdict):
    ends = {name: [frame(1.6, 2.35, information=information)] for name in SCHEDULES}
    assert judge(**ends)[BOUND].verdict == verdict  # ln 10 - 0.75 = 1.553, less 4 errors and 0.02


def test_of_many_runs_the_posteriors_at_the_end_alone_are_told():
    """Those on the way are most of the numbers, and stay in the file of each run."""
    run, settings = trajectory("cyclical", 1, frame(1.6, 2.35)), Settings(steps=STEPS)
    short, full = (run_to_json(run, settings, course=course) for course in (False, True))
    assert short["splits"] == full["splits"]
    assert {"mean", "logvar"} <= short["splits"]["train"]["last"].keys()
    assert "curves" in full.keys() - short.keys()
    for less, more in zip(short["frames"], full["frames"], strict=True):
        assert less == {name: more[name] for name in more if name not in ("mean", "logvar")}
