"""The experiments on Penn Treebank, on a few sentences that stand for it."""

import json

import pytest

from unvanish.cli import main
from unvanish.experiments import penn_treebank, published
from unvanish.experiments.lr_ablation import LearningRateAblation
from unvanish.experiments.reproducing import DataFile

TINY = {
    "model.latent_size": 2,
    "model.encoder.embedding_size": 4,
    "model.encoder.hidden_size": 8,
    "model.decoder.embedding_size": 4,
    "model.decoder.hidden_size": 8,
    "training.epochs": 2,
    "training.precision": "fp32",
}
WORDS = ("a", "cat", "dog", "sees", "hears", "nothing", "today", "again")


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder like that of the corpora, and an experiment that is content with it."""
    files = tuple(
        DataFile(f"ptb/{split}.txt", None, "here") for split in ("train", "valid", "test")
    )
    monkeypatch.setattr(penn_treebank, "PTB", files)
    monkeypatch.setattr(LearningRateAblation, "files", files)
    monkeypatch.setattr(penn_treebank, "_QUICK", TINY)
    folder = tmp_path / "data"
    (folder / "ptb").mkdir(parents=True)
    for k, file in enumerate(files):
        lines = [
            " ".join(WORDS[(i * (j + 2) + k) % len(WORDS)] for j in range(2 + i % 5))
            for i in range(60)
        ]
        (folder / file.path).write_text("\n".join(lines) + "\n")
    return folder


def reproduce(data, out, *more):
    main(["reproduce", "lr-ablation", "--quick", f"--data={data}", f"--out={out}", *more])


def test_the_four_cells_are_trained_told_and_gone_on_with(data, tmp_path, capsys):
    out = tmp_path / "out"
    reproduce(data, out, "--quiet", "--device=cpu")
    told = capsys.readouterr().out
    results = json.loads((out / "results.json").read_text())
    assert {run["name"] for run in results["runs"]} == set(published.LR_ABLATION.rows)
    (table,) = results["summary"]["tables"]
    for row in table["rows"]:
        assert row["paper"] == published.LR_ABLATION.rows[row["row"]].figures
        (run,) = (run for run in results["runs"] if run["name"] == row["row"])
        assert row["ours"]["kl"]["values"] == [run["splits"]["test"]["last"]["kl"]]
    assert {claim["verdict"] for claim in results["summary"]["claims"]} == {"not established"}
    assert "nothing is established" in told
    before = {file: file.stat().st_mtime_ns for file in (out / "runs").rglob("results.json")}
    assert len(before) == 4
    reproduce(data, out, "--quiet", "--device=cpu", "--seeds=2", "--no-train")
    assert json.loads((out / "results.json").read_text())["summary"] == results["summary"]
    assert {
        file: file.stat().st_mtime_ns for file in (out / "runs").rglob("results.json")
    } == before


def test_what_was_not_trained_is_left_empty(data, tmp_path, capsys):
    reproduce(data, tmp_path / "out", "--quiet", "--device=cpu", "--no-train")
    (table,) = json.loads((tmp_path / "out/results.json").read_text())["summary"]["tables"]
    assert all(row["ours"] == {} for row in table["rows"])
    assert "not measured" in capsys.readouterr().out


def test_missing_data_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["reproduce", "lr-ablation", f"--data={tmp_path}", f"--out={tmp_path / 'out'}"])
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "ptb/train.txt (sha256 fcea919f" in told
    assert "Mikolov" in told
    assert not (tmp_path / "out").exists()
