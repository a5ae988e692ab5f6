"""A small constant beta makes z tell more and leaves less rec than 1; nothing else is taken so."""

import pytest

from unvanish.experiments.constant_beta import comparisons


@pytest.mark.parametrize("figure", ["information", "kl"])
def test_a_claim_holds_where_a_small_beta_keeps_more_and_not_where_it_keeps_less(both_ways, figure):
    rows = {"constant:0.01": {figure: 2.9, "rec": 0.1}, "constant:1": {figure: 0.1, "rec": 2.2}}
    there, back = both_ways(comparisons("constant:0.01", figure, "some text"), rows)
    assert there == ["holds"] * 2
    assert back == ["does not hold"] * 2
