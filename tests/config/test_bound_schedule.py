import pytest

from unvanish.config import UsageError, bound_beta, bound_schedule
from unvanish.presets import preset_names


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ("constant:-1", "beta is -1 at step 0"),
        ("monotonic:warmup=4,start=1,stop=-1", "beta is -0.5 at step 3"),
    ],
)
def test_a_beta_below_0_is_refused_wherever_it_comes(spec, where):
    bound_schedule(spec, total_steps=8)
    with pytest.raises(UsageError) as caught:
        bound_beta(spec, total_steps=8)
    assert where in str(caught.value)
    assert spec in str(caught.value)


def test_it_counts_only_within_the_run():
    spec = "monotonic:warmup=4,start=1,stop=-1"
    assert bound_beta(spec, total_steps=3) == bound_schedule(spec, total_steps=3)


@pytest.mark.parametrize("spec", ["constant:0", "monotonic:0.5", "fu2019"])
def test_a_beta_of_0_and_more_is_bound_as_it_stands(spec):
    assert bound_beta(spec, total_steps=80) == bound_schedule(spec, total_steps=80)


@pytest.mark.parametrize(
    ("spec", "listed"),
    [
        ("nope", True),
        ("cyclicl:n_cycles=4", True),
        ("cyclical:n_cycles=0", False),
        ("he2019", False),
        ("fu2019:n_cycles=3", False),
        ('{"name": "nope"}', False),
    ],
)
def test_presets_are_listed_only_for_a_name_that_nothing_has(spec, listed):
    with pytest.raises(UsageError) as caught:
        bound_schedule(spec, total_steps=8)
    assert (", ".join(preset_names()) in str(caught.value)) == listed
