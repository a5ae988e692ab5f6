"""What is claimed of Table 4 is what its numbers say."""

import pytest

from unvanish.experiments import published
from unvanish.experiments.judging import adjusted
from unvanish.experiments.lr_ablation import CONTRASTS, claims_of

ROWS = {name: row.figures for name, row in published.LR_ABLATION.rows.items()}


def test_the_papers_own_numbers_bear_out_every_claim(fabricated):
    verdicts = [claim.verdict for claim in adjusted(claims_of(fabricated(ROWS)))]
    assert verdicts == ["holds"] * 3


def test_beta_is_judged_by_its_own_effect_and_the_rate_by_its_own(fabricated):
    """Cyclical and monotonic, and cyclical and constant, exchanged on one side of the name."""
    beta, rate = (
        {"cyclical": "monotonic", "monotonic": "cyclical"},
        {"cyclical": "constant", "constant": "cyclical"},
    )
    names = [name.split("-") for name in ROWS]
    of_beta = {f"{b}-{r}": ROWS[f"{beta[b]}-{r}"] for b, r in names}
    of_rate = {f"{b}-{r}": ROWS[f"{b}-{rate[r]}"] for b, r in names}
    kl, elbo, little = (claim.verdict for claim in claims_of(fabricated(of_beta)))
    assert (kl, elbo, little) == ("does not hold", "holds", "holds")
    kl, elbo, little = (claim.verdict for claim in claims_of(fabricated(of_rate)))
    assert (kl, elbo, little) == ("holds", "does not hold", "holds")


def test_an_elbo_that_beta_changes_by_more_is_not_called_little(fabricated):
    better = {
        name: {**row, "elbo": row["elbo"] + (0.3 if name.startswith("cyclical") else 0.0)}
        for name, row in ROWS.items()
    }
    assert [claim.verdict for claim in claims_of(fabricated(better))][2] == "does not hold"


def test_the_papers_effects_are_means_over_the_other_schedule():
    of_kl, of_rate = CONTRASTS
    assert published.LR_ABLATION.contrast(of_kl.weights, "kl") == pytest.approx(
        ((1.457 - 0.858) + (1.897 - 0.748)) / 2
    )
    assert published.LR_ABLATION.contrast(of_rate.weights, "elbo") == pytest.approx(
        ((-102.51 + 102.76) + (-102.49 + 102.78)) / 2
    )
    assert of_kl.theirs == "; the paper: +0.87"


def test_effects_that_cancel_in_the_mean_are_not_called_little(fabricated):
    apart = {"cyclical-constant": 0.3, "cyclical-cyclical": -0.3}
    opposite = {
        name: {**row, "elbo": row["elbo"] + apart.get(name, 0.0)} for name, row in ROWS.items()
    }
    assert claims_of(fabricated(opposite))[2].verdict == "does not hold"


def test_the_papers_effects_on_the_elbo_are_told(fabricated):
    assert claims_of(fabricated(ROWS))[2].where.endswith("(by +0.02 and -0.02)")
