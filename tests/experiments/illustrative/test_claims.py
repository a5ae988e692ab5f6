"""Figure 3 itself bears out what is claimed of it, and another figure would not."""

import pytest

from unvanish.experiments import published
from unvanish.experiments.illustrative.claims import claims_of
from unvanish.experiments.illustrative.problem import Settings
from unvanish.experiments.judging import adjusted

WHOLE = Settings(steps=published.ILLUSTRATIVE_STEPS, hold=10_000)


def read_off():
    """Rec and KL of Figure 3 by steps and schedule."""
    return {
        steps: {name: dict(row.figures) for name, row in table.rows.items()}
        for steps, table in published.ILLUSTRATIVE.items()
    }


def verdicts(by_steps, sequence_runs):
    return [claim.verdict for claim in adjusted(claims_of(sequence_runs(by_steps, WHOLE)))]


def test_figure_3_bears_out_every_claim_of_it(sequence_runs):
    assert verdicts(read_off(), sequence_runs) == ["holds"] * 7
    for claim in claims_of(sequence_runs(read_off(), WHOLE)):
        measured, _, theirs = claim.evidence.partition("; the paper: ")
        if theirs:
            mean = float(measured.partition(" (95 %")[0].split()[-1])
            assert mean == pytest.approx(float(theirs), abs=0.01)


@pytest.mark.parametrize(
    ("other", "fail"),
    [
        ({(40_000, "monotonic"): {"rec": 2.3, "kl": 0.1}}, {0, 6}),  # below constant
        ({(40_000, "cyclical"): {"rec": 1.7, "kl": 0.6}}, {1, 2}),
        ({(40_000, "cyclical"): {"rec": 0.8, "kl": 1.64}}, {3}),  # 0.12 above 2.32
        ({(11_000, "cyclical"): {"rec": 2.3, "kl": 0.3}}, {4}),
        ({(10_000, "cyclical"): {"rec": 0.6, "kl": 1.7}}, {5}),
        ({(11_000, "monotonic"): {"rec": 0.9, "kl": 1.4}}, {6}),  # 0.97 is 69 % of it
    ],
)
def test_another_figure_fells_the_claims_that_are_of_it(sequence_runs, other, fail):
    by_steps = read_off()
    for (steps, schedule), figures in other.items():
        by_steps[steps][schedule] = figures
    expected = ["does not hold" if k in fail else "holds" for k in range(7)]
    assert verdicts(by_steps, sequence_runs) == expected
