"""The mean of rows times columns against slow sums and scipy, and its coverage by simulation."""

import itertools
import math

import numpy as np
import pytest

from unvanish.measures import crossed_mean, summarize

stats = pytest.importorskip("scipy.stats")
optimize = pytest.importorskip("scipy.optimize")

TABLES = 2_000
NOISE = 3.5 * math.sqrt(0.95 * 0.05 / TABLES)
"""How far from 95 % a share of so many tables may be by chance."""

PURE = {"rows": (1, 0, 0), "columns": (0, 1, 0), "residuals": (0, 0, 1)}
MIXED = {"half": (0.5, 0.5, 0), "rows": (0.8, 0.2, 0), "columns": (0.2, 0.7, 0.1)}


def tables(shares, rows, columns, seed=0, count=TABLES):
    """Normal tables about 0 whose mean has variance 1, shared out over the three sources."""
    source = np.random.default_rng(seed)
    scale = np.sqrt(np.array(shares) * (rows, columns, rows * columns))
    shapes = ((count, rows, 1), (count, 1, columns), (count, rows, columns))
    return sum(s * source.standard_normal(shape) for s, shape in zip(scale, shapes, strict=True))


def covered(intervals):
    return np.mean([low <= 0 <= high for low, high in intervals])


def of_all_sources(drawn):
    return [crossed_mean(table).interval for table in drawn]


def of_rows_alone(drawn):
    return [summarize(table.mean(axis=1).tolist()).interval for table in drawn]


def of_columns_alone(drawn):
    return [summarize(table.mean(axis=0).tolist()).interval for table in drawn]


def with_residuals_twice(drawn):
    """Squared errors of rows and columns added, Satterthwaite's degrees."""
    shape = np.array(drawn.shape[1:])
    errors = np.stack(
        [drawn.mean(axis=2 - axis).var(axis=1, ddof=1) / shape[axis] for axis in (0, 1)], axis=-1
    )
    total = errors.sum(-1)
    degrees = np.floor(total**2 / (errors**2 / (shape - 1)).sum(-1))
    half, means = stats.t.ppf(0.975, degrees) * np.sqrt(total), drawn.mean(axis=(1, 2))
    return zip(means - half, means + half, strict=True)


@pytest.mark.parametrize("rows", [2, 3, 5, 10])
@pytest.mark.parametrize("source", PURE)
def test_of_one_source_alone_it_covers_what_it_says(rows, source):
    share = covered(of_all_sources(tables(PURE[source], rows, 100)))
    assert 0.95 - NOISE < share < (0.965 + NOISE if source == "residuals" else 0.95 + NOISE)


@pytest.mark.parametrize(("rows", "most"), [(2, 0.99), (3, 0.98), (10, 0.96)])
@pytest.mark.parametrize("shares", MIXED.values(), ids=MIXED)
def test_of_several_sources_it_covers_no_less(rows, most, shares):
    share = covered(of_all_sources(tables(shares, rows, 100)))
    assert 0.95 - NOISE < share < most + NOISE


@pytest.mark.parametrize(
    ("interval", "shares"), [(of_rows_alone, (0.2, 0.8, 0)), (of_columns_alone, (0.8, 0.2, 0))]
)
def test_an_interval_that_ignores_a_source_covers_too_little(interval, shares):
    drawn = tables(shares, 5, 100)
    assert covered(interval(drawn)) < 0.9
    assert covered(of_all_sources(drawn)) > 0.95 - NOISE


def test_counting_residuals_twice_covers_too_much_and_estimated_degrees_too_little():
    assert covered(with_residuals_twice(tables(PURE["residuals"], 10, 100))) > 0.98
    assert covered(with_residuals_twice(tables((0.8, 0.2, 0), 3, 100))) < 0.95 - NOISE


@pytest.mark.parametrize("shape", [(2, 2), (3, 7), (5, 40)])
def test_variances_are_those_of_sums_cell_by_cell(shape):
    table = np.random.default_rng(1).normal(3, 1, shape) + np.arange(shape[1])
    (rows, columns), mean = shape, sum(table.ravel()) / table.size
    of_row = [sum(table[s]) / columns for s in range(rows)]
    of_column = [sum(table[:, n]) / rows for n in range(columns)]
    residuals = [
        table[s, n] - of_row[s] - of_column[n] + mean
        for s, n in itertools.product(range(rows), range(columns))
    ]
    found = crossed_mean(table)
    assert found.mean == pytest.approx(mean)
    assert found.row_variance == pytest.approx(np.var(of_row, ddof=1) / rows)
    of_residuals = sum(r**2 for r in residuals) / (rows - 1) / (columns - 1) / table.size
    least = max(0.0, np.var(of_column, ddof=1) / columns - of_residuals)  # 0 of two by two
    assert found.column_variance == pytest.approx(least)


def half_width(found, probability):
    quantiles = stats.t.isf(probability / 2, np.array([found.rows, found.columns]) - 1)
    return np.sqrt(np.square(quantiles) @ [found.row_variance, found.column_variance])


@pytest.mark.parametrize("shares", [*PURE.values(), *MIXED.values()])
@pytest.mark.parametrize("shift", [0.3, 2.0, 9.0])
def test_the_p_value_is_that_at_which_the_interval_ends_at_nothing(shares, shift):
    for table in tables(shares, 4, 60, count=5):
        found = crossed_mean(table - table.mean() + shift)
        assert found.interval[1] - found.mean == pytest.approx(half_width(found, 0.05), rel=1e-4)
        logarithm = optimize.brentq(
            lambda log, found=found: half_width(found, math.exp(log)) - found.mean, -60, -1e-12
        )
        assert found.p_value == pytest.approx(math.exp(logarithm), rel=1e-6, abs=1e-12)


def test_what_does_not_vary_leaves_no_doubt():
    for number, shape in ((0.5, (2, 3)), (0.1, (3, 400)), (-1 / 3, (10, 1_000))):
        same = crossed_mean(np.full(shape, number))
        assert same.row_variance == same.column_variance == same.p_value == 0.0
        assert same.interval == (same.mean, same.mean)
    rows = crossed_mean(np.tile([[0.1], [0.2], [0.4]], (1, 400)))
    assert rows.column_variance == 0.0
    assert rows.row_variance == pytest.approx(np.var([0.1, 0.2, 0.4], ddof=1) / 3)
    columns = crossed_mean(np.tile(np.linspace(0.1, 0.7, 400), (3, 1)))
    assert columns.row_variance == 0.0
    assert crossed_mean(np.zeros((2, 3))).p_value == 1.0


def test_what_is_not_finite_is_no_evidence():
    assert crossed_mean(np.array([[math.nan, 1.0], [1.0, 1.0]])).p_value == 1.0


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (3,)])
def test_one_row_or_column_is_refused(shape):
    with pytest.raises(ValueError, match="two rows and columns"):
        crossed_mean(np.zeros(shape))
