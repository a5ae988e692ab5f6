import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import unvanish as package
from unvanish.config import Decoding, UsageError
from unvanish.data import Sentence, Vocabulary, load_corpus
from unvanish.evaluation import intervene
from unvanish.generation import SentenceWriter
from unvanish.runs import Run, load
from unvanish.runs.text import kept_places

TEXTS = ["the cat sees a fine", "the dog likes", "a poor", "the hen hears a nice the cow"]


@pytest.fixture
def run(labelled):
    return load(labelled.path)


@pytest.fixture
def copy(labelled, tmp_path):
    """A run that a test may change."""
    return load(shutil.copytree(labelled.path, tmp_path / "copy"))


@pytest.mark.slow
def test_load_is_at_the_top_and_comes_when_asked_for(labelled):
    program = (
        "import sys, unvanish\n"
        "assert not {'torch', 'numpy'} & set(sys.modules)\n"
        f"print(unvanish.load({str(labelled.path)!r}).encode(['the cat']).shape)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "(1, 4)"
    assert package.load is load


def test_encode_gives_the_mean_of_each_sentence_by_itself(run):
    model = run.model()
    means = run.encode(TEXTS)
    assert means.shape == (4, 4)
    for text, mean in zip(TEXTS, means, strict=True):
        ids = torch.tensor([run.vocabulary.encode(text.split())])
        with torch.no_grad():
            posterior = model.encode(ids, torch.tensor([ids.shape[1]]))
        assert mean == pytest.approx(posterior.mean[0].numpy(), abs=1e-6)
        logvar = run.posteriors([text]).logvar
        torch.testing.assert_close(logvar, posterior.logvar)
    assert not np.allclose(means[0], means[1], atol=1e-4)


def test_sentences_come_as_a_list_a_file_or_a_corpus(run, tmp_path):
    file = tmp_path / "some.txt"
    file.write_text("\n\n".join(TEXTS))
    expected = run.encode(TEXTS)
    for given in (file, str(file), run.read(TEXTS), [Sentence(text) for text in TEXTS]):
        assert (run.encode(given) == expected).all()


@pytest.fixture
def terse(copy):
    """A run whose sentences in training had three words at most."""
    plain = json.loads((copy.path / "config.json").read_text())
    plain["data"]["max_words"] = 3
    (copy.path / "config.json").write_text(json.dumps(plain))
    return load(copy.path)


def test_every_sentence_is_kept_unless_it_is_read_as_in_training(terse):
    assert terse.longest == 3
    assert len(terse.read(TEXTS)) == 4
    assert len(terse.score(TEXTS).rec) == 4
    assert len(terse.read(TEXTS, as_in_training=True)) == 2


def test_what_is_measured_of_a_list_fits_the_list(terse):
    scores = terse.score(TEXTS)
    assert (terse.evaluate(TEXTS).rec == scores.rec).all()
    found = terse.likelihood(TEXTS, samples=3)
    assert found.places.tolist() == [0, 1, 2, 3]
    assert terse.likelihood(TEXTS, samples=3, sentences=2).places.tolist() == [0, 3]
    assert terse.interventions(TEXTS).indices.tolist() == [0, 1, 2, 3]
    assert terse.interventions(TEXTS).rec["posterior"] == pytest.approx(scores.rec, rel=1e-5)
    assert terse.diagnose(TEXTS).figures.sentences == 4
    changed = terse.likelihood([*TEXTS[:2], "the cow", TEXTS[3]], samples=3)
    assert changed.log_likelihood[2] != pytest.approx(found.log_likelihood[2], rel=1e-3)
    kept = [0, 1, 3]
    assert changed.log_likelihood[kept] == pytest.approx(found.log_likelihood[kept], rel=1e-5)


def test_a_file_is_measured_as_training_read_its_own(terse, tmp_path):
    file = tmp_path / "some.txt"
    file.write_text("\n\n".join(TEXTS))
    kept = [TEXTS[1], TEXTS[2]]
    assert (terse.evaluate(file).rec == terse.evaluate(kept).rec).all()
    assert terse.likelihood(file, samples=2).places.tolist() == [0, 1]
    assert terse.diagnose(str(file)).figures.sentences == 2
    assert len(terse.score(file).rec) == 4


@pytest.mark.parametrize("too_long", ["drop", "truncate"])
def test_the_places_of_sentences_that_are_kept_are_known(copy, too_long):
    settings = json.loads((copy.path / "config.json").read_text())
    settings["data"].update(max_words=3, too_long=too_long)
    (copy.path / "config.json").write_text(json.dumps(settings))
    run = load(copy.path)
    sentences = [Sentence(text) for text in [*TEXTS, " ", "the cow"]]
    places = kept_places(run, sentences)
    corpus = run.read(sentences, as_in_training=True)
    assert places.tolist() == ([1, 2, 5] if too_long == "drop" else [0, 1, 2, 3, 5])
    assert [corpus[row].tolist() for row in range(len(corpus))] == [
        run.vocabulary.encode(sentences[place].text.split()[:3]) for place in places
    ]
    assert kept_places(run, []).tolist() == []


@pytest.mark.parametrize("method", ["evaluate", "likelihood", "interventions", "diagnose", "score"])
def test_a_blank_sentence_of_a_list_is_refused(run, method):
    with pytest.raises(UsageError, match="sentence 2 has no words"):
        getattr(run, method)(["the cat", " ", "the dog", "a poor"])


@pytest.mark.parametrize("split", ["valid", "test"])
@pytest.mark.parametrize("parameters", ["last", "best"])
def test_evaluate_gives_the_figures_of_results_json(labelled, split, parameters):
    run = load(labelled.path, parameters=parameters)
    figures = run.evaluate(getattr(run.corpora, split)).summary()
    written = run.results()["splits"][split][parameters]
    written.pop("epoch", None)
    assert figures.keys() == written.keys()
    for name, value in figures.items():
        assert value == pytest.approx(written[name], rel=1e-5), name


def test_evaluate_takes_the_test_split(run):
    written = run.results()["splits"]["test"]
    assert run.evaluate().summary()["rec"] == pytest.approx(written["last"]["rec"], rel=1e-6)


def test_interventions_take_the_test_split_and_the_seed_of_the_run(run):
    made = run.interventions()
    assert made.rec["posterior"] == pytest.approx(run.evaluate().rec, rel=1e-5)
    given = intervene(run.model(), run.read(TEXTS), sentences=3, seed=5)
    assert run.interventions(TEXTS, sentences=3, seed=5).summary() == given.summary()


def test_scores_are_those_of_each_sentence_with_the_noise_of_its_place(run):
    scores = run.score(TEXTS, seed=5)
    noise = np.random.default_rng(5).standard_normal((len(TEXTS), 4), dtype=np.float32)
    model = run.model()
    for place, text in enumerate(TEXTS):
        ids = torch.tensor([run.vocabulary.encode(text.split())])
        with torch.no_grad():
            posterior = model.encode(ids, torch.tensor([ids.shape[1]]))
            mean, deviation = posterior.mean, (posterior.logvar / 2).exp()
            z = mean + deviation * torch.from_numpy(noise[[place]])
            log_p = model.decoder.output(model.decoder(z, ids[:, :-1])).log_softmax(-1)
            kl = torch.distributions.kl_divergence(
                torch.distributions.Normal(mean, deviation), torch.distributions.Normal(0.0, 1.0)
            ).sum()
        rec = -log_p[0].gather(1, ids[0, 1:, None]).sum()
        assert scores.rec[place] == pytest.approx(float(rec), rel=1e-5)
        assert scores.kl[place] == pytest.approx(float(kl), rel=1e-4, abs=1e-6)
    assert (scores.elbo == -(scores.rec + scores.kl)).all()


def test_scores_of_many_draws_hardly_depend_on_the_place(run):
    one, many = (run.score([TEXTS[0]] * 50, draws=draws) for draws in (1, 50))
    assert np.ptp(many.rec) < np.ptp(one.rec) / 3
    assert (many.kl == one.kl).all()
    assert (run.score(TEXTS, draws=1, seed=3).rec == run.score(TEXTS, seed=3).rec).all()
    with pytest.raises(UsageError, match="draws=0"):
        run.score(TEXTS, draws=0)


def test_scores_do_not_depend_on_the_batch(run):
    one, all_ = run.score(TEXTS, batch_size=1), run.score(TEXTS)
    np.testing.assert_allclose(one.rec, all_.rec, rtol=1e-5)
    np.testing.assert_allclose(one.kl, all_.kl, rtol=1e-4)
    drawn = [run.score(TEXTS, batch_size=size, draws=3).rec for size in (1, 4)]
    np.testing.assert_allclose(*drawn, rtol=1e-5)
    assert not np.allclose(run.score(TEXTS, seed=9).rec, all_.rec, rtol=1e-5)


def test_generate_and_reconstruct_are_those_of_the_model(run):
    writer = SentenceWriter(run.model(), run.vocabulary)
    drawn = Decoding("sampling", max_words=12)
    assert run.generate(5, seed=3) == writer.sample(5, drawn, seed=3)
    assert run.generate(5, seed=3) != run.generate(5, seed=4)
    again = writer.reconstruct(TEXTS, Decoding(max_words=12))
    assert run.reconstruct(TEXTS) == run.generate(run.encode(TEXTS)) == again
    assert len(set(again)) == len(TEXTS), "or nothing is shown: one sentence for every z"
    beam = Decoding("beam", max_words=6)
    assert run.reconstruct(TEXTS, beam) == writer.reconstruct(TEXTS, beam)


def test_the_model_is_loaded_once_and_given_anew_when_asked_for(run, monkeypatch):
    calls = []
    model = Run.model
    monkeypatch.setattr(Run, "model", lambda self: calls.append(1) or model(self))
    run.encode(TEXTS)
    run.generate(2)
    run.score(TEXTS)
    assert len(calls) == 1
    assert run.model() is not run.in_use


def test_the_parameters_are_those_asked_for(labelled):
    means = {
        name: load(labelled.path, parameters=name).encode(TEXTS)
        for name in ("last", "best", "cycle-1", "cycle-2")
    }
    assert (means["cycle-2"] == means["last"]).all()
    assert not np.allclose(means["cycle-1"], means["last"], atol=1e-4)
    with pytest.raises(UsageError, match="unknown parameters 'first'"):
        load(labelled.path, parameters="first")
    with pytest.raises(UsageError, match="give last or best or cycle-1 or cycle-2"):
        load(labelled.path, parameters="cycle-9").encode(TEXTS)


def test_progress_is_told(run):
    done = []
    run.generate(5, batch_size=2, progress=done.append)
    run.encode(TEXTS, batch_size=2, progress=done.append)
    assert done == [2, 4, 5, 2, 4]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda run: run.encode([]), "there are no sentences"),
        (lambda run: run.encode(["the cat", " "]), "sentence 2 has no words"),
        (lambda run: run.encode("the cat"), "no file 'the cat'"),
        (lambda run: run.evaluate("missing.txt"), "no file 'missing.txt'"),
        (lambda run: run.encode(load_corpus(["a"], Vocabulary(("a",)))), "another vocabulary"),
        (lambda run: run.evaluate(load_corpus(["a"], Vocabulary(("a",)))), "another vocabulary"),
        (lambda run: run.generate(0), "at least 1"),
        (lambda run: run.generate(np.zeros((2, 3))), r"give \(n, 4\)"),
        (lambda run: run.generate(np.zeros(4)), r"give \(n, 4\)"),
        (lambda run: run.generate(np.float64(3)), r"give \(n, 4\)"),
        (lambda run: run.generate(np.int64(0)), "at least 1"),
        (lambda run: run.generate("the cat"), r"str is no array of latent vectors.*\(n, 4\)"),
        (lambda run: run.generate(None), "NoneType is no array of latent vectors"),
        (lambda run: run.generate([[0.0] * 4, [0.0]]), "list is no array of latent vectors"),
        (lambda run: run.generate(with_number(np.nan)), "latent vector 2 is not finite"),
        (lambda run: run.generate(with_number(-np.inf)), "latent vector 2 is not finite"),
        (lambda run: run.generate(with_number(1e300)), "latent vector 2 is not finite"),
        (lambda run: run.encode(None), "NoneType is no list of sentences"),
        (lambda run: run.encode(b"the cat"), "bytes is no list of sentences"),
        (lambda run: run.score(["the cat", float("nan")]), "sentence 2 is nan: give strings"),
        (lambda run: run.reconstruct([["the cat"]]), "sentence 1 is .*: give strings"),
        (lambda run: load(run.path, device="gpu"), "device 'gpu' is not to be had here"),
        (lambda run: load(run.path, device="cuda:99"), "device 'cuda:99' is not to be had here"),
        (lambda run: load(run.path, device=None), "device 'None' is not to be had here"),
    ],
)
def test_what_cannot_be_used_is_told(run, call, message):
    with pytest.raises(UsageError, match=message) as caught:
        call(run)
    assert "\n" not in str(caught.value)


