"""Searches with real runs, stopped and gone on with."""

import json
import os
from dataclasses import replace

import pytest

optuna = pytest.importorskip("optuna")

from unvanish.comparison import (  # noqa: E402
    NOT_KEPT,
    Choice,
    Search,
    begin_search,
    carry_out_search,
    kept_storage,
    reopen_search,
)
from unvanish.config import UsageError, override  # noqa: E402
from unvanish.runs import load  # noqa: E402
from unvanish.schedules import Schedule  # noqa: E402
from unvanish.training import Reporter, TrainingStopped  # noqa: E402


@pytest.fixture
def search(corpus, small):
    return Search(override(small, {"training.epochs": 1}), {"train": str(corpus)}, most_cycles=3)


def test_every_suggestion_is_a_schedule_within_the_bounds(search):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    choices = [search.suggest(study.ask()) for _ in range(60)]
    schedules = [Schedule.parse(choice.schedule).with_total(400) for choice in choices]
    assert {schedule.n_cycles for schedule in schedules} == {1, 2, 3}
    assert {schedule.shape for schedule in schedules} == set(search.shapes)
    assert all(0 < schedule.ratio < 1 for schedule in schedules)
    assert {choice.free_bits for choice in choices} == set(search.free_bits)


def test_free_bits_that_are_chosen_are_trained_with(search):
    config = search.config(Choice("cyclical:n_cycles=2", 0.25))
    assert (config.objective.beta, config.objective.free_bits) == ("cyclical:n_cycles=2", 0.25)
    assert config.name == "cyclical:n_cycles=2 --free-bits 0.25"


def test_the_best_trial_is_the_one_with_the_best_validation_elbo(search, tmp_path):
    begin_search(search, tmp_path / "out")
    heard = []
    results = carry_out_search(search, tmp_path / "out", trials=4, device="cpu", tell=heard.append)
    assert [tried.number for tried in heard] == [0, 1, 2, 3]
    elbos = {tried.choice: tried.elbo for tried in heard}
    assert results["summary"]["best"] == max(elbos, key=elbos.__getitem__)
    shown = [run["splits"]["valid"]["last"]["elbo"] for run in results["runs"]]
    assert shown == sorted(elbos.values(), reverse=True)
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
    assert heard[0].choice == load(stopped).config.name
    carry_out_search(again, out, trials=2, device="cpu", tell=heard.append)
    assert len(heard) == 2  # two are enough


def test_failures_are_counted_and_told(search, tmp_path, monkeypatch):
    begin_search(search, tmp_path / "out")
    monkeypatch.setattr(
        "unvanish.comparison.searching.train",
        lambda *a, **k: (_ for _ in ()).throw(UsageError("no")),
    )
    heard = []
    with pytest.raises(UsageError, match="every trial failed: no"):
        carry_out_search(search, tmp_path / "out", trials=2, device="cpu", tell=heard.append)
    assert [tried.problem for tried in heard] == ["no", "no"]


TINY = ["--epochs=1", "--hidden-size=8", "--embedding-size=8", "--latent-size=2"]


def count(url):
    return len(optuna.load_study(study_name="unvanish", storage=url).trials)


def test_resume_finds_the_database_again_from_any_folder(unvanish, corpus, tmp_path, monkeypatch):
    out, url = tmp_path / "out", f"sqlite:///{tmp_path / 'trials.db'}"
    monkeypatch.chdir(tmp_path)
    words = ("--precision=fp32", "--device=cpu", "--trials=1", "--storage=sqlite:///trials.db")
    ended = unvanish("tune", corpus, *TINY, *words, "--out", out)
    assert ended.status == 0, ended.err
    monkeypatch.chdir(corpus.parent.parent)
    ended = unvanish("tune", "--resume", "--out", out, "--trials=2", "--device=cpu", "--json")
    assert json.loads(ended.out)["summary"]["trials"] == count(url) == 2
    assert not (out / "trials.journal").exists()
    moved = f"sqlite:///{(tmp_path / 'trials.db').rename(tmp_path / 'moved.db')}"
    for more in ([f"--storage={moved}"], []):
        ended = unvanish("tune", "--resume", "--out", out, "--trials=2", *more, "--json")
        assert json.loads(ended.out)["summary"]["trials"] == count(moved) == 2


@pytest.mark.parametrize("where", ["user:sesame@host/x", "host/x?password=sesame"])
def test_a_password_is_neither_kept_nor_told(unvanish, refused, corpus, tmp_path, where):
    """The search ends at once, for there is no such database."""
    out, url = tmp_path / "out", f"sqlite://{where}"
    ended = unvanish("tune", corpus, *TINY, f"--storage={url}", "--out", out)
    assert ended.status == 2
    warned, told = ended.err.splitlines()
    assert "not kept" in warned
    assert "cannot be opened" in told
    assert "sesame" not in ended.err
    assert not any("sesame" in path.read_text() for path in out.rglob("*") if path.is_file())
    assert "give it again as --storage" in refused("tune", "--resume", "--out", out)
    assert not (out / "trials.journal").exists()


def test_a_stopped_search_says_to_give_the_password_again(unvanish, corpus, tmp_path, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("unvanish.comparison.searching.train", stop)
    url = f"sqlite:///file:{tmp_path / 'trials.db'}?uri=true"
    for name, given, told in (("a", url, ""), ("b", f"{url}&token=1", " --storage URL")):
        out = tmp_path / name
        ended = unvanish("tune", corpus, *TINY, f"--storage={given}", "--out", out)
        assert ended.status == 130, ended.err
        assert ended.err.endswith(f"go on with: unvanish tune --resume --out {out}{told}\n")


@pytest.mark.parametrize("url", [
    "postgresql://me:1@host/x", "mysql://:1@h/x", "postgresql://h/x?user=me&password=1",
    "postgresql://h/x?sslpassword=1", "x://h/d?%70assword=1", "postgresql://me:1@[h/x",
])  # fmt: skip
def test_no_password_gets_into_a_plan(search, url):
    assert kept_storage(url) == kept_storage(kept_storage(url)) == NOT_KEPT
    kept = Search.from_dict(replace(search, storage=url).to_dict())
    assert kept == replace(search, storage=NOT_KEPT)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"format": 1}'])
def test_what_is_no_search_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "search.json").write_text(text)
    with pytest.raises(UsageError):
        reopen_search(tmp_path)


def test_the_command_searches_and_names_the_best(unvanish, refused, corpus, tmp_path):
    out = tmp_path / "out"
    ended = unvanish(
        "tune", corpus, *TINY, "--precision=fp32", "--device=cpu", "--trials=2", "--out", out
    )
    assert ended.status == 0, ended.err
    best = json.loads((out / "results.json").read_text())["summary"]["best"]
    assert f"best: --schedule {best}" in ended.out
    assert "leave them out" in refused("tune", corpus, "--resume", "--out", out)
    assert "leave them out" in refused("tune", "--resume", "--most-cycles=3", "--out", out)
    assert "no search" in refused("tune", "--resume", "--out", tmp_path / "typo")
    assert not (tmp_path / "typo").exists()
    assert "in use" in refused("tune", corpus, "--out", out)
    again = unvanish("tune", "--resume", "--trials=2", "--out", out, "--json", "--quiet")
    assert json.loads(again.out)["summary"]["trials"] == 2
