"""Chosen schedules on a few sentences that stand for Penn Treebank."""

import json

import pytest

from unvanish.cli import main
from unvanish.experiments.problems.treebank_cells import TreebankCells, train_treebank
from unvanish.experiments.reproducing import Request, Watcher

SCHEDULES = ("cyclical:n_cycles=2,ratio=0.5", "constant:1")


def test_without_a_folder_nothing_is_trained_and_what_was_trained_is_told(treebank, tmp_path):
    request = {"out": tmp_path / "out", "quick": True, "device": "cpu", "workers": 1}
    assert not train_treebank(SCHEDULES, (1,), Request(**request), Watcher()).begun
    trained = train_treebank(SCHEDULES, (1,), Request(**request, data=treebank), Watcher())
    again = train_treebank(SCHEDULES, (1,), Request(**request), Watcher())
    labels = {name: name.upper() for name in (*SCHEDULES, "monotonic")}
    for found in (trained, again):
        table = found.table(labels)
        assert list(table.rows) == [TreebankCells.cell(name) for name in SCHEDULES]
        for name, row in table.rows.items():
            (run,) = (each for each in found.runs.results() if each["name"] == name)
            assert row["kl"].values == (run["splits"]["test"]["last"]["kl"],)
            assert run["config"]["objective"]["beta"] == name.removeprefix("treebank-")


@pytest.mark.slow
def test_a_study_with_a_folder_tells_them_beside_the_other_problems(
    treebank, short, tmp_path, capsys
):
    out = tmp_path / "out"
    words = ["reproduce", "shapes", "--quick", f"--out={out}", "--quiet", "--device=cpu"]
    main([*words, f"--data={treebank}", "--seeds=1"])
    results = json.loads((out / "results.json").read_text())
    sequences, text, told = results["summary"]["tables"]
    assert len(sequences["rows"]) == len(text["rows"]) == 6
    assert len(results["runs"]) == 6 + 6 + 3
    assert [row["label"] for row in told["rows"]] == [
        f"cyclical, {shape}" for shape in ("linear", "sigmoid", "cosine")
    ]
    assert all(len(row["ours"]["ppl"]["values"]) == 1 for row in told["rows"])
    assert all(0 <= row["ours"]["mood"]["mean"] <= 1 for row in text["rows"])
    claims = [claim["claim"] for claim in results["summary"]["claims"]]
    assert sum("Penn Treebank" in claim for claim in claims) == 2
    assert len(claims) == 4


def test_a_folder_without_the_files_is_refused_before_anything_is_trained(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["reproduce", "shapes", "--quick", f"--data={tmp_path}", f"--out={tmp_path / 'out'}"])
    assert stop.value.code == 2
    assert "ptb/train.txt (sha256 fcea919f" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
