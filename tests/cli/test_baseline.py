"""``--baseline lm``: the decoder without z, from the command line."""

import json
import os

import numpy as np
import pytest

from unvanish.cli import main
from unvanish.comparison import reopen
from unvanish.runs import load

SMALL = [
    "--epochs=2",
    "--hidden-size=12",
    "--embedding-size=12",
    "--batch-size=8",
    "--log-every=1",
    "--precision=fp32",
    "--device=cpu",
]
A, B = "the cat sees a dog", "a dog likes the cat"


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """Labelled sentences."""
    rng = np.random.default_rng(0)
    nouns, verbs = ["cat", "dog", "fox", "hen"], {"good": "likes", "bad": "sees"}
    lines = []
    for _ in range(120):
        label = str(rng.choice(list(verbs)))
        lines.append(f"{label}\tthe {rng.choice(nouns)} {verbs[label]} a {rng.choice(nouns)}")
    path = tmp_path_factory.mktemp("text") / "text.tsv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def lm(text):
    """A trained language model, to be read only."""
    out = text.parent / "lm"
    main(["train", str(text), "--baseline=lm", *SMALL, "--out", str(out), "--quiet"])
    return load(out)


def test_a_language_model_has_no_kl(lm):
    results = lm.results()
    assert results["name"] == "lm"
    assert lm.config.model.is_language_model
    assert lm.config.model.decoder.hidden_size == 12
    for split in results["splits"].values():
        for figures in split.values():
            assert figures["kl"] == 0
            assert figures["elbo"] == -figures["rec"]
            assert figures["active_units"] == 0
    with np.load(lm.path / "sentences-test.npz") as stored:
        assert not stored["kl"].any()


def test_it_is_not_judged(lm):
    assert lm.results()["diagnosis"] is None


def test_only_what_can_lose_its_z_is_warned_of(unvanish, text, lm, tmp_path):
    words = ["train", text, *SMALL, "--schedule=constant", "--out", tmp_path / "vae"]
    assert "collapsing" in unvanish(*words).err
    assert not [line for line in lm.metrics() if "warning" in line]


def test_it_samples_is_measured_and_reported(unvanish, lm, tmp_path):
    assert len(unvanish("sample", lm.path, "-n", "3").out.splitlines()) == 3
    words = ["evaluate", lm.path, "--importance-samples=50", "--device=cpu"]
    ended = unvanish(*words)
    assert "language model: -elbo is exactly -log p(x)" in ended.out
    figures = json.loads(unvanish(*words, "--json").out)["splits"]["test"]["last"]
    exact = figures["importance_weighted"]
    assert exact["samples"] == exact["effective_sample_size"] == 1
    assert exact["nll"] == pytest.approx(-figures["elbo"])
    page = tmp_path / "report.html"
    assert unvanish("report", lm.path, "--out", page).status == 0
    html = page.read_text()
    assert "This is a language model: it has no latent variable." in html
    for absent in ("The latent space", "KL per dimension", "Reconstruction of", "Interpolation"):
        assert absent not in html.replace("Reconstruction loss", "")


@pytest.mark.parametrize(
    "words",
    [
        ["encode", "LM", "TEXT", "--out", "OUT"],
        ["reconstruct", "LM", A],
        ["interpolate", "LM", A, B],
        ["neighbours", "LM", A],
        ["analogy", "LM", A, B, A],
        ["edit", "LM", A, "--toward=good"],
        ["diagnose", "LM"],
    ],
    ids=lambda words: words[0],
)
def test_what_needs_z_is_refused(refused, lm, text, tmp_path, words):
    places = {"LM": lm.path, "TEXT": text, "OUT": tmp_path / "z.npz"}
    message = refused(*[places.get(word, word) for word in words])
    assert "is a language model" in message
    assert not (tmp_path / "z.npz").exists()


def test_z_cannot_enter_a_language_model(refused, text, tmp_path):
    words = ["train", text, "--baseline=lm", "--latent-enters", "inputs", "--out", tmp_path / "x"]
    assert "leave out --latent-enters" in refused(*words)
    assert "--baseline" in refused("train", text, "--baseline=ln", "--out", tmp_path / "x")


def test_its_name_tells_what_else_was_changed(unvanish, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sizes = [word for word in SMALL if "batch" not in word and "epochs" not in word]
    words = ["train", "--baseline=lm", "--recipe=synthetic", *sizes, "--epochs=1", "--quiet"]
    ended = unvanish(*words, "--batch-size=512")
    assert ended.status == 0, ended.err
    (run,) = (tmp_path / "runs").iterdir()
    assert load(run).config.name.startswith("synthetic ")
    assert load(run).config.name.endswith(" lm")


@pytest.mark.parametrize("same", [True, False])
def test_it_goes_on_where_it_was_stopped(unvanish, text, lm, tmp_path, monkeypatch, same):
    from unvanish.cli.progress import TerminalReporter

    with monkeypatch.context() as patch:
        patch.setattr(TerminalReporter, "stepped", lambda *_: os.kill(os.getpid(), 2))
        words = ["train", text, "--baseline=lm", *SMALL, "--out", tmp_path / "run", "--quiet"]
        assert unvanish(*words).status == 130
    again = words if same else ["train", "--out", tmp_path / "run", "--quiet"]
    ended = unvanish(*again, "--resume")
    assert ended.status == 0, ended.err
    assert load(tmp_path / "run").results()["splits"] == lm.results()["splits"]
    assert load(tmp_path / "run").config == lm.config


@pytest.mark.slow
@pytest.mark.usefixtures("copies")
def test_a_comparison_has_it_as_one_more_row(unvanish, text, tmp_path):
    out = tmp_path / "out"
    words = ["compare", text, *SMALL[:-1], "--device=cpu", "--seeds=2", "--schedule=constant"]
    ended = unvanish(*words, "--baseline=lm", "--out", out)
    assert ended.status == 0, ended.err
    assert "lm: the decoder without z" in ended.out
    plan = reopen(out)
    assert plan.names == ("constant", "lm")
    results = json.loads((out / "results.json").read_text())
    vae, lm = results["summary"]["rows"]
    assert (vae["schedule"], lm["schedule"]) == ("constant", "lm")
    assert lm["seeds"] == vae["seeds"] == [1, 2]
    assert lm["figures"]["kl"]["mean"] == 0 < vae["figures"]["kl"]["mean"]
    by_figure = {entry["figure"]: entry for entry in results["summary"]["differences"]}
    assert (by_figure["kl"]["first"], by_figure["kl"]["second"]) == ("lm", "constant")
    assert by_figure["kl"]["mean"] < 0
    runs = [load(out / "runs" / f"{name}-seed1") for name in ("constant", "lm")]
    assert runs[0].config.optimizer == runs[1].config.optimizer
    assert "lm" in (out / "report.html").read_text()
    assert unvanish("compare", "--resume", "--out", out, "--quiet").status == 0
