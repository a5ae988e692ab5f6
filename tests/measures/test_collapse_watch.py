import pytest

from unvanish.measures.collapse_watch import CollapseWatch


def spoken(kls, **settings):
    watch = CollapseWatch(**settings)
    return [place for place, kl in enumerate(kls) if watch.observe(kl, beta=0.5)]


def test_a_healthy_run_hears_nothing():
    assert spoken([0.05, 2.0, 3.0, 1.0, 0.5, 0.3]) == []


def test_a_dip_is_no_collapse():
    assert spoken([1.0, 0.05, 0.05, 1.0, 0.05, 0.05, 1.0], patience=3) == []


def test_a_collapse_is_told_once_and_again_after_a_recovery():
    assert spoken([1.0, 0.05, 0.04, 0.03, 0.02, 0.01], patience=3) == [3]
    assert spoken([1, 0.01, 0.01, 0.01, 0.01, 0.3, 0.01, 0.01], patience=2) == [2, 7]


def test_hovering_at_the_threshold_is_not_told_twice():
    assert spoken([1, 0.09, 0.09, 0.11, 0.09, 0.09], patience=2) == [2]


def test_a_kl_that_has_not_risen_yet_gets_time():
    assert spoken([0.01] * 5 + [0.5, 0.4], grace=5, patience=1) == []
    assert spoken([0.01] * 8, grace=5, patience=2) == [6]


@pytest.mark.parametrize("kl", [0.05, 0.2, 0.6])
def test_a_weight_that_is_not_known_is_left_out(kl):
    said = {}
    for beta in (0.5, None):
        watch = CollapseWatch(patience=1, grace=0)
        said[beta] = watch.observe(kl, beta=beta, information=0.02)
    assert " at beta = 0.50" in said[0.5]
    assert said[None] == said[0.5].replace(" at beta = 0.50", "")


def test_a_kl_without_information_is_called_an_offset_only_where_it_is_one():
    told = {}
    for kl in (0.05, 0.2, 0.6):
        watch = CollapseWatch(patience=1, grace=0)
        told[kl] = watch.observe(kl, beta=1.0, information=0.02)
    assert "is collapsing" in told[0.05]
    assert "tells less than 0.1 nats about the sentence: kl = 0.200" in told[0.2]
    assert "on paper only" not in told[0.2]
    assert "on paper only: kl = 0.600" in told[0.6]