def with_number(number):
    """Latent vectors of which the second has this number."""
    vectors = np.zeros((3, 4))
    vectors[1, 2] = number
    return vectors


def test_counts_of_numpy_and_lists_of_numbers_are_taken(run):
    assert run.generate(np.int64(3), seed=3) == run.generate(3, seed=3)
    vectors = with_number(2.0)
    assert run.generate(vectors.tolist()) == run.generate(vectors)
    assert run.generate(np.zeros((0, 4))) == []


def test_a_run_is_where_it_is_wanted(run):
    assert load(run.path, device="auto").device.type in ("cpu", "cuda")
    assert load(run.path, device=torch.device("cpu")).encode(TEXTS[:1]).shape == (1, 4)


def test_unknown_words_are_counted(run):
    assert run.read(["the unheard-of cat"]).report.unknown_words == 1


def test_the_training_text_is_read_again_as_it_was(run):
    assert run.corpora.sha256 == run.results()["corpus"]["sha256"]


@pytest.mark.parametrize("change", ["changed", "gone", "python"])
def test_training_text_that_is_no_longer_there_is_told(copy, trained, tmp_path, change):
    origin = json.loads((copy.path / "origin.json").read_text())
    file = tmp_path / "corpus.tsv"
    file.write_text("good\tthe cat sees a fine\nbad\ta poor\nbad\tthe dog\n")
    origin["corpus"]["files"]["train"] = str(file)
    (copy.path / "origin.json").write_text(json.dumps(origin))
    run = copy
    message = "no longer the text"
    if change == "gone":
        file.unlink()
        message = "does not exist"
    if change == "python":
        run, message = load(trained.path), "does not know which files"
    with pytest.raises(UsageError, match=message) as caught:
        _ = run.corpora
    assert "\n" not in str(caught.value)


def test_a_file_is_no_run(tmp_path):
    (tmp_path / "odd.txt").write_text("a cat")
    with pytest.raises(UsageError, match="it is a file; give the folder"):
        load(tmp_path / "odd.txt")


def test_of_a_folder_of_runs_three_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("no-run", "r/a", "r/b", "r/c", "r/d"):
        Path(name).mkdir(parents=True)
        Path(name, "config.json").write_text("{}")
    with pytest.raises(UsageError, match=r"it holds no config\.json"):
        load("no-run/..")
    for name in ("a", "b", "c", "d"):
        Path("r", name, "vocabulary.json").write_text("{}")
    for folder in (".", "r"):
        with pytest.raises(UsageError, match=r"it holds runs; did you mean r/a or r/b or r/c\?"):
            load(folder)
