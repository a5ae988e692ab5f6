import json
import shutil

import pytest

from unvanish.comparison import reopen, reopen_search
from unvanish.data import SyntheticText
from unvanish.recipes import load_recipe

pytestmark = pytest.mark.usefixtures("copies")

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
    ended = unvanish("compare", corpus, *SMALL, *schedules, "--paths=5", "--out", out)
    assert ended.status == 0, ended.err
    told = ("B - A", "over seeds", "not established", "verdicts are adjusted for the number")
    for words in ("monotonic:0.5", *told):
        assert words in ended.out
    assert "constant-seed1: done" in ended.err
    assert "monotonic:0.5" in (out / "report.html").read_text()
    again = unvanish("compare", "--resume", "--out", out, "--json", "--quiet")
    assert json.loads(again.out) == json.loads((out / "results.json").read_text())
    page = (out / "report.html").read_text()
    assert "Two paths" in page
    for entry in json.loads(again.out)["summary"]["differences"]:
        low, high = entry["seeds"]
        cells = f"<td>{low:+.3f} to {high:+.3f}</td><td>{entry['verdict']}</td>"
        assert cells in page[: page.index(">Results<")]
    for over_training in json.loads(again.out)["summary"]["paths"]:
        assert (over_training["seeds"], over_training["sentences"]) == ([1, 2], 5)
        assert len(over_training["figures"]["gap_words"]) == 1


@pytest.mark.slow
def test_without_a_corpus_the_synthetic_text_and_its_recipe_are_taken(
    unvanish, tmp_path, monkeypatch
):
    monkeypatch.setattr(SyntheticText.__init__, "__defaults__", (300, 2, 2, 0))
    recipe = load_recipe("synthetic").config
    common = [word for word in SMALL if word != "--seeds=2"]
    ended = unvanish("compare", *common, "--seeds=1", "--workers=1", "--out", tmp_path / "compared")
    assert "300 sentences" in ended.err
    assert "recipe synthetic" in ended.err
    plan = reopen(tmp_path / "compared")
    assert (plan.base.name, plan.base.optimizer) == (None, recipe.optimizer)
    ended = unvanish("tune", *common, "--trials=1", "--out", tmp_path / "tuned")
    assert "recipe synthetic" in ended.err
    assert reopen_search(tmp_path / "tuned").base.optimizer == recipe.optimizer


@pytest.mark.release
def test_the_synthetic_text_shows_collapse_and_its_cure(unvanish, tmp_path):
    """What `unvanish compare` alone is for; about two minutes on a core."""
    ended = unvanish("compare", "--seeds=1", "--device=cpu", "--json", "--out", tmp_path / "out")
    constant, monotonic, cyclical = (
        row["figures"] for row in json.loads(ended.out)["summary"]["rows"]
    )
    assert constant["kl"]["mean"] < 0.05 < monotonic["kl"]["mean"]
    assert cyclical["kl"]["mean"] > monotonic["kl"]["mean"] + 0.5
    rows = json.loads(ended.out)["summary"]["rows"]
    assert rows[0]["verdicts"] == {"collapsed": sum(rows[0]["verdicts"].values())}
    assert "collapsed" not in rows[2]["verdicts"]
    text = SyntheticText()
    for figures in (constant, monotonic, cyclical):
        assert 0 < -figures["elbo"]["mean"] - text.entropy < 0.05 * text.entropy


def test_wrong_input_is_refused(refused, corpus, tmp_path):
    out = tmp_path / "out"
    assert "cyclicl" in refused(
        "compare", corpus, "--schedule=cyclicl", "--schedule=constant", "--out", out
    )
    assert "nothing to compare constant with" in refused(
        "compare", corpus, "--schedule=constant", "--out", out
    )
    assert "beta is -1" in refused(
        "compare", corpus, "--schedule=constant", "--schedule=constant:-1", "--out", out
    )
    assert "twice" in refused(
        "compare", corpus, "--schedule=constant", "--schedule=constant", "--out", out
    )
    assert "fu2019 and cyclical are the same schedule" in refused(
        "compare", corpus, "--schedule=cyclical", "--schedule=fu2019", "--out", out
    )
    assert "seeds" in refused("compare", corpus, "--seeds=0", "--out", out)
    assert "training text" in refused("compare", "--valid", corpus, "--out", out)
    assert "does not exist" in refused("compare", tmp_path / "nothing.txt", "--out", out)
    assert not out.exists()
    assert "in use" in refused("compare", corpus, "--out", corpus.parent)


@pytest.mark.slow
def test_more_seeds_and_schedules_are_added_to_what_was_found(unvanish, refused, corpus, tmp_path):
    text, out = shutil.copy(corpus, tmp_path / "text.txt"), tmp_path / "out"
    schedules = ["--schedule=constant", "--schedule=monotonic:0.5"]
    ended = unvanish("compare", text, *SMALL, *schedules, "--out", out)
    assert "added to" not in ended.out
    kept = {file: file.read_bytes() for file in (out / "runs").glob("*/*.safetensors")}
    before = json.loads((out / "results.json").read_text())

    more = ["--seeds=3", "--schedule=constant", "--schedule=cyclical:n_cycles=2", "--baseline=lm"]
    ended = unvanish("compare", "--resume", "--out", out, "--device=cpu", *more)
    assert ended.status == 0, ended.err
    changed = "added: seed 3; schedule cyclical:n_cycles=2; baseline lm: 8 runs"
    assert changed in ended.err.splitlines()
    note = "seed 3 was added when the results of 1, 2 were there, which no verdict accounts for"
    assert note in ended.out
    assert "--seed 4 --seeds 5 in another --out" in ended.out
    assert note[1:] in (out / "report.html").read_text()  # where sentences begin with a capital
    assert kept == {file: file.read_bytes() for file in kept}
    after = json.loads((out / "results.json").read_text())
    rows = {row["schedule"]: row["seeds"] for row in after["summary"]["rows"]}
    names = ("constant", "monotonic:0.5", "cyclical:n_cycles=2", "lm")
    assert rows == {name: [1, 2, 3] for name in names}
    assert all(entry in after["runs"] for entry in before["runs"])
    ended = unvanish("compare", "--resume", "--out", out, "--seeds=4", "--quiet")
    assert "added:" not in ended.err
    assert "seeds 3, 4 were added when the results of 1, 2 were there" in ended.out
    assert "--seed 5 --seeds 5 in another --out" in ended.out

    plan = (out / "comparison.json").read_text()
    assert "give --seeds 4 or more" in refused("compare", "--resume", "--out", out, "--seeds=3")
    said = refused("compare", "--resume", "--out", out, "--schedule=constant:1.0")
    assert "constant:1.0 and constant are the same schedule" in said
    text.write_text("".join(f"{line} too\n" for line in text.read_text().splitlines()))
    said = refused("compare", "--resume", "--out", out, "--schedule=cyclical")
    assert "is not the text any more" in said
    assert (out / "comparison.json").read_text() == plan


def test_resume_takes_no_other_settings(refused, corpus, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "comparison.json").write_text("{}")
    said = refused("compare", corpus, "--resume", "--out", tmp_path / "out")
    told = "leave them out (--seeds, --schedule and --baseline may be given"
    assert told in said
    assert told in refused("compare", "--resume", "--out", tmp_path / "out", "--epochs=5")
    assert "format" in refused("compare", "--resume", "--out", tmp_path / "out")
    assert "no comparison" in refused("compare", "--resume", "--out", tmp_path / "typo")
