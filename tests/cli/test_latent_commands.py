"""The commands that use a run's latent space, as they are typed."""

import io
import json
import math
import re
import subprocess
import sys

import numpy as np
import pytest

from unvanish.config import Decoding
from unvanish.measures.diagnosis import diagnose
from unvanish.runs import load

A, B, C = "the cat sees a fine", "the dog likes a poor", "the hen hears a nice"


@pytest.fixture
def piped(monkeypatch):
    """Set what comes from a pipe."""

    def pipe(text):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return pipe


@pytest.fixture
def terminal(monkeypatch):
    """Make standard input a terminal, from which nothing is read."""

    class Terminal:
        buffer = None

        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal())


@pytest.fixture
def run(labelled):
    return load(labelled.path)


@pytest.mark.parametrize("spherical", [[], ["--spherical"]])
def test_a_way_has_a_line_a_step(unvanish, run, spherical):
    short = ["--steps=4", "--max-words=5", "--device=cpu"]
    ended = unvanish("interpolate", run.path, A, B, *short, *spherical)
    lines = ended.out.splitlines()
    assert len(lines) == 4
    assert [lines[0], lines[-1]] == run.reconstruct([A, B], Decoding(max_words=5))
    assert ended.err == ""


def test_an_analogy_is_one_line(unvanish, run):
    ended = unvanish("analogy", run.path, A, B, A, "--device=cpu")
    assert ended.out.splitlines() == run.reconstruct([B])


def test_neighbours_have_a_line_each(unvanish, run, tmp_path):
    file = tmp_path / "among.txt"
    file.write_text(f"{B}\n{A}\n{A}\n{C}\n")
    words = ["neighbours", run.path, A, C, "--among", file, "-k", "2", "--device=cpu"]
    lines = [line.split("\t") for line in unvanish(*words).out.splitlines()]
    assert [line[0] for line in lines] == [A, A, C, C]
    assert [lines[0][2], lines[2][2]] == [A, C]
    assert float(lines[0][1]) == 0.0 <= float(lines[1][1])
    facts = json.loads(unvanish(*words, "--json").out)
    assert facts[1]["neighbours"][0]["text"] == C


def test_neighbours_are_looked_for_in_the_training_text(unvanish, run):
    first = " ".join(run.vocabulary.decode(run.corpora.train[0]))
    ended = unvanish("neighbours", run.path, first, "-k", "1", "--metric=cosine", "--device=cpu")
    assert ended.out == f"{first}\t0.0000\t{first}\n"


def test_an_edit_writes_lines_for_a_pipe_and_tells_how_well_it_worked(unvanish, run):
    words = ["edit", run.path, A, B, "--toward=bad", "--max-words=6", "--device=cpu"]
    ended = unvanish(*words)
    assert [line.partition(" -> ")[0] for line in ended.out.splitlines()] == [A, B]
    assert "before: 50.0% (9.5% to 90.5%)" in ended.err
    assert re.search(r"right on [\d.]+% \([\d.]+% to 100.0%\) of \d+ held-out", ended.err)
    facts = json.loads(unvanish(*words, "--json").out)
    assert facts["transfer"]["before"] == 0.5
    assert facts["unmoved"]["n_edited"] == 2
    assert unvanish(*words, "--quiet").err == ""


def test_the_strength_of_an_edit_counts(unvanish, run):
    words = ["edit", run.path, A, B, "--toward=bad", "--device=cpu", "--json"]
    still = json.loads(unvanish(*words, "--strength=0").out)
    assert [pair["edited"] for pair in still["sentences"]] == run.reconstruct([A, B])
    assert still["transfer"]["accuracy"] == still["unmoved"]["accuracy"]
    there, back = (unvanish(*words, f"--strength={x}").out for x in ("40", "-40"))
    assert there != back


def test_the_synthetic_corpus_has_moods(unvanish, tmp_path):
    """Its text and labels are made again; nothing needs to be kept."""
    out = tmp_path / "run"
    sizes = [f"--{name}=8" for name in ("hidden-size", "embedding-size", "latent-size")]
    unvanish(
        "train", "--epochs=1", "--batch-size=512", *sizes, "--device=cpu", "--quiet", "--out", out
    )
    words = ["edit", out, "our film was quite awful", "--toward=positive", "--device=cpu"]
    facts = json.loads(unvanish(*words, "--json", "--max-words=8").out)
    assert facts["transfer"]["classifier_accuracy"] == 1
    assert facts["transfer"]["before"] == 0


