"""More cycles are called better where they are, on each problem for itself."""

import numpy as np
import pytest

from unvanish.experiments.cycles import claims_of, slope_weights
from unvanish.experiments.judging import adjusted
from unvanish.experiments.measurements.factors import FactorProbes
from unvanish.experiments.problems.schedule_grid import GridRuns
from unvanish.experiments.problems.treebank_cells import TreebankCells

CYCLES, RATIOS = (1, 4, 8), (0.5, 1.0)
SPECS = {(m, r): f"cyclical:n_cycles={m},ratio={r:g}" for m in CYCLES for r in RATIOS}
PROBLEMS = ("ten sequences", "synthetic text", "Penn Treebank")
FIGURES = {"kl": 1.0, "elbo": 1.0, "information": 1.0, "loss": -1.0}


def per_doubling(m, slope):
    return slope * np.log2(m)


@pytest.fixture
def grid(fabricated, text_runs):
    """Makes a grid whose figures are better with more cycles on some problems, worse on others.

    They rise by 1 with every doubling of M where R is a half, and by 3 where it is 1.
    """

    def made(growing, *, on_treebank=CYCLES):
        def rows(where, names):
            sign = 1 if where in growing else -1
            return {
                name: {
                    figure: sign * of * per_doubling(m, 1 if ratio == 0.5 else 3)
                    for figure, of in FIGURES.items()
                }
                for (m, ratio), name in names.items()
            }

        cells = {(m, 0.5): TreebankCells.cell(SPECS[m, 0.5]) for m in on_treebank}
        return GridRuns(
            {name: name for name in SPECS.values()},
            fabricated(rows("ten sequences", SPECS)),
            text_runs(rows("synthetic text", SPECS)),
            FactorProbes({}),
            TreebankCells(text_runs(rows("Penn Treebank", cells))),
        )

    return made


@pytest.mark.parametrize("growing", [(), PROBLEMS, *((name,) for name in PROBLEMS)])
def test_every_problem_is_judged_by_its_own_figures(grid, growing):
    claims = claims_of(grid(growing), CYCLES, RATIOS)
    assert len(claims) == 6
    for claim in adjusted(claims):
        (where,) = (name for name in PROBLEMS if f"({name})" in claim.claim)
        assert claim.verdict == ("holds" if where in growing else "does not hold"), claim


def test_what_is_judged_is_the_slope_per_doubling_as_a_mean_over_ratios(grid):
    told = {each.claim: each.evidence for each in claims_of(grid(PROBLEMS), CYCLES, RATIOS)}
    sequences = told["More cycles make z tell more (ten sequences)"]
    assert sequences.startswith("information per doubling of M +2.000 (95 %")
    assert sequences.endswith("; +1.000 with R = 0.5, +3.000 with R = 1")
    assert (
        "-elbo per doubling of M -2.000" in told["More cycles give a better elbo (ten sequences)"]
    )
    treebank = told["More cycles keep more KL (Penn Treebank)"]
    assert "kl per doubling of M +1.000" in treebank
    assert "R =" not in treebank


def test_weights_give_the_slope_of_any_figures():
    figures = {1: 0.3, 2: -1.0, 3: 2.5, 8: 0.1}
    slope = np.polyfit(np.log2(list(figures)), list(figures.values()), 1)[0]
    weights = slope_weights(list(figures))
    assert sum(weights[m] * figures[m] for m in figures) == pytest.approx(slope)


@pytest.mark.parametrize("trained", [CYCLES[:2], CYCLES[:1], ()])
def test_what_was_not_trained_on_a_text_counts_among_the_claims_all_the_same(grid, trained):
    runs = grid(PROBLEMS, on_treebank=CYCLES)
    for m in set(CYCLES) - set(trained):
        runs.treebank.runs.runs[TreebankCells.cell(SPECS[m, 0.5])].clear()
    claims = claims_of(runs, CYCLES, RATIOS)
    assert [each.evidence for each in claims[4:]] == ["not measured"] * 2
    assert sum(each.tested for each in claims) == 6
