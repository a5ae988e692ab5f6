"""The paper's numbers fit each other: a slip in a digit would not."""

import math

import pytest

from unvanish.experiments import dialog, language_model, published
from unvanish.experiments.illustrative import claims as illustrative_claims

TEST, VALID = (3_761, 82_430), (3_370, 73_760)
CLAIMS = [
    claim
    for claims in (
        illustrative_claims.AT_THE_END,
        language_model.CLAIMS,
        dialog.CLAIMS,
    )
    for claim in claims
    if claim.paper is not None
]
BAG = "CVAE + bag of words"
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


def test_a_difference_is_that_of_two_rows_that_are_there():
    table = published.LR_ABLATION
    rows = "cyclical-cyclical", "monotonic-cyclical"
    assert table.difference(*rows, "elbo") == pytest.approx(-0.02)
    assert table.difference(*reversed(rows), "kl") == pytest.approx(-1.149)
    assert table.difference(*rows, "ppl") is None
    assert table.difference("cyclical-cyclical", "none", "kl") is None


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.claim)
def test_what_is_claimed_is_what_the_papers_numbers_say(claim):
    assert (claim.paper > 0) == (claim.expected == "higher")
    assert claim.paper != 0


OF_RESPONSES = [
    f"{model}: cyclical has {what}"
    for model in ("CVAE", BAG)
    for what in ("a higher BLEU-4 precision", "a higher BLEU-4 recall", "more different words")
]
"""BLEU is against one response where the paper's is against several."""


@pytest.mark.parametrize(
    ("experiment", "without"),
    [
        (illustrative_claims.AT_THE_END, ["Under cyclical beta the sequences are better told"]),
        (language_model.CLAIMS, ["With beta of at most 0.5"]),
        (dialog.CLAIMS, OF_RESPONSES),
    ],
)
def test_claims_without_a_number_of_the_paper_are_known(experiment, without):
    found = [claim.claim for claim in experiment if claim.paper is None]
    assert len(found) == len(without)
    assert all(map(str.startswith, found, without))