def test_arrays_have_a_row_a_sentence(unvanish, refused, run, tmp_path):
    file, out = tmp_path / "some.tsv", tmp_path / "z.npz"
    file.write_text(f"good\t{A}\n\n\t{B}\n")
    words = ["encode", run.path, file, "--device=cpu", "--out", out]
    ended = unvanish(*words, "--json")
    assert json.loads(ended.out)["arrays"]["mean"]["shape"] == [2, 4]
    with np.load(out) as stored:
        assert (stored["mean"] == run.encode([A, B])).all()
        assert (stored["logvar"] == run.posteriors([A, B]).logvar.numpy()).all()
        assert stored["labels"].tolist() == ["good", ""]
    before = out.read_bytes()
    assert "exists" in refused(*words)
    assert out.read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path not in (file, out)]


@pytest.mark.parametrize("name", ["z.npz", "z", "z.txt"])
def test_what_is_encoded_can_be_diagnosed(unvanish, labelled, tmp_path, name):
    file, out = labelled.path.parent / "corpus.tsv", tmp_path / name
    unvanish("encode", labelled.path, file, "--device=cpu", "--out", out)
    with np.load(out) as stored:
        assert "labels" in stored.files
        expected = str(diagnose(stored["mean"], stored["logvar"]))
    ended = unvanish("diagnose", out)
    assert ended.status == 0, ended.err
    assert ended.out.startswith(expected)


@pytest.mark.parametrize("name", ["reconstruct", "neighbours", "edit", "encode", "evaluate"])
def test_a_dash_is_standard_input(unvanish, piped, run, tmp_path, name):
    toward = {"edit": ["--toward=bad", "--max-words=5"]}.get(name, [])
    results = []
    file = tmp_path / "two.txt"
    file.write_text(f"{A}\n{B}\n")
    ways = [["-"], [], ["--file", "-"], ["--file", file]]
    if name in ("encode", "evaluate"):
        ways = [["-"], [file]]
    for number, way in enumerate(ways):
        piped(f"{A}\n\n{B}\n")
        out = tmp_path / f"{number}.npz"
        words = [name, run.path, *way, *toward, "--device=cpu"]
        words += ["--out", out] if name in ("encode", "evaluate") else []
        ended = unvanish(*words)
        assert ended.status == 0, ended.err
        results.append(ended.out)
        if out.exists():
            with np.load(out) as stored:
                results[-1] = {key: stored[key].tolist() for key in stored.files}
    assert all(result == results[0] for result in results)
    assert results[0]


def test_labels_in_a_pipe_are_words_and_that_is_said(unvanish, piped, run, tmp_path):
    file = tmp_path / "some.tsv"
    file.write_text(f"fine\t{A}\nnice\t{B}\n")
    piped(file.read_text())
    through, named = (
        unvanish("encode", run.path, source, "--device=cpu", "--quiet", "--out", out)
        for source, out in (("-", tmp_path / "piped.npz"), (file, tmp_path / "named.npz"))
    )
    assert through.err.startswith("warning: every line of standard input has one TAB")
    assert named.err == ""
    with np.load(tmp_path / "piped.npz") as stored:
        assert stored.files == ["mean", "logvar"]
        assert (stored["mean"] == run.encode([f"fine {A}", f"nice {B}"])).all()


def test_a_run_is_measured_on_its_own_text(unvanish, labelled, tmp_path):
    written = labelled.results()["splits"]
    out = tmp_path / "scores.npz"
    for parameters in ("last", "best"):
        words = ["evaluate", labelled.path, f"--parameters={parameters}", "--device=cpu"]
        found = json.loads(unvanish(*words, "--json").out)["splits"]
        for split in ("valid", "test"):
            for figure in ("rec", "kl", "elbo", "ppl", "active_units"):
                expected = written[split][parameters][figure]
                assert found[split][parameters][figure] == pytest.approx(expected, rel=1e-5)
    table = unvanish("evaluate", labelled.path, "--device=cpu", "--out", out).out
    assert f"{written['test']['last']['rec']:.3f}" in table
    assert re.search(r"test: -elbo [\d.]+ ± [\d.]+ over sentences, [\d.]+ nats per token", table)
    with np.load(out) as scores, np.load(labelled.path / "sentences-test.npz") as kept:
        np.testing.assert_allclose(scores["test_rec"], kept["rec"], rtol=1e-5)
        np.testing.assert_allclose(scores["test_elbo"], -(kept["rec"] + kept["kl"]), rtol=1e-5)


