import json

import pytest

SMALL = [
    "--epochs=1",
    "--hidden-size=12",
    "--embedding-size=12",
    "--latent-size=4",
    "--precision=fp32",
    "--device=cpu",
    "--seeds=2",
]


@pytest.mark.slow
def test_one_command_compares_and_says_what_differs(unvanish, corpus, tmp_path):
    out = tmp_path / "out"
    schedules = ["--schedule=constant", "--schedule=monotonic:0.5"]
    ended = unvanish("compare", corpus, *SMALL, *schedules, "--out", out)
    assert ended.status == 0, ended.err
    for words in ("monotonic:0.5", "B - A", "over seeds", "inside the noise"):
        assert words in ended.out
    assert "constant-seed1: done" in ended.err
    assert "monotonic:0.5" in (out / "report.html").read_text()
    again = unvanish("compare", "--resume", "--out", out, "--json", "--quiet")
    assert json.loads(again.out) == json.loads((out / "results.json").read_text())


def test_wrong_input_is_refused(refused, corpus, tmp_path):
    out = tmp_path / "out"
    assert "cyclicl" in refused("compare", corpus, "--schedule=cyclicl", "--out", out)
    assert "twice" in refused(
        "compare", corpus, "--schedule=constant", "--schedule=constant", "--out", out
    )
    assert "seeds" in refused("compare", corpus, "--seeds=0", "--out", out)
    assert "training text" in refused("compare", "--valid", corpus, "--out", out)
    assert "does not exist" in refused("compare", tmp_path / "nothing.txt", "--out", out)
    assert not out.exists()
    assert "in use" in refused("compare", corpus, "--out", corpus.parent)


def test_resume_takes_no_other_settings(refused, corpus, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "comparison.json").write_text("{}")
    said = refused("compare", corpus, "--resume", "--out", tmp_path / "out")
    assert "leave out" in said
    assert "leave out" in refused("compare", "--resume", "--out", tmp_path / "out", "--seeds=5")
    assert "format" in refused("compare", "--resume", "--out", tmp_path / "out")
    assert "no comparison" in refused("compare", "--resume", "--out", tmp_path / "typo")
