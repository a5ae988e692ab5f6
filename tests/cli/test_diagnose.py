"""``unvanish diagnose`` as it is typed."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from unvanish.cli import main
from unvanish.cli.diagnosed import verdict_lines
from unvanish.measures.diagnosis import diagnose


def informative(n=600, d=4, width=0.2):
    mean = np.random.default_rng(0).normal(0, np.sqrt(1 - width), (n, d))
    return {"mean": mean, "logvar": np.full((n, d), np.log(width))}


@pytest.fixture
def stored(tmp_path):
    def store(**arrays):
        file = tmp_path / "posteriors.npz"
        np.savez(file, **arrays)
        return str(file)

    return store


def told(capsys, *words):
    main(["diagnose", *words])
    return capsys.readouterr().out


def test_arrays_that_are_alive(stored, capsys):
    rec = np.random.default_rng(1).gamma(9.0, 11.0, 600)
    out = told(capsys, stored(**informative(), rec=rec, rec_other=rec + 4.0, beta=1.0))
    assert out.startswith("alive: z tells about the sentence, and the decoder makes use of it")
    assert "Try next" in out
    assert "dimension of z" in out


@pytest.mark.parametrize("width", [40, 80])
def test_in_a_terminal_it_keeps_to_the_width(width):
    mean = np.random.default_rng(0).normal(size=(60, 3))
    found = diagnose(mean, np.full((60, 3), -4.0))
    console = Console(force_terminal=True, width=width, file=io.StringIO(), color_system=None)
    for line in verdict_lines(found):
        console.print(line)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    words = " ".join(console.file.getvalue().split())
    assert words.startswith(f"{found.verdict}: {found.meaning}")
    for text in (*found.evidence, *found.advice):
        assert set(text.split()) <= set(words.split())


def test_json_is_the_diagnosis(stored, capsys):
    file = stored(mean=np.full((50, 3), 4.0), logvar=np.zeros((50, 3)))
    found = json.loads(told(capsys, file, "--json"))
    assert found["verdict"] == "paper-only"
    assert found["figures"]["kl"] == pytest.approx(24.0)
    assert found["figures"]["kl_per_dimension"] == pytest.approx([8.0] * 3)


def test_widths_that_are_no_logarithms_are_asked_about(stored, capsys):
    file = stored(mean=informative()["mean"], logvar=np.full((600, 4), 0.4))
    main(["diagnose", file, "--json"])
    told = capsys.readouterr()
    json.loads(told.out)
    assert told.err.startswith(f"warning: {file}: every logvar is above 0, from 0.4 to 0.4: ")


def test_out_is_never_written_over(stored, capsys, tmp_path):
    file, out = stored(**informative()), tmp_path / "verdict.txt"
    main(["diagnose", file, "--out", str(out)])
    assert out.read_text().startswith("cannot-tell: ")
    with pytest.raises(SystemExit) as stop:
        main(["diagnose", file, "--out", str(out)])
    assert stop.value.code == 2
    assert "give another --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"logvar": np.zeros((5, 2))}, "has no array mean: it has logvar"),
        ({"mean": np.zeros((1, 2)), "logvar": np.zeros((1, 2))}, "single row"),
        ({"mean": np.zeros((5, 2)), "logvar": np.zeros((5, 3))}, "differ in shape"),
        ({"mean": np.zeros((5, 2)), "logvar": np.zeros((5, 2)), "rec": np.zeros(3)}, "rec has 3"),
        (
            {"mean": np.zeros((5, 2)), "logvar": np.zeros((5, 2)), "recs": np.zeros(3)},
            "an array recs",
        ),
        (
            {"mean": np.zeros((5, 2)), "logvar": np.zeros((5, 2)), "beta": np.ones(2)},
            "2 numbers as beta",
        ),
        ({"mean": np.array([["a"], ["b"]]), "logvar": np.zeros((2, 1))}, "could not convert"),
        (
            {"mean": np.zeros((5, 2)), "logvar": np.zeros((5, 2)), "beta": np.array("a")},
            "posteriors.npz",
        ),
    ],
)
def test_wrong_arrays_are_told_in_a_line(stored, capsys, arrays, message):
    with pytest.raises(SystemExit) as stop:
        main(["diagnose", stored(**arrays)])
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.npz", b"nothing", "cannot be read as arrays"),
        ("cut.npz", b"PK\x03\x04 cut", "cannot be read as arrays"),
        ("absent.npz", None, "does not exist"),
        ("mean.npy", b"nothing", "neither a run's folder nor a .npz file"),
        ("cut", b"PK\x03\x04 cut", "neither a run's folder nor a .npz file"),
        ("absent", None, "is not a run"),
    ],
)
def test_what_is_neither_run_nor_arrays(refused, tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert message in refused("diagnose", tmp_path / name)


def test_options_of_a_run_are_refused_with_arrays(refused, stored):
    for option in ("--parameters=best", "--sentences=50"):
        assert "are for a run" in refused("diagnose", stored(**informative()), option)


def test_arrays_and_sentences_do_not_go_together(stored, capsys):
    with pytest.raises(SystemExit):
        main(["diagnose", stored(**informative()), "sentences.txt"])
    assert "holds arrays: leave out sentences.txt" in capsys.readouterr().err
