"""A grid tells every problem with the schedules that were trained there."""

from dataclasses import replace

import pytest

from unvanish.data.synthetic import FACTORS
from unvanish.experiments.illustrative.problem import Settings
from unvanish.experiments.measurements.factors import FactorProbes
from unvanish.experiments.problems.schedule_grid import GridRuns
from unvanish.experiments.problems.treebank_cells import TreebankCells

LABELS = {"monotonic": "once", "cyclical": "again and again"}
FIGURES = ("rec", "kl", "elbo", "active_units", "ppl")


@pytest.fixture
def grid(sequence_runs, text_runs):
    settings = Settings(steps=400)
    ends = {name: {"rec": 1.0, "kl": k} for k, name in enumerate(LABELS, 1)}
    text = text_runs({name: dict.fromkeys(FIGURES, k) for k, name in enumerate(LABELS, 20)})
    cell = TreebankCells.cell("cyclical")
    return GridRuns(
        LABELS,
        sequence_runs({400: ends}, settings),
        text,
        FactorProbes({"monotonic": {1: dict.fromkeys(FACTORS, 0.5)}}),
        TreebankCells(text_runs({cell: dict.fromkeys(FIGURES, 300.0)})),
    )


def test_each_table_is_of_its_own_problem(grid):
    sequences, text, treebank = grid.tables()
    assert "400 steps" in sequences.title
    assert "400 steps" in grid.remarks()[0]
    for k, name in enumerate(LABELS):
        assert sequences.rows[name]["kl"].mean == pytest.approx(1.0 + k, abs=0.01)
        assert text.rows[name]["kl"].mean == pytest.approx(34.0 + k, abs=0.01)
        assert sequences.labels[name] == text.labels[name] == LABELS[name]
    assert text.rows["monotonic"]["mood"].mean == 0.5
    assert "mood" not in text.rows["cyclical"]  # not probed
    (row,) = treebank.rows.values()
    assert row["ppl"].mean == pytest.approx(314.0, abs=0.01)
    assert list(treebank.labels.values()) == ["again and again"]


def test_texts_are_given_with_the_schedules_that_were_trained_there(grid):
    found = grid.on_text()
    assert {where: cells for where, (_, cells) in found.items()} == {
        "synthetic text": {"monotonic": "monotonic", "cyclical": "cyclical"},
        "Penn Treebank": {"cyclical": "treebank-cyclical"},
    }
    assert found["synthetic text"][0] is grid.text
    assert found["Penn Treebank"][0] is grid.treebank.runs
    none = TreebankCells(replace(grid.treebank.runs, runs={"treebank-cyclical": {}}))
    untrained = replace(grid, treebank=none)
    assert untrained.on_text()["Penn Treebank"][0].values("treebank-cyclical", "kl") == {}
    assert len(untrained.tables()) == 2