def test_a_run_is_measured_on_other_text(unvanish, run, tmp_path):
    file, out = tmp_path / "some.txt", tmp_path / "scores.npz"
    file.write_text(f"{A}\nthe unheard-of dog\n")
    words = ["evaluate", run.path, file, "--device=cpu", "--json"]
    ended = unvanish(*words, "--out", out)
    figures = json.loads(ended.out)["splits"]["some.txt"]["last"]
    assert "1 of 8 words unknown" in ended.err
    with np.load(out) as scores:
        assert scores["rec"].mean() == pytest.approx(figures["rec"])
        assert len(scores["elbo"]) == 2
    other = json.loads(unvanish(*words, "--seed=9").out)["splits"]["some.txt"]["last"]
    assert other["rec"] != figures["rec"]
    assert other["kl"] == figures["kl"]


@pytest.mark.parametrize(("text", "alone"), [(f"{A}\n", True), (f"{A}\n{A}\n", False)])
def test_one_sentence_has_no_active_units(unvanish, run, tmp_path, text, alone):
    file = tmp_path / "some.txt"
    file.write_text(text)
    words = ["evaluate", run.path, file, "--device=cpu"]
    figures = json.loads(unvanish(*words, "--json").out)["splits"]["some.txt"]["last"]
    assert figures["active_units"] == (None if alone else 0)
    assert figures["ppl"] > 1
    table = unvanish(*words).out
    assert re.findall(r"│ some\.txt │.*│ +(\S+) │", table) == ["-" if alone else "0"]
    assert ("of a single draw of z" in table) == alone
    assert ("(--importance-samples takes many)" in table) == alone
    many = unvanish("evaluate", run.path, file, "--importance-samples", "5").out
    assert ("of a single draw of z" in many) == alone
    assert "takes many" not in many
    assert ("±" in table) != alone


def test_the_likelihood_stands_beside_the_elbo(unvanish, run, tmp_path):
    out = tmp_path / "scores.npz"
    words = ["evaluate", run.path, "--importance-samples=40", "--device=cpu"]
    ended = unvanish(*words, "--json", "--out", out)
    assert ended.err == ""
    splits = json.loads(ended.out)["splits"]
    figures = splits["test"]["last"]
    expected = run.likelihood(samples=40)
    assert figures["importance_weighted"] == pytest.approx(expected.summary())
    plain = json.loads(unvanish("evaluate", run.path, "--device=cpu", "--json").out)["splits"]
    del figures["importance_weighted"]
    assert figures == plain["test"]["last"]
    with np.load(out) as stored:
        for name in ("log_likelihood", "log_likelihood_fewer", "effective_sample_size"):
            np.testing.assert_allclose(stored[f"test_{name}"], getattr(expected, name), rtol=1e-6)
        assert stored["valid_elbo"].shape == stored["valid_log_likelihood"].shape
    table = unvanish(*words, "--quiet").out
    nll, error = (expected.summary()[key] for key in ("nll", "nll_standard_error"))
    assert f"{nll:.3f} ± {error:.3f}" in table
    assert "40 draws of z" in table
    assert "4 draws" in table
    assert "not to be compared" in table


def test_rows_say_which_sentence_of_the_file_they_are(unvanish, run, tmp_path):
    long = "the cat " * 40
    file, out = tmp_path / "some.txt", tmp_path / "scores.npz"
    file.write_text(f"{long}\n{A}\n\n{long}\n{B}\nthe cow\n")
    words = ["evaluate", run.path, file, "--importance-samples=3", "--sentences=2", "--out", out]
    ended = unvanish(*words, "--device=cpu")
    assert "3 of 5 sentences kept (0 blank, 2 too long)" in ended.err
    sentences = [line for line in file.read_text().splitlines() if line]
    with np.load(out) as stored:
        assert stored["places"].tolist() == [1, 3, 4]
        assert stored["log_likelihood_places"].tolist() == [1, 4]
        kept = [sentences[place] for place in stored["places"]]
        np.testing.assert_allclose(stored["rec"], run.evaluate(kept).rec, rtol=1e-5)
        likelihood = run.likelihood(kept, samples=3).log_likelihood
        np.testing.assert_allclose(stored["log_likelihood"], likelihood[[0, 2]], rtol=1e-5)
        assert not np.allclose(stored["rec"], run.evaluate(kept[::-1]).rec, rtol=1e-2)


