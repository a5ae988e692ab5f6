"""The experiments on Penn Treebank, on a few sentences that stand for it."""

import json
import shutil

import pytest

from unvanish.cli import main
from unvanish.config import departures
from unvanish.experiments import published
from unvanish.experiments.language_model import settings_of
from unvanish.experiments.problems import penn_treebank
from unvanish.experiments.reproducing import Request


def reproduce(treebank, out, *more):
    main(["reproduce", "lr-ablation", "--quick", f"--data={treebank}", f"--out={out}", *more])


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the four cells are trained, by the first test that needs them."""
    return tmp_path_factory.mktemp("lr-ablation") / "out"


@pytest.fixture
def out(kept, treebank, tmp_path):
    """A copy of the folder in which the four cells have been trained."""
    if not kept.exists():
        reproduce(treebank, kept, "--quiet", "--device=cpu")
    return shutil.copytree(kept, tmp_path / "out")


@pytest.mark.slow
def test_the_four_cells_are_trained_told_and_gone_on_with(treebank, out, capsys):
    reproduce(treebank, out, "--quiet", "--device=cpu")
    told = capsys.readouterr().out
    results = json.loads((out / "results.json").read_text())
    assert {run["name"] for run in results["runs"]} == set(published.LR_ABLATION.rows)
    (table,) = results["summary"]["tables"]
    for row in table["rows"]:
        assert row["paper"] == published.LR_ABLATION.rows[row["row"]].figures
        (run,) = (run for run in results["runs"] if run["name"] == row["row"])
        test = run["splits"]["test"]["last"]
        assert row["ours"]["kl"]["values"] == [test["kl"]]
        # the bound from many draws is closer than that from one, but for noise
        assert abs(row["ours"]["nll"]["mean"] + test["elbo"]) < 0.1
    assert {claim["verdict"] for claim in results["summary"]["claims"]} == {"not established"}
    assert "nothing is established" in told
    before = {file: file.stat().st_mtime_ns for file in (out / "runs").rglob("results.json")}
    assert len(before) == 4
    reproduce(treebank, out, "--quiet", "--device=cpu", "--seeds=2", "--no-train")
    assert json.loads((out / "results.json").read_text())["summary"] == results["summary"]
    assert {
        file: file.stat().st_mtime_ns for file in (out / "runs").rglob("results.json")
    } == before


def test_without_any_run_nothing_is_told(treebank, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        reproduce(treebank, tmp_path / "out", "--quiet", "--device=cpu", "--no-train")
    assert stop.value.code == 2
    assert "nothing in" in capsys.readouterr().err
    assert not (tmp_path / "out/results.json").exists()


def test_what_was_not_trained_is_left_empty(treebank, out, capsys):
    shutil.rmtree(out / "runs/cyclical-constant-seed1")
    reproduce(treebank, out, "--quiet", "--device=cpu", "--no-train")
    (table,) = json.loads((out / "results.json").read_text())["summary"]["tables"]
    assert [row["row"] for row in table["rows"] if row["ours"] == {}] == ["cyclical-constant"]
    assert "not measured" in capsys.readouterr().out


def test_runs_of_other_settings_are_not_taken_for_these(treebank, out, monkeypatch, capsys):
    monkeypatch.setattr(penn_treebank, "_QUICK", {**penn_treebank._QUICK, "model.latent_size": 3})
    with pytest.raises(SystemExit) as stop:
        reproduce(treebank, out, "--quiet", "--device=cpu")
    assert stop.value.code == 2
    assert "other settings (model.latent_size: 2, now 3)" in capsys.readouterr().err


def test_missing_data_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["reproduce", "lr-ablation", f"--data={tmp_path}", f"--out={tmp_path / 'out'}"])
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "ptb/train.txt (sha256 fcea919f" in told
    assert "Mikolov" in told
    assert not (tmp_path / "out").exists()


def test_the_settings_are_those_of_the_paper_and_of_its_code(tmp_path):
    request = Request(tmp_path)
    found = {name: departures(config) for name, config in settings_of(request).items()}
    assert found["paper-vae-cyclical"]["objective.beta"] == "fu2019"
    assert "optimizer.schedule" not in found["paper-vae-cyclical"]
    assert found["code-vae-cyclical"]["optimizer.schedule"] == "cosine-restarts"
    assert "optimizer.schedule" not in found["code-vae-monotonic"]
    for name, settings in found.items():
        assert ("inference.kind" in settings) == name.split("-", 1)[1].startswith("sa-vae"), name
        assert ("stop=0.5" in settings["objective.beta"]) == name.endswith("half"), name
    rows = {name.partition("-")[2] for name in found}
    shown = {*published.LANGUAGE_MODEL.rows, *published.BETA_HALF.rows}
    assert {row.removesuffix("-best") for row in shown} == rows


@pytest.mark.slow
def test_all_rows_of_table_1_are_trained_and_the_best_epoch_is_told_apart(
    treebank, tmp_path, capsys
):
    out = tmp_path / "out"
    words = ["reproduce", "language-model", "--quick", f"--data={treebank}", f"--out={out}"]
    main([*words, "--quiet", "--device=cpu"])
    results = json.loads((out / "results.json").read_text())
    runs = {run["name"]: run for run in results["runs"]}
    assert len(runs) == 10
    assert sum(run["config"]["inference"]["kind"] == "semi-amortized" for run in runs.values()) == 4
    by_code, by_paper, half = results["summary"]["tables"]
    for way, table in (("code", by_code), ("paper", by_paper)):
        for row in table["rows"]:
            name, best = row["row"].removesuffix("-best"), row["row"].endswith("-best")
            test = runs[f"{way}-{name}"]["splits"]["test"]["best" if best else "last"]
            assert row["ours"]["ppl"]["values"] == [test["ppl"]]
            assert ("nll" in row["ours"]) == ("time" in row["ours"]) == (not best)
            assert row["paper"]["time"] == pytest.approx(15.7 if "sa-vae" in name else 1.0, abs=0.1)
    assert ["validation split" in row["caveat"] for row in half["rows"]] == [True, False]
    assert "†" in (out / "report.md").read_text()
    assert len(results["summary"]["claims"]) == 11
