"""``--resume`` and ``--from`` as they are typed."""

import json
import os

import pytest

from unvanish.runs import load

SMALL = [
    "--epochs=2",
    "--hidden-size=12",
    "--embedding-size=12",
    "--latent-size=4",
    "--log-every=2",
    "--precision=fp32",
    "--device=cpu",
    "--schedule=cyclical:n_cycles=2",
]


@pytest.fixture
def stopped(unvanish, corpus, tmp_path, monkeypatch):
    """A run that was asked to end after its first line of metrics."""
    from unvanish.cli.progress import TerminalReporter

    usual = TerminalReporter.stepped

    def stop(self, step, figures):
        usual(self, step, figures)
        os.kill(os.getpid(), 2)

    with monkeypatch.context() as patch:
        patch.setattr(TerminalReporter, "stepped", stop)
        ended = unvanish("train", corpus, *SMALL, "--out", tmp_path / "run", "--quiet")
    assert ended.status == 130
    assert ended.err == (
        f"unvanish: stopped: saved at step 2; go on with: unvanish train --resume --out "
        f"{tmp_path / 'run'}\n"
    )
    return tmp_path / "run"


def test_resume_needs_nothing_but_the_folder(unvanish, stopped, corpus, tmp_path):
    ended = unvanish("train", "--resume", "--out", stopped, "--device=cpu")
    assert ended.status == 0, ended.err
    assert "going on from step 2" in ended.err
    unvanish("train", corpus, *SMALL, "--out", tmp_path / "whole", "--quiet")
    assert load(stopped).results()["splits"] == load(tmp_path / "whole").results()["splits"]
    again = unvanish("train", "--resume", "--out", stopped, "--json")
    assert json.loads(again.out) == load(stopped).results()


def test_the_same_command_with_resume_added_goes_on_too(unvanish, stopped, corpus):
    ended = unvanish("train", corpus, *SMALL, "--resume", "--out", stopped, "--quiet")
    assert ended.status == 0, ended.err
    assert load(stopped).results()["training"]["epochs"] == 2


def test_resume_with_other_settings_or_text_is_refused(refused, stopped, corpus, tmp_path):
    said = refused("train", "--resume", "--out", stopped, "--epochs=9")
    assert "training.epochs: 2, now 9" in said
    other = tmp_path / "other.txt"
    other.write_text(corpus.read_text().replace("cat", "lion"))
    assert "the text is not what" in refused("train", other, "--resume", "--out", stopped)
    corpus.unlink()
    assert "does not exist" in refused("train", "--resume", "--out", stopped)
    assert not (stopped / "results.json").exists()


def test_resume_where_nothing_has_begun_begins(unvanish, corpus, tmp_path):
    ended = unvanish("train", corpus, *SMALL, "--resume", "--out", tmp_path / "run", "--quiet")
    assert ended.status == 0, ended.err


def test_a_run_starts_from_another_with_its_settings(unvanish, trained, corpus, tmp_path):
    out = tmp_path / "run"
    ended = unvanish(
        "train", corpus, "--from", trained.path, "--schedule=constant:0.5", "--out", out, "--quiet"
    )
    assert ended.status == 0, ended.err
    run = load(out)
    assert run.config.model == trained.config.model
    assert run.config.objective.beta == "constant:0.5"
    assert run.vocabulary == trained.vocabulary
    assert run.results()["from"] == str(trained.path)


@pytest.mark.parametrize("more", [(), ("--epochs=20",), ("--schedule=constant", "--quiet")])
def test_resume_without_a_text_begins_nothing(refused, tmp_path, more):
    assert "holds no run" in refused("train", "--resume", "--out", tmp_path / "typo", *more)
    assert "--out is missing" in refused("train", "--resume", *more)
    assert not (tmp_path / "typo").exists()


def test_resume_begins_what_a_recipe_names(unvanish, tmp_path):
    words = ["--recipe=synthetic", "--epochs=1", "--hidden-size=12", "--device=cpu", "--quiet"]
    few = ["--set", "data.max_words=6", "--set", "training.batch_size=512"]
    out = tmp_path / "run"
    assert unvanish("train", "--resume", *words, *few, "--out", out).status == 0
    assert load(out).config.training.epochs == 1


def test_from_without_text_takes_that_of_the_run(unvanish, trained, tmp_path):
    first, out = tmp_path / "first", tmp_path / "run"
    text = trained.path.parent / "corpus.txt"
    assert unvanish("train", text, *SMALL, "--out", first, "--quiet").status == 0
    ended = unvanish("train", "--from", first, "--seed=2", "--out", out, "--quiet")
    assert ended.status == 0, ended.err
    assert load(out).results()["corpus"]["sha256"] == load(first).results()["corpus"]["sha256"]


def test_from_keeps_the_tokens(refused, trained, corpus, tmp_path):
    words = ["train", corpus, "--from", trained.path, "--out", tmp_path / "run"]
    assert "leave those options out" in refused(*words, "--tokens=characters")


def test_a_damaged_origin_is_told(refused, stopped):
    (stopped / "origin.json").write_text('{"format": 1}')
    assert "origin.json is damaged" in refused("train", "--resume", "--out", stopped)


def test_a_name_with_brackets_is_shown_as_it_is(unvanish, corpus, tmp_path):
    out = tmp_path / "run"
    ended = unvanish("train", corpus, *SMALL, "--set", "name=x[/b]y [a-z]+", "--out", out)
    assert ended.status == 0, ended.err
    assert "x[/b]y [a-z]+" in ended.out
    assert "x[/b]y [a-z]+" in ended.err


def test_from_and_resume_exclude_each_other(refused, trained, corpus, tmp_path):
    said = refused("train", corpus, "--from", trained.path, "--resume", "--out", tmp_path / "run")
    assert "one of the two" in said


def test_from_what_is_no_run_is_refused(refused, corpus, tmp_path):
    said = refused("train", corpus, "--from", tmp_path, "--out", tmp_path / "run")
    assert "not a run" in said


def test_a_model_of_another_size_cannot_start_from_a_run(refused, trained, corpus, tmp_path):
    out = tmp_path / "run"
    said = refused("train", corpus, "--from", trained.path, "--latent-size=5", "--out", out)
    assert "do not fit" in said
    assert not out.exists()


def test_tensorboard_gets_the_metrics(unvanish, corpus, tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    out = tmp_path / "run"
    ended = unvanish("train", corpus, *SMALL, "--tensorboard", "--out", out, "--quiet")
    assert ended.status == 0, ended.err
    events = accumulator.EventAccumulator(str(out / "tensorboard")).Reload()
    written = {event.step: event.value for event in events.Scalars("train/kl")}
    expected = {
        line["step"]: line["train/kl"] for line in load(out).metrics() if "train/kl" in line
    }
    assert written == pytest.approx(expected)