def test_one_draw_is_no_draws(unvanish, run):
    table = unvanish("evaluate", run.path, "--importance-samples=1", "--device=cpu").out
    assert "1 draw of z" in table
    assert "1 draws" not in table


def test_some_sentences_in_sixteen_bits(unvanish, run, tmp_path):
    out = tmp_path / "scores.npz"
    words = ["evaluate", run.path, "--importance-samples=9", "--sentences=3", "--device=cpu"]
    ended = unvanish(*words, "--precision=bf16", "--json", "--out", out)
    figures = json.loads(ended.out)["splits"]["test"]["last"]["importance_weighted"]
    expected = run.likelihood(samples=9, sentences=3, precision="bf16")
    assert figures == pytest.approx(expected.summary())
    assert (figures["sentences"], figures["precision"]) == (3, "bf16")
    with np.load(out) as stored:
        assert stored["test_log_likelihood_places"].tolist() == expected.places.tolist()
        assert stored["test_elbo"].shape == (len(run.corpora.test),)
        assert stored["test_places"].tolist() == list(range(len(run.corpora.test)))
    assert "bf16" in unvanish(*words, "--precision=bf16", "--quiet").out


def test_bits_per_character_need_known_words(unvanish, run, tmp_path):
    file = tmp_path / "some.txt"
    words = ["evaluate", run.path, file, "--importance-samples=3", "--device=cpu"]
    for text, known in ((f"{A}\n{B}\n", True), ("the unheard-of dog\n", False)):
        file.write_text(text)
        figures = json.loads(unvanish(*words, "--json").out)["splits"]["some.txt"]["last"]
        bits = figures["importance_weighted"]["bits_per_character"]
        assert (bits is not None) == known
        assert ("no bits per character" in unvanish(*words).out) != known
        if known:
            whole = figures["importance_weighted"]["nll"] * 2
            assert bits == pytest.approx(whole / math.log(2) / len(text))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["evaluate", "RUN", "--importance-samples=0"], "--importance-samples"),
        (["evaluate", "RUN", "--importance-samples=99999999999"], "--importance-samples"),
        (["evaluate", "RUN", "--importance-samples=2", "--precision=fp16"], "--precision"),
        (["evaluate", "RUN", "--importance-samples=2", "--sentences=0"], "--sentences"),
        (["evaluate", "RUN", "--precision=bf16"], "give that too"),
        (["evaluate", "RUN", "--sentences=2"], "give that too"),
        (["interpolate", "nowhere", A, B], "not a run"),
        (["interpolate", "RUN", A, A], "same sentence"),
        (["interpolate", "RUN", A, B, "--steps=1"], "at least 2"),
        (["interpolate", "RUN", A], "END"),
        (["interpolate", "RUN", A, " "], "sentence 2 has no words"),
        (["analogy", "RUN", A, A, B], "same sentence"),
        (["neighbours", "RUN", A, "-k", "0"], "-k 0"),
        (["neighbours", "RUN", A, "-k", "1000"], "-k 1000"),
        (["neighbours", "RUN", A, "--among=missing.txt"], "missing.txt"),
        (["neighbours", "PLAIN", A], "does not know which files"),
        (["edit", "RUN", A], "--toward"),
        (["edit", "RUN", A, "--toward=nice"], "'bad', 'good'"),
        (["edit", "RUN", A, "--toward=good", "--away=good"], "both 'good'"),
        (["edit", "RUN", A, "--toward=good", "--away=worst"], "'worst'"),
        (["edit", "PLAIN", A, "--toward=good"], "does not know which files"),
        (["edit", "RUN", A, "--toward=good", "--labelled=CORPUS"], "no labels"),
        (["edit", "RUN", A, "--towards=good"], "--toward"),
        (["edit", "RUN", A, "--toward=good", "--strength=nan"], "strength"),
        (["edit", "RUN", A, "--toward=good", "--strength=inf"], "strength"),
        (["encode", "RUN", "missing.txt", "--out=z.npz"], "missing.txt"),
        (["encode", "RUN", "CORPUS"], "--out z.npz"),
        (["encode", "RUN", "CORPUS", "--out=nowhere/z.npz"], "no folder"),
        (["evaluate", "PLAIN"], "does not know which files"),
        (["evaluate", "RUN", "--parameters=first"], "'last', 'best' or 'cycle-N'"),
        (["evaluate", "RUN", "--parameters=cycle-9"], "cycle-2"),
        (["evaluate", "RUN", "--device=meta"], "device"),
        (["sample", "RUN", "--beam=2", "--temperature=1"], "exclude each other"),
        (["sample", "RUN", "--greedy", "--top-k=2"], "exclude each other"),
        (["sample", "RUN", "--length-penalty=1"], "--beam"),
        (["sample", "RUN", "--beam=0"], "at least 1"),
        (["sample", "RUN", "--top-p=2"], "above 0 to 1"),
        (["reconstruct", "RUN", A, "--gredy"], "--gredy"),
        (["reconstruct", "RUN"], "no sentences"),
        (["edit", "RUN", "--toward=good"], "no sentences"),
        (["neighbours", "RUN"], "no sentences"),
    ],
)
@pytest.mark.usefixtures("terminal")
def test_a_wrong_call_is_told_in_one_line(refused, labelled, trained, corpus, words, message):
    places = {"RUN": labelled.path, "PLAIN": trained.path}
    words = [str(places.get(word, word)).replace("CORPUS", str(corpus)) for word in words]
    assert message in refused(*words)


