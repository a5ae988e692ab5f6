import gzip
import json
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unvanish.cli import main
from unvanish.cli.progress import next_step, verdict
from unvanish.runs import load

SMALL = [
    "--epochs=2",
    "--hidden-size=12",
    "--embedding-size=12",
    "--latent-size=4",
    "--precision=fp32",
    "--device=cpu",
    "--schedule=cyclical:n_cycles=2",
]


def test_one_command_trains_and_says_what_came_out(unvanish, corpus, tmp_path):
    ended = unvanish("train", corpus, *SMALL, "--out", tmp_path / "run")
    assert ended.status == 0, ended.err
    assert "-elbo" in ended.out
    assert "epoch   2 valid" in ended.err
    assert "2 cycles" in ended.err
    assert "sentences kept" in ended.err
    run = load(tmp_path / "run")
    assert run.results()["training"]["epochs"] == 2
    found = run.diagnose(sentences=500)
    assert run.results()["diagnosis"] == json.loads(json.dumps(found.to_dict()))
    assert f"latent variable: {found.verdict}: {found.meaning}" in ended.out


def test_of_an_unfinished_run_the_reason_and_the_remedy_are_told(unvanish, corpus, tmp_path):
    out = tmp_path / "run"
    ended = unvanish("train", corpus, *SMALL, "--learning-rate=1e-9", "--out", out)
    assert load(out).results()["diagnosis"]["reason"] == "word-frequencies"
    said = next(line for line in ended.out.splitlines() if line.startswith("latent variable"))
    assert "unfinished" in said
    assert said.endswith("no less than knowing how frequent every word is")
    assert "next: train longer, or with another `--learning-rate`" in ended.out
    assert "unvanish sample" not in ended.out


def test_a_pattern_is_printed_as_it_was_given(unvanish, corpus, tmp_path):
    pattern = r"regex:\[[^\]]+\]|[a-z]+|."
    given = ("--recipe=synthetic", f"--tokens={pattern}", "--out", tmp_path / "run")
    ended = unvanish("train", corpus, *SMALL, *given)
    assert f"tokens={pattern}" in ended.out
    assert f"tokens={pattern}" in ended.err


def test_json_is_alone_on_standard_output(unvanish, corpus, tmp_path):
    ended = unvanish("train", corpus, *SMALL, "--out", tmp_path / "run", "--json", "--quiet")
    assert json.loads(ended.out) == load(tmp_path / "run").results()
    assert ended.err == ""


def test_splits_are_the_given_ones(unvanish, corpus, tmp_path):
    lines = corpus.read_text().splitlines()
    valid, test = tmp_path / "valid.tsv", tmp_path / "test.jsonl.gz"
    valid.write_text("".join(f"label\t{line}\n" for line in lines[:7]))
    records = "".join(json.dumps({"text": line}) + "\n" for line in lines[:5])
    test.write_bytes(gzip.compress(records.encode(), mtime=0))
    unvanish("train", corpus, *SMALL, "--valid", valid, "--test", test, "--out", tmp_path / "run")
    counts = load(tmp_path / "run").results()["corpus"]["splits"]
    assert {name: split["sentences"] for name, split in counts.items()} == {
        "train": 120,
        "valid": 7,
        "test": 5,
    }
    assert counts["test"]["tokens"] == sum(len(line.split()) + 1 for line in lines[:5])


def test_options_change_the_recipe_and_set_changes_the_rest(unvanish, corpus, tmp_path):
    unvanish(
        "train",
        corpus,
        *SMALL[:-1],
        "--recipe=fu2019-ptb-code",
        "--cell=gru",
        "--layers=2",
        "--latent-enters",
        "output",
        "inputs",
        "--optimizer=radam",
        "--set=optimizer.eps=1e-6",
        "--set=optimizer.gradient_clip=none",
        "--seed=7",
        "--out",
        tmp_path / "run",
    )
    config = load(tmp_path / "run").config
    assert config.name.startswith("fu2019-ptb-code cell=gru ")
    assert "optimizer.eps=1e-6" in config.name
    assert config.objective.beta == "fu2019-ptb-code"
    assert config.optimizer.schedule == "cosine-restarts"
    assert (config.optimizer.name, config.optimizer.eps) == ("radam", 1e-6)
    assert config.optimizer.gradient_clip is None
    assert config.seed == 7
    for part in (config.model.encoder, config.model.decoder):
        assert (part.cell, part.layers, part.hidden_size) == ("gru", 2, 12)
    assert config.model.decoder.latent_enters == ("output", "inputs")


def test_a_run_that_stops_inside_a_ramp_is_warned_of_even_when_quiet(unvanish, corpus, tmp_path):
    ended = unvanish(
        "train",
        corpus,
        *SMALL[:-1],
        "--recipe=fu2019-ptb-code",
        "--quiet",
        "--out",
        tmp_path / "run",
    )
    assert ended.status == 0
    assert "warning: the run of" in ended.err


