"""What is said about the numbers follows from the numbers."""

import numpy as np

from unvanish.experiments.illustrative.evaluation import Frame
from unvanish.experiments.illustrative.findings import find
from unvanish.measures import Estimate


def frame(kl, loss, step=100, information=None, marginal=None):
    information = 0.9 * kl if information is None else information
    marginal = kl - information if marginal is None else marginal
    return Frame(
        step=step,
        rec=loss - kl,
        kl=kl,
        information=Estimate(information, 0.01),
        marginal_kl=Estimate(marginal, 0.01),
        active_units=1,
        mean=np.zeros((10, 2)),
        logvar=np.zeros((10, 2)),
    )


def runs(constant, monotonic, cyclical):
    return {"constant": constant, "monotonic": monotonic, "cyclical": cyclical}


def judged(end, held=None):
    every = [frame for frames in end.values() for frame in frames]
    return find(end, every, held)


EXPECTED = runs(
    [frame(0.1, 2.31), frame(0.2, 2.31)],
    [frame(0.9, 2.32), frame(1.0, 2.32)],
    [frame(1.6, 2.35), frame(1.5, 2.35)],
)


def test_everything_as_expected():
    findings = judged(EXPECTED)
    assert [finding.holds for finding in findings] == [True] * 5
    assert "2 of 2 seeds" in findings[0].outcome
    assert "6 of 6 runs" in findings[1].outcome
    assert "0.040 nats worse than constant" in findings[2].outcome


def test_nothing_as_expected():
    findings = judged(
        runs(
            [frame(1.6, 2.50), frame(0.2, 2.50)],
            [frame(0.9, 2.50), frame(1.0, 2.50)],
            [frame(0.1, 2.45), frame(1.5, 2.45, information=0.5, marginal=0.5)],
        )
    )
    assert [finding.holds for finding in findings] == [False] * 5
    assert "1 of 2 seeds" in findings[0].outcome
    assert "0 of 6 runs" in findings[1].outcome
    assert "0.050 nats better than constant" in findings[2].outcome
    assert "largest gap of 6 evaluations 0.500" in findings[4].outcome


def test_one_seed_has_no_interval():
    single = {name: frames[:1] for name, frames in EXPECTED.items()}
    findings = judged(single)
    assert "1 of 1 seed;" in findings[0].outcome
    assert "interval" not in findings[2].outcome


def test_a_difference_inside_the_noise_is_called_so():
    end = dict(EXPECTED, cyclical=[frame(1.6, 2.312), frame(1.5, 2.42)])
    finding = judged(end)[2]
    assert finding.holds is None
    assert finding.outcome.count("inside the noise of the seeds") == 2


def test_the_hold_is_told_and_not_judged():
    held = {name: [frame(0.5, 2.31, step=150)] * 2 for name in EXPECTED}
    finding = judged(EXPECTED, held)[-1]
    assert finding.holds is None
    assert "50 further steps" in finding.expectation
    assert "cyclical 1.55 to 0.50" in finding.outcome
