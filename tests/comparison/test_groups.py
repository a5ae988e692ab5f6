"""Which runs are put together, and in which precision."""

import json
from pathlib import Path

import pytest

from unvanish.comparison import ComparisonPlan
from unvanish.comparison.groups import in_groups, pays_side_by_side
from unvanish.config import GaussianConfig, override, to_dict
from unvanish.data import read_corpora
from unvanish.runs import Run
from unvanish.training import train

SCHEDULES = ("constant", "fu2019", "constant:0.2")


def groups_of(plan, workers=2, device="cpu", folder=Path("nowhere")):
    return in_groups(plan.entries(), plan.files, folder, device=device, workers=workers)


@pytest.fixture
def files(corpus):
    return {"train": str(corpus)}


@pytest.mark.parametrize(
    ("seeds", "workers", "sizes"),
    [(3, 1, [3, 3, 3]), (3, 2, [3, 3, 2, 1]), (1, 2, [2, 1]), (1, 8, [1, 1, 1]), (2, 2, [3, 3])],
)
def test_runs_of_a_seed_are_together_and_shared_out(small, files, seeds, workers, sizes):
    plan = ComparisonPlan(SCHEDULES, tuple(range(1, seeds + 1)), small, files)
    groups = groups_of(plan, workers)
    assert [len(group.entries) for group in groups] == sizes
    assert all(group.side_by_side for group in groups)
    assert all(len({entry.seed for entry in group.entries}) == 1 for group in groups)
    grouped = [entry.folder for group in groups for entry in group.entries]
    assert sorted(grouped) == sorted(entry.folder for entry in plan.entries())


def test_baselines_are_trained_apart(small, files):
    plan = ComparisonPlan(SCHEDULES, (1,), small, files, ("lm",))
    groups = groups_of(plan, workers=1)
    assert [(len(group.entries), group.side_by_side) for group in groups] == [(3, True), (1, False)]
    assert groups[1].entries[0].schedule == "lm"


@pytest.mark.parametrize(
    "changes",
    [
        {"objective.free_bits": 0.5},
        {"training.accumulate": 2},
        {"training.precision": "bf16"},
        {"model.encoder.cell": "gru"},
        {"model.decoder.hidden_size": 200},
    ],
)
def test_what_cannot_or_does_not_pay_is_trained_apart(small, files, changes):
    assert pays_side_by_side(small, 60)
    changed = override(small, changes)
    assert not pays_side_by_side(changed, 60)
    groups = groups_of(ComparisonPlan(SCHEDULES, (1,), changed, files))
    assert [(len(group.entries), group.side_by_side) for group in groups] == [(1, False)] * 3


def test_many_words_make_a_model_large(small):
    assert isinstance(small.model.posterior, GaussianConfig)
    assert not pays_side_by_side(small, 5_000)


def test_none_is_together_where_it_is_not_wanted(small, files):
    groups = groups_of(ComparisonPlan(SCHEDULES, (1,), small, files), device=None)
    assert [(len(group.entries), group.side_by_side) for group in groups] == [(1, False)] * 3


def precisions(plan, folder, device="cpu"):
    groups = groups_of(plan, 1, device, folder)
    found = {entry.folder: entry.config for group in groups for entry in group.entries}
    return [found[entry.folder].training.precision for entry in plan.entries()]


def test_auto_is_fp32_for_all_where_some_are_together(small, files, tmp_path):
    auto = override(small, {"training.precision": "auto"})
    plan = ComparisonPlan(SCHEDULES[:2], (1,), auto, files, ("lm",))
    assert precisions(plan, tmp_path) == ["fp32"] * 3
    assert precisions(plan, tmp_path, None) == ["auto"] * 3
    large = override(auto, {"model.decoder.hidden_size": 200})
    assert precisions(replace_base(plan, large), tmp_path) == ["auto"] * 3
    wide = override(auto, {"training.precision": "bf16"})
    assert precisions(replace_base(plan, wide), tmp_path) == ["bf16"] * 3


def replace_base(plan, base):
    return ComparisonPlan(plan.schedules, plan.seeds, base, plan.files, plan.baselines)


def test_what_has_begun_keeps_its_precision_and_the_rest_takes_it(small, files, tmp_path):
    auto = override(small, {"training.precision": "auto", "training.epochs": 1})
    plan = ComparisonPlan(SCHEDULES[:2], (1,), auto, files)
    entry, second = plan.entries()
    text = read_corpora(auto.data, files)
    run = train(entry.config, text, tmp_path / entry.folder, device="cpu")
    there = run.results()["environment"]["precision"]
    assert precisions(plan, tmp_path) == precisions(plan, tmp_path, None) == ["auto", there]
    (tmp_path / second.folder).mkdir()
    (tmp_path / second.folder / "config.json").write_text("{")
    assert precisions(plan, tmp_path) == ["auto", there]
    wide = replace_base(plan, override(auto, {"training.precision": "bf16"}))
    assert precisions(wide, tmp_path) == ["auto", "bf16"]


def begin_at(folder, entry, setting, known=None):
    """Write what is read of a run that has begun, and, where its precision is known, ended."""
    path = folder / entry.folder
    path.mkdir()
    config = to_dict(override(entry.config, {"training.precision": setting}))
    (path / "config.json").write_text(json.dumps({"format": 1, **config}))
    if known is not None:
        (path / "results.json").write_text(json.dumps({"environment": {"precision": known}}))


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ([("bf16", None)], "bf16"),
        ([("fp32", None)], "fp32"),
        ([("auto", None)], "auto"),
        ([("auto", "bf16"), ("auto", None)], "bf16"),
        ([("auto", "bf16"), ("bf16", None)], "bf16"),
        ([("auto", "fp32"), ("fp32", "fp32")], "fp32"),
        ([("bf16", "bf16"), ("fp32", "fp32")], "fp32"),  # they differ already: as in a new one
    ],
)
def test_no_run_is_added_in_another_precision(small, files, tmp_path, begun, expected, monkeypatch):
    monkeypatch.setattr("unvanish.comparison.groups.load", Run)
    auto = override(small, {"training.precision": "auto"})
    plan = ComparisonPlan(SCHEDULES, (1, 2), auto, files)
    for entry, (setting, known) in zip(plan.entries(), begun, strict=False):
        begin_at(tmp_path, entry, setting, known)
    added = [expected] * (6 - len(begun))
    assert precisions(plan, tmp_path) == [setting for setting, _ in begun] + added
    if len(begun) == 1:
        assert precisions(plan, tmp_path, None) == [setting for setting, _ in begun] + added
