"""A small constant beta keeps more KL and less rec than 1, and nothing else is taken for that."""

from unvanish.experiments.constant_beta import comparisons


def test_a_claim_holds_where_a_small_beta_keeps_more_and_not_where_it_keeps_less(both_ways):
    rows = {"constant:0.01": {"kl": 2.9, "rec": 0.1}, "constant:1": {"kl": 0.1, "rec": 2.2}}
    there, back = both_ways(comparisons("constant:0.01"), rows)
    assert there == ["holds"] * 2
    assert back == ["does not hold"] * 2
