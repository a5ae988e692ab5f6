"""KL is kept where three quarters of what is there soon after the ramp are there at the end."""

import pytest

from unvanish.experiments.illustrative.kept_kl import claim_of_kept
from unvanish.experiments.illustrative.problem import Settings

PLAN = Settings(steps=400, hold=100)


@pytest.mark.parametrize(
    ("left", "verdict"), [(0.74, "does not hold"), (0.76, "holds"), (1.3, "holds")]
)
def test_it_is_of_the_monotonic_run_at_the_end_of_its_schedule(sequence_runs, left, verdict):
    fading = {
        110: {"monotonic": {"rec": 1.0, "kl": 1.0}, "cyclical": {"rec": 1.0, "kl": 9.0}},
        400: {"monotonic": {"rec": 1.0, "kl": left}, "cyclical": {"rec": 1.0, "kl": 0.1}},
        500: {"monotonic": {"rec": 1.0, "kl": 0.0 if verdict == "holds" else 9.0}},
    }
    claim = claim_of_kept("so", sequence_runs(fading, PLAN), theirs="; the paper: +0.20")
    assert claim.verdict == verdict
    assert "kl after 400 steps less three quarters of that after 110: " in claim.evidence
    assert claim.evidence.endswith("; the paper: +0.20")
