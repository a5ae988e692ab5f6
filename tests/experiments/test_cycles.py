"""More cycles are called better where they are, on each problem for itself."""

import pytest

from unvanish.experiments.cycles import claims_of
from unvanish.experiments.measurements.factors import FactorProbes
from unvanish.experiments.problems.schedule_grid import GridRuns
from unvanish.experiments.problems.treebank_cells import TreebankCells

CYCLES, RATIO = (1, 4, 8), 0.5
SPECS = [f"cyclical:n_cycles={m},ratio={RATIO}" for m in CYCLES]
PROBLEMS = ("ten sequences", "synthetic text", "Penn Treebank")


@pytest.fixture
def grid(fabricated, text_runs):
    """Makes a grid whose figures grow with the cycles on some problems and fall on others."""

    def made(growing, *, on_treebank=SPECS):
        def rows(where, names):
            sign = 1 if where in growing else -1
            figures = ("kl", "elbo", "information")
            return {name: dict.fromkeys(figures, sign * k) for k, name in enumerate(names)}

        cells = [TreebankCells.cell(name) for name in on_treebank]
        return GridRuns(
            {name: name for name in SPECS},
            fabricated(rows("ten sequences", SPECS)),
            text_runs(rows("synthetic text", SPECS)),
            FactorProbes({}),
            TreebankCells(text_runs(rows("Penn Treebank", cells))),
        )

    return made


@pytest.mark.parametrize("growing", [(), PROBLEMS, *((name,) for name in PROBLEMS)])
def test_every_problem_is_judged_by_its_own_figures(grid, growing):
    claims = claims_of(grid(growing), CYCLES, RATIO)
    assert len(claims) == 5
    for claim in claims:
        (where,) = (name for name in PROBLEMS if f"; {name})" in claim.claim)
        assert claim.verdict == ("holds" if where in growing else "does not hold"), claim
        assert "M = 8 against 1, R = 0.5" in claim.claim


def test_what_was_not_trained_on_a_text_is_not_claimed_of_it(grid):
    for trained in (SPECS[:2], []):
        claims = claims_of(grid(PROBLEMS, on_treebank=trained), CYCLES, RATIO)
        assert len(claims) == 3
        assert not any("Penn Treebank" in claim.claim for claim in claims)