def test_a_recipes_seed_is_kept_unless_another_is_given(unvanish, corpus, tmp_path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text("[config]\nseed = 5\n")
    for number, options in ((5, []), (6, ["--seed=6"])):
        out = tmp_path / str(number)
        unvanish("train", corpus, *SMALL, "--recipe", recipe, *options, "--out", out)
        assert load(out).config.seed == number


def test_a_recipe_as_it_stands_keeps_its_name(unvanish, corpus, tmp_path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text("[config.training]\nepochs = 1\n[config.model.encoder]\nhidden_size = 8\n")
    words = ["--recipe", recipe, "--precision=fp32", "--paths=4"]  # what is watched, not what is
    unvanish("train", corpus, *words, "--out", tmp_path / "run")
    assert load(tmp_path / "run").results()["name"] == "mine"
    assert load(tmp_path / "run").config.training.paths == 4


@pytest.mark.parametrize(
    "wild",
    [
        ["--learning-rate=1e6", "--set=optimizer.gradient_clip=none"],
        ["--set=model.initial_range=1e30"],
    ],
)
def test_a_run_that_diverges_is_told_in_one_line(refused, corpus, tmp_path, wild):
    words = ["train", corpus, *SMALL, *wild, "--quiet", "--out", tmp_path / "run"]
    assert "diverged" in refused(*words)
    assert not (tmp_path / "run" / "results.json").exists()


def test_a_folder_is_named_when_none_is_given(unvanish, corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    unvanish("train", corpus, *SMALL[:-1], "--schedule", "constant:0.5")
    assert load("runs/corpus-constant-0.5-seed1").config.objective.beta == "constant:0.5"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--epoch=3"], "Did you mean --epochs"),
        (["--epochs=0"], "--epochs 0"),
        (["--epochs=many"], "epochs"),
        (["--cell=rnn"], "lstm"),
        (["--schedule=cyclicl"], "did you mean 'cyclical'"),
        (["--schedule=cyclical:ratio=2"], "ratio"),
        (["--schedule=constant:-1"], "beta is -1"),
        (["--recipe=fu2019"], "fu2019-ptb"),
        (["--set=optimizer.epz=1"], "did you mean 'optimizer.eps'"),
        (["--set=optimizer.eps"], "NAME=VALUE"),
        (["--learning-rate=-1"], "--learning-rate -1"),
        (["--device=gpu"], "device 'gpu'"),
        (["--seed=-1"], "seed"),
        (["--device=meta"], "device 'meta'"),
        (["--hidden-size=30000000"], "memory"),
        (["--dropout=1"], "dropout"),
        (["--valid=missing.txt"], "missing.txt does not exist"),
        (["--recipe=missing.toml"], "missing.toml"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(refused, corpus, tmp_path, options, message):
    assert message in refused("train", corpus, *options, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "no sentences"),
        ("blank.txt", b"\n \n\n", "no sentences"),
        ("binary.txt", b"a\x00b\n", "binary"),
        ("latin.txt", "caf\u00e9\n".encode("latin-1"), "UTF-8"),
        ("lines.jsonl", b"{\n", "line 1"),
        ("field.jsonl", b'{"txt": "a"}\n', "text"),
        ("tab.tsv", b"no tab here\n", "TAB"),
        ("two.txt", b"a\nb\n", "sentences"),
        ("cut.txt.gz", gzip.compress(b"a b\n" * 99, mtime=0)[:-9], "gz"),
    ],
)
def test_a_corpus_that_cannot_be_used_is_told(refused, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    assert message in refused("train", tmp_path / name, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_folder_or_nothing_as_corpus_is_told(refused, tmp_path):
    assert "folder" in refused("train", tmp_path)
    assert "does not exist" in refused("train", tmp_path / "nothing")


def test_an_out_folder_in_use_is_left_as_it_is(refused, corpus, tmp_path):
    out = tmp_path / "run"
    out.mkdir()
    (out / "precious.txt").write_text("mine")
    assert "in use" in refused("train", corpus, "--out", out)
    assert [path.name for path in out.iterdir()] == ["precious.txt"]
    assert "is a file" in refused("train", corpus, "--out", out / "precious.txt")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.lists(
        st.sampled_from(
            ["--epochs", "0", "--schedule", "wave", "--set", "a=b", "--json", "--", "-x", "--out"]
        )
        | st.text(min_size=1, max_size=12),
        max_size=6,
    )
)
def test_any_words_end_with_help_or_one_line(words, capsys, tmp_path, monkeypatch):
    """No corpus of these names exists, so every command line must be refused or ask for help."""
    monkeypatch.chdir(tmp_path)
    status = 0
    try:
        main(["train", "no such corpus", *words])
    except SystemExit as end:
        status = end.code
    printed = capsys.readouterr()
    assert status in (0, 2)
    if status == 2:
        assert printed.err.count("\n") == 1
    else:
        assert "Usage" in printed.out or "0." in printed.out
    assert list(tmp_path.iterdir()) == []


def test_a_validation_text_that_is_trained_on_is_warned_of(unvanish, corpus, tmp_path):
    out = tmp_path / "run"
    ended = unvanish("train", corpus, "--valid", corpus, *SMALL, "--quiet", "--out", out)
    assert ended.status == 0
    assert "sentences are in valid too: epochs are then chosen by text" in ended.err


def test_a_text_of_three_sentences_is_told_to_be_too_little(unvanish, tmp_path):
    text = tmp_path / "three.txt"
    text.write_text("a b\nc d\ne f\n")
    ended = unvanish("train", text, *SMALL, "--out", tmp_path / "run", "--quiet")
    assert ended.status == 0, ended.err
    for split in ("valid", "test"):
        assert f"100% of the words in {split} are unknown" in ended.err
    assert "latent variable: no verdict: one test sentence" in ended.out


def test_nothing_is_said_of_a_latent_variable_that_is_not_there(unvanish, corpus, tmp_path):
    words = [*SMALL, "--baseline=lm", "--out", tmp_path / "run", "--quiet"]
    assert (
        "latent variable: none, this is a language model" in unvanish("train", corpus, *words).out
    )


def test_a_finished_run_is_to_be_looked_at(trained):
    run = SimpleNamespace(
        results=lambda: {"diagnosis": {"verdict": "alive", "meaning": "it is"}},
        path="runs/mine",
        config=trained.config,
    )
    assert verdict(run) == "alive: it is; unvanish diagnose runs/mine says why"
    assert next_step(run) == "unvanish report runs/mine, or unvanish sample runs/mine"
