"""The paper's numbers fit each other: a slip in a digit would not."""

import math

import pytest

from unvanish.experiments import published

TEST, VALID = (3_761, 82_430), (3_370, 73_760)
ROWS = {**published.LANGUAGE_MODEL.rows, **published.BETA_HALF.rows}


@pytest.mark.parametrize("name", [*ROWS, *published.LR_ABLATION.rows])
def test_the_elbo_is_that_of_rec_and_kl(name):
    figures = (ROWS | dict(published.LR_ABLATION.rows))[name].figures
    assert -figures["elbo"] == pytest.approx(figures["rec"] + figures["kl"], abs=0.02)


@pytest.mark.parametrize("name", ROWS)
def test_the_perplexity_is_that_of_the_test_split_but_in_the_row_that_says_so(name):
    """ln ppl = (rec + kl) * sentences / tokens."""
    row = ROWS[name]
    found = {}
    for split, (sentences, tokens) in (("test", TEST), ("valid", VALID)):
        nats = (row.figures["rec"] + row.figures["kl"]) * sentences / tokens
        found[split] = math.exp(nats)
    split, other = ("valid", "test") if row.caveat else ("test", "valid")
    assert row.figures["ppl"] == pytest.approx(found[split], abs=0.03)
    assert abs(row.figures["ppl"] - found[other]) > 0.5
