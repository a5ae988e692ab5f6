"""Searches with real runs, stopped and gone on with."""

import json
import os

import pytest

optuna = pytest.importorskip("optuna")

from unvanish.comparison import Search, begin_search, carry_out_search, reopen_search  # noqa: E402
from unvanish.config import UsageError, override  # noqa: E402
from unvanish.runs import load  # noqa: E402
from unvanish.schedules import Schedule  # noqa: E402
from unvanish.training import Reporter, TrainingStopped  # noqa: E402


@pytest.fixture
def search(corpus, small):
    return Search(override(small, {"training.epochs": 1}), {"train": str(corpus)}, most_cycles=3)


def test_every_suggestion_is_a_schedule_within_the_bounds(search):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    schedules = [Schedule.parse(search.suggest(study.ask())).with_total(400) for _ in range(60)]
    assert {schedule.n_cycles for schedule in schedules} == {1, 2, 3}
    assert {schedule.shape for schedule in schedules} == set(search.shapes)
    assert all(0 < schedule.ratio < 1 for schedule in schedules)


def test_the_best_trial_is_the_one_with_the_best_validation_elbo(search, tmp_path):
    begin_search(search, tmp_path / "out")
    heard = []
    results = carry_out_search(search, tmp_path / "out", trials=4, device="cpu", tell=heard.append)
    assert [tried.number for tried in heard] == [0, 1, 2, 3]
    elbos = {tried.schedule: tried.elbo for tried in heard}
    assert results["summary"]["best"] == max(elbos, key=elbos.__getitem__)
    shown = [run["splits"]["valid"]["last"]["elbo"] for run in results["runs"]]
    assert shown == sorted(set(elbos.values()), reverse=True)
    assert json.loads((tmp_path / "out" / "results.json").read_text()) == results


def test_a_search_goes_on_where_it_was(search, tmp_path):
    out = tmp_path / "out"
    begin_search(search, out)

    class Stopper(Reporter):
        def stepped(self, step, figures):
            os.kill(os.getpid(), 15)

    with pytest.raises(TrainingStopped):
        carry_out_search(search, out, trials=2, device="cpu", reporter=lambda _: Stopper())
    (stopped,) = (out / "trials").iterdir()
    assert not (stopped / "results.json").exists()
    heard = []
    again = reopen_search(out)
    assert again == search
    carry_out_search(again, out, trials=2, device="cpu", tell=heard.append)
    assert len(heard) == 2
    assert heard[0].schedule == load(stopped).config.objective.beta
    carry_out_search(again, out, trials=2, device="cpu", tell=heard.append)
    assert len(heard) == 2  # two are enough


def test_failures_are_counted_and_told(search, tmp_path, monkeypatch):
    begin_search(search, tmp_path / "out")
    monkeypatch.setattr(
        "unvanish.comparison.search.train", lambda *a, **k: (_ for _ in ()).throw(UsageError("no"))
    )
    heard = []
    with pytest.raises(UsageError, match="every trial failed: no"):
        carry_out_search(search, tmp_path / "out", trials=2, device="cpu", tell=heard.append)
    assert [tried.problem for tried in heard] == ["no", "no"]


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"format": 1}'])
def test_what_is_no_search_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "search.json").write_text(text)
    with pytest.raises(UsageError):
        reopen_search(tmp_path)


def test_the_command_searches_and_names_the_best(unvanish, refused, corpus, tmp_path):
    out = tmp_path / "out"
    tiny = ["--epochs=1", "--hidden-size=8", "--embedding-size=8", "--latent-size=2"]
    ended = unvanish(
        "tune", corpus, *tiny, "--precision=fp32", "--device=cpu", "--trials=2", "--out", out
    )
    assert ended.status == 0, ended.err
    best = json.loads((out / "results.json").read_text())["summary"]["best"]
    assert f"best: --schedule {best}" in ended.out
    assert "leave out" in refused("tune", corpus, "--resume", "--out", out)
    assert "leave out" in refused("tune", "--resume", "--most-cycles=3", "--out", out)
    assert "no search" in refused("tune", "--resume", "--out", tmp_path / "typo")
    assert not (tmp_path / "typo").exists()
    assert "in use" in refused("tune", corpus, "--out", out)
    again = unvanish("tune", "--resume", "--trials=2", "--out", out, "--json", "--quiet")
    assert json.loads(again.out)["summary"]["trials"] == 2
