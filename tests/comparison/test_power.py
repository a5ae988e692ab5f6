"""What a few seeds can establish, against scipy and against the summary itself."""

import math

import numpy as np
import pytest

from unvanish.comparison.power import needed_deviations
from unvanish.measures import crossed_mean, holm

stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize("seeds", [2, 3, 4, 5, 10, 50])
@pytest.mark.parametrize("differences", [1, 3, 9, 30, 1_000])
def test_it_is_the_quantile_of_students_t(seeds, differences):
    expected = stats.t.isf(0.05 / differences / 2, seeds - 1) / math.sqrt(seeds)
    assert needed_deviations(seeds, differences) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("above", [True, False])
def test_one_of_so_many_is_established_just_above_it(above):
    """Nine differences of three seeds in which all sentences agree; eight of them are noise."""
    deviations = np.array([-1.0, 0.0, 1.0])
    mean = needed_deviations(3, 9) * (1.001 if above else 0.999)
    means = [mean] + [0.1] * 8
    p_values = [crossed_mean(np.tile(deviations + m, (50, 1)).T).p_value for m in means]
    assert (min(holm(p_values)) <= 0.05) == above


def test_one_seed_needs_what_nothing_has():
    with pytest.raises(ValueError, match="at least 1"):
        needed_deviations(1, 9)
