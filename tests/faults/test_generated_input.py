"""Files, settings and command lines that nobody would write: all are answered in one line."""

import contextlib
import io
import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unvanish.cli import COMMANDS, main
from unvanish.config import Config, UsageError, from_dict, to_dict
from unvanish.runs import load
from unvanish.training.checkpoints import Checkpoints

ONCE = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
TINY = [
    "--epochs=1",
    "--hidden-size=4",
    "--embedding-size=4",
    "--latent-size=2",
    "--precision=fp32",
    "--device=cpu",
    "--schedule=constant",
    "--quiet",
]


def answer(words):
    """Run a command line in this process; give its status and what it printed."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(words))
        except SystemExit as end:
            status = end.code or 0
    return status, out.getvalue(), err.getvalue()


def assert_answered(words):
    status, out, err = answer(words)
    assert status in (0, 2), (words, err)
    if status == 2:
        assert err.count("\n") == 1, err
        assert err.startswith("unvanish: ")
        assert len(err) < 1_000
        assert out == ""
    return status


LINES = st.lists(
    st.one_of(st.text(max_size=12), st.sampled_from(["", "a\tb", '{"text": "a"}', "{}", "a b c"])),
    max_size=8,
).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))
NAMES = st.sampled_from(["t.txt", "t.jsonl", "t.tsv", "t.txt.gz", "t.jsonl.gz", "t"])


@pytest.mark.slow
@settings(max_examples=80, **ONCE)
@given(content=st.one_of(st.binary(max_size=60), LINES), name=NAMES)
def test_any_file_is_trained_on_or_refused(content, name, tmp_path_factory):
    home = tmp_path_factory.mktemp("file")
    (home / name).write_bytes(content)
    status = assert_answered(["train", str(home / name), *TINY, "--out", str(home / "run")])
    assert (home / name).read_bytes() == content
    assert (home / "run").exists() == (status == 0)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([])
)


def paths(plain, before=()):
    """List where every value of nested settings stands."""
    for name, value in plain.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from paths(value, (*before, name))


@settings(max_examples=120, **ONCE)
@given(data=st.data())
def test_any_settings_are_read_or_refused(data):
    plain = to_dict(Config())
    *way, last = data.draw(st.sampled_from(list(paths(plain))))
    inner = plain
    for name in way:
        inner = inner[name]
    value = data.draw(SCALARS)
    inner[data.draw(st.sampled_from([last, last + "s", ""]))] = value
    with contextlib.suppress(UsageError):
        config = from_dict(Config, plain)
        assert from_dict(Config, to_dict(config)) == config


VALUES = st.sampled_from(
    ["", "-1", "0", "abc", "1e999", "nan", "é", "-", "../x", "none", "=", "constant", "<s>", "1,2"]
)
OPTIONS = st.sampled_from(
    [
        "--seed",
        "--device",
        "--out",
        "--set",
        "--schedule",
        "--recipe",
        "--epochs",
        "--layers",
        "--n",
        "--temperature",
        "--max-words",
        "--total-steps",
        "--parameters",
        "--resume",
        "-x",
        "--tokens",
        "--valid",
        "--from",
        "--steps",
        "--seeds",
        "--unknown",
        "--json",
        "--quiet",
    ]
)
WORDS = st.one_of(
    VALUES,
    OPTIONS,
    st.tuples(OPTIONS, VALUES).map("=".join),
    st.sampled_from(["RUN", "CORPUS", "NOWHERE", "FOLDER"]),
)
SAFE = sorted(set(COMMANDS) - {"demo", "compare", "tune"})
"""Commands that random words cannot set to work for minutes."""


@pytest.mark.slow
@settings(max_examples=150, **ONCE)
@given(command=st.sampled_from(SAFE), words=st.lists(WORDS, max_size=5))
def test_any_command_line_is_carried_out_or_refused(
    command, words, trained, tmp_path_factory, monkeypatch
):
    home = tmp_path_factory.mktemp("words")
    (home / "thesis").mkdir()
    (home / "thesis" / "chapter.txt").write_text("years of work")
    corpus = home / "corpus.txt"
    corpus.write_text("a cat sat\na dog ran\nthe bird flew\na fox hid\n")
    places = {
        "RUN": shutil.copytree(trained.path, home / "run"),
        "CORPUS": corpus,
        "NOWHERE": home / "nowhere",
        "FOLDER": home / "thesis",
    }
    typed = [str(places.get(word, word)) for word in words]
    if command == "train":  # last, so that no random option makes it long
        typed = [str(corpus) if typed[:1] == [""] else word for word in typed] + TINY
    before = {file: file.read_bytes() for file in trained.path.rglob("*") if file.is_file()}
    with monkeypatch.context() as patch:
        patch.chdir(home)
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a cat sat\n")))
        assert_answered([command, *typed])
    assert (home / "thesis" / "chapter.txt").read_text() == "years of work"
    assert {file: file.read_bytes() for file in before} == before


@settings(max_examples=60, **ONCE)
@given(data=st.data())
def test_any_damage_to_a_checkpoint_is_told(data, checkpoint, tmp_path_factory):
    content = bytearray(checkpoint.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(content)))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / checkpoint.name).write_bytes(content[: cut if data.draw(st.booleans()) else None])
    with pytest.raises(UsageError) as told:
        Checkpoints(folder, "whatever the run was").latest()
    assert "\n" not in str(told.value)


@pytest.fixture(scope="session")
def checkpoint(trained):
    return next((trained.path / "checkpoints").glob("step-*.safetensors"))


@settings(max_examples=60, **ONCE)
@given(
    name=st.sampled_from(["config.json", "vocabulary.json", "model.safetensors", "origin.json"]),
    content=st.one_of(
        st.binary(max_size=40),
        st.recursive(SCALARS, lambda inner: st.dictionaries(st.text(max_size=6), inner)).map(
            lambda value: json.dumps(value).encode()
        ),
    ),
)
@pytest.mark.slow
def test_any_damage_to_a_run_is_told(name, content, trained, tmp_path_factory):
    copy = shutil.copytree(trained.path, tmp_path_factory.mktemp("run") / "run")
    (copy / name).write_bytes(content)
    status = assert_answered(["sample", str(copy), "--n=1", "--quiet"])
    assert status == (0 if name == "origin.json" else 2)
    if name != "config.json":
        load(copy)