@pytest.mark.parametrize("name", ["reconstruct", "neighbours", "encode", "evaluate"])
def test_an_empty_pipe_is_told(refused, piped, run, tmp_path, name):
    piped("\n \n")
    words = [name, run.path, "-", "--out", tmp_path / "out"]
    assert "standard input holds no sentences" in refused(*words)
    assert not (tmp_path / "out").exists()


def test_a_text_that_has_changed_is_told(refused, unvanish, tmp_path, corpus):
    sizes = [f"--{name}=8" for name in ("hidden-size", "embedding-size", "latent-size")]
    out = tmp_path / "run"
    unvanish("train", corpus, "--epochs=1", *sizes, "--device=cpu", "--quiet", "--out", out)
    with corpus.open("a") as file:
        file.write("the cat sees\n")
    for gone in (False, True):
        if gone:
            corpus.unlink()
        said = refused("neighbours", out, A)
        assert ("does not exist" if gone else "no longer the text") in said
        for way in ("evaluate or diagnose RUN FILE", "--among", "--labelled"):
            assert way in said
    other = corpus.with_name("other.txt")
    other.write_text(f"{A}\n{B}\n")
    for words in (["neighbours", out, A, "-k", "1", "--among", other], ["evaluate", out, other]):
        assert unvanish(*words, "--device=cpu").status == 0


@pytest.mark.parametrize(
    "words",
    [
        ["sample", "--greedy", "-n", "3"],
        ["sample", "--beam=3", "--length-penalty=0.6", "--max-words=5"],
        ["sample", "--top-k=3", "--top-p=0.5", "--temperature=0.7"],
        ["interpolate", A, B, "--beam=2", "--max-words=5"],
        ["analogy", A, B, C, "--parameters=best"],
        ["neighbours", A, "--parameters=cycle-1"],
        ["edit", A, "--toward=good", "--top-p=0.9", "--max-words=5"],
        ["evaluate"],
    ],
)
def test_json_stands_alone_and_is_the_same_every_time(unvanish, run, words):
    call = [words[0], run.path, *words[1:], "--device=cpu", "--json"]
    first, second = unvanish(*call), unvanish(*call)
    assert json.loads(first.out) == json.loads(second.out)


@pytest.mark.slow
def test_one_command_feeds_another(run):
    unvanish = f"{sys.executable} -m unvanish"
    command = (
        f"{unvanish} sample {run.path} -n 3 --max-words 5 --device cpu | "
        f"{unvanish} edit {run.path} --toward good --max-words 5 --quiet --device cpu"
    )
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    sources = [line.partition(" -> ")[0] for line in ended.stdout.splitlines()]
    assert sources == run.generate(3, Decoding("sampling", max_words=5))
    assert ended.stderr == ""


def test_an_edit_without_labels_names_the_option_that_brings_some(refused, unvanish, tmp_path):
    text, out = tmp_path / "plain.txt", tmp_path / "run"
    text.write_text("\n".join(f"the cat sees {number}" for number in range(30)))
    sizes = [f"--{name}=8" for name in ("hidden-size", "embedding-size", "latent-size")]
    unvanish("train", text, "--epochs=1", *sizes, "--device=cpu", "--quiet", "--out", out)
    said = refused("edit", out, "the cat", "--toward=good")
    assert "no labels" in said
    assert "--labelled" in said
