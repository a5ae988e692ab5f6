"""The experiment on dialogs made by hand: every cell trained, generated with and scored."""

import gzip
import hashlib
import json
import random
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from unvanish import processes
from unvanish.comparison import Listener
from unvanish.config import DialogConfig, UsageError, override
from unvanish.experiments import dialog, published
from unvanish.experiments.catalogue import find_experiment
from unvanish.experiments.corpora import DataFile, require_files
from unvanish.experiments.problems.switchboard import responses as dialog_responses
from unvanish.experiments.problems.switchboard import runs as dialog_runs
from unvanish.experiments.problems.switchboard.material import DialogMaterial
from unvanish.experiments.problems.switchboard.responses import ResponseScores
from unvanish.experiments.problems.switchboard.runs import DialogRuns, train_dialog_cells
from unvanish.experiments.problems.switchboard.scoring import PAPERS_VECTORS, Scoring
from unvanish.experiments.reproducing import Request, Watcher
from unvanish.generation import Responses

SMALL = {
    "model.encoder.hidden_size": 6,
    "model.context.hidden_size": 6,
    "model.prior.hidden_size": 5,
    "model.decoder.embedding_size": 8,
    "model.decoder.hidden_size": 6,
    "model.latent_size": 3,
    "objective.bag_of_words_size": 6,
    "training.rounds": 1,
    "training.batch_size": 4,
    "training.evaluation_batch_size": 3,
}


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder in miniature, with vectors of another size than the model's words."""
    source = random.Random(1)
    folder = tmp_path / "data"
    (folder / "swda").mkdir(parents=True)
    (folder / "embeddings").mkdir()
    who = {"age": 30, "education": 1, "sex": "MALE"}
    for name, count in (("train", 8), ("valid", 3), ("test", 3)):
        lines = []
        for _ in range(count):
            said = [source.choice(["oh yes", "no", "i see that"]) for _ in range(5)]
            utts = [["AB"[k % 2], text, []] for k, text in enumerate(said)]
            lines.append(json.dumps({"A": who, "B": who, "topic": "PETS", "utts": utts}))
        text = "\n".join(lines).encode()
        packed = name == "train"
        file = folder / f"swda/{name}.jsonl{'.gz' if packed else ''}"
        file.write_bytes(gzip.compress(text) if packed else text)
    numbers = "\n".join(f"{word} {k} 1.0" for k, word in enumerate(["yes", "no", "see"]))
    (folder / "embeddings/glove.6B.50d.first9163.txt").write_text(numbers)
    names = ("train.jsonl.gz", "valid.jsonl", "test.jsonl")
    files = tuple(DataFile(f"swda/{name}", None, "") for name in names)
    monkeypatch.setattr(dialog_runs, "SWDA", files)
    monkeypatch.setattr(dialog, "_QUICK", SMALL)
    return folder


@pytest.mark.slow
def test_every_cell_is_trained_scored_and_gone_on_with(
    data, tmp_path, monkeypatch, without_parameters
):
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu")
    found = dialog.SwitchboardDialog().carry_out(request, Watcher())
    assert len(found.runs) == 4
    rows = found.tables[0].rows
    assert set(rows) == set(found.tables[0].published.rows)
    assert all(set(figures) == set(dialog._LOSSES) for figures in rows.values())
    assert len(found.claims) == len(dialog.CLAIMS)
    assert {claim.verdict for claim in found.claims} == {"not established"}
    assert any("learning rate is cycled together with beta" in each for each in found.remarks)
    folder = tmp_path / "out/runs/cvae-bow-cyclical-seed1"
    assert "sample 5:" in (folder / "samples.txt").read_text()
    before = (folder / "scores.json").stat().st_mtime_ns
    without_parameters(folder, "scores.json")
    again = dialog.SwitchboardDialog().carry_out(request, Watcher())
    assert (folder / "scores.json").stat().st_mtime_ns == before
    assert again.summary() == found.summary()
    json.dumps(list(found.runs), allow_nan=False)
    told = dialog.SwitchboardDialog().carry_out(replace(request, data=None, train=False), Watcher())
    assert told.summary() == found.summary()  # without the text
    monkeypatch.setattr(dialog, "_QUICK", {**SMALL, "model.latent_size": 4})
    with pytest.raises(UsageError, match=r"other settings \(.*model\.latent_size"):
        dialog.SwitchboardDialog().carry_out(request, Watcher())


def scored(found):
    return [run["scored_with"]["word_vectors"] for run in found.results()]


@pytest.mark.slow
def test_scores_of_other_word_vectors_are_made_again_or_refused(data, tmp_path):
    """The vectors of the paper come to hand when runs have been scored with others."""
    cells = {name: override(DialogConfig(), SMALL) for name in ("one", "two")}
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu", workers=1)
    files = [tmp_path / f"out/runs/{name}-seed1/scores.json" for name in cells]
    first = train_dialog_cells(cells, (1,), request, Watcher())
    small = data / "embeddings/glove.6B.50d.first9163.txt"
    told = {
        "name": small.name,
        "size": 2,
        "sha256": hashlib.sha256(small.read_bytes()).hexdigest(),
    }
    assert scored(first) == [told, told]
    assert first.results()[0]["scores"]["followed"]["bleu4_precision"] >= 0
    before = [file.read_text() for file in files]
    (data / "embeddings" / PAPERS_VECTORS).write_text("yes 1.0 0.0 2.0\nno 0.0 1.0 2.0\n")
    hearing = Hearing()
    again = train_dialog_cells(cells, (1,), request, hearing)
    assert "word_vectors.size: 2, now 3" in hearing.heard[0]
    assert [each["name"] for each in scored(again)] == [PAPERS_VECTORS] * 2
    assert first.values("one", "bleu4_precision") == again.values("one", "bleu4_precision")
    assert first.values("one", "e_bow_recall") != again.values("one", "e_bow_recall")
    idle = replace(request, data=None, train=False)
    files[0].write_text(before[0])
    with pytest.raises(UsageError, match=r"one \(seed 1\) and two \(seed 1\) were scored diff"):
        train_dialog_cells(cells, (1,), idle, Watcher())
    files[0].write_text(json.dumps({"followed": {"bleu4_precision": 0.2}}))  # of older code
    with pytest.raises(UsageError, match="does not say how it was made: leave out --no-train"):
        train_dialog_cells(cells, (1,), idle, Watcher())
    healed = train_dialog_cells(cells, (1,), request, hearing)
    assert healed.results() == again.results()


def trained_on(*dialogs):
    corpora = [{"splits": {"train": {"dialogs": count}}} for count in dialogs]
    runs = {seed: {"corpus": corpus} for seed, corpus in enumerate(corpora)}
    return DialogRuns({"cvae-monotonic": runs, "cvae-cyclical": runs})


@pytest.mark.parametrize(
    ("dialogs", "caveat"),
    [
        ((435, 435), "trained on all 2,316 dialogs, ours on 435"),
        ((2_316, 1_500), "trained on all 2,316 dialogs, ours on 1,500 or 2,316"),
        ((2_316, 2_316), ""),
        ((), ""),
    ],
)
def test_fewer_dialogs_than_the_papers_stand_beside_its_figures(dialogs, caveat):
    for row in dialog._beside(trained_on(*dialogs)).rows.values():
        assert row.caveat == caveat


TRAINED = {"splits": {"train": {"dialogs": 435}}}


def test_the_word_vectors_stand_beside_the_scores():
    def found(vectors):
        run = {
            "splits": {"test": {"best": {"kl": 1.0}}},
            "scores": {"followed": {}},
            "scored_with": {"word_vectors": vectors},
            "corpus": TRAINED,
        }
        return DialogRuns({"cvae-monotonic": {1: run}})

    ours = found({"name": "glove.tiny.txt", "size": 7, "sha256": "ab12"})
    told = dialog._scored(ours, 3)
    assert "ours in 3, with embeddings of GloVe Twitter 27B, ours with glove" in told
    for row in dialog._beside(ours, told).rows.values():
        assert row.caveat == f"trained on all 2,316 dialogs, ours on 435; {told}"
    (remark,) = dialog._of_vectors(ours)
    assert "glove.tiny.txt (7 numbers a word, sha256 ab12)" in remark
    assert "GloVe Twitter 27B, 200 numbers a word" in remark
    (remark,) = dialog._of_vectors(found(None))
    assert "with no word vectors" in remark
    assert dialog._of_vectors(DialogRuns({"cvae-monotonic": {}})) == ()


SCORED = {"word_vectors": None}


def test_scores_stand_beside_the_papers_where_both_are_against_several_responses():
    """With one response the recall of the best sample cannot be below the precision of all."""

    def run(**scores):
        losses = {"rec_ppl": 60.0, "kl": 0.2}
        return {
            "splits": {"test": {"best": losses}},
            "scores": scores,
            "scored_with": SCORED,
            "corpus": TRAINED,
        }

    one = {"bleu4_precision": 0.1, "bleu4_recall": 0.2, "contexts": 5_419}
    many = {"bleu4_precision": 0.3, "bleu4_recall": 0.1, "contexts": 50}
    both = DialogRuns({"cvae-monotonic": {1: run(followed=one, several=many)}, "cvae-cyclical": {}})
    losses, several, followed, _ = dialog._tables(both)
    assert losses.rows["cvae-monotonic"]["rec_ppl"].mean == 60.0
    assert "50 contexts" in several.title
    assert several.rows["cvae-monotonic"]["bleu4_recall"].mean == 0.1
    assert followed.rows["cvae-monotonic"]["bleu4_recall"].mean == 0.2
    assert (losses.published is None, followed.published is None) == (False, True)
    for row in several.published.rows.values():
        assert row.figures["bleu4_recall"] <= row.figures["bleu4_precision"]
    assert len(dialog._tables(DialogRuns({"cvae-monotonic": {1: run(followed=one)}}))) == 3


def test_responses_are_generated_where_the_grid_says(tmp_path, monkeypatch):
    seen = []

    class Spy:
        path, config = tmp_path, DialogConfig()

        def model(self, which, *, device):
            seen.append((which, str(device)))
            raise RuntimeError("asked for a model")

    monkeypatch.setattr(dialog_responses, "resolve_device", lambda name: f"resolved {name}")
    scoring, material = (
        Scoring(1, None, None, None, {}),
        SimpleNamespace(windows=[], corpora=Mock()),
    )
    with pytest.raises(RuntimeError, match="asked for a model"):
        ResponseScores(scoring, lambda: material, "cuda").measure(Spy(), print)
    assert seen == [("best", "resolved cuda")]


class Hearing(Watcher):
    def __init__(self):
        self.heard = []

    def tell(self, line):
        self.heard.append(line)


class Ear(Listener):
    def __init__(self):
        self.planned_steps, self.last, self.problems = {}, {}, {}

    def planned(self, folder, total_steps):
        self.planned_steps[folder] = total_steps

    def moved(self, folder, step):
        self.last[folder] = step

    def ended(self, ended):
        self.problems[ended.folder] = ended.problem


class Seeing(Watcher):
    def __init__(self):
        self.ear = Ear()

    def grid(self, folders):
        return nullcontext(self.ear)


@pytest.mark.slow
def test_a_run_that_fails_leaves_the_others_alone_and_responses_are_made_up_for(
    data, tmp_path, monkeypatch
):
    """In processes that are started as the command starts them, not as copies."""
    monkeypatch.setattr(processes, "_prepared", False)
    fine = override(DialogConfig(), SMALL)
    hopeless = override(fine, {"objective.beta": "constant:1e30"})
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu", workers=2)
    seeing = Seeing()
    with pytest.raises(UsageError, match=r"1 of 2 runs failed: hopeless-seed1: .*diverged"):
        train_dialog_cells({"hopeless": hopeless, "fine": fine}, (1,), request, seeing)
    assert seeing.ear.problems["fine-seed1"] is None
    folder = tmp_path / "out/runs/fine-seed1"
    assert seeing.ear.last["fine-seed1"] <= seeing.ear.planned_steps["fine-seed1"]
    scores, trained = (folder / "scores.json").read_text(), (folder / "results.json").stat()
    for name in ("scores.json", "responses.json"):
        (folder / name).unlink()
    again = Seeing()
    found = train_dialog_cells({"fine": fine}, (1,), request, again)
    assert (folder / "scores.json").read_text() == scores
    assert (folder / "results.json").stat().st_mtime_ns == trained.st_mtime_ns
    assert again.ear.last["fine-seed1"] == again.ear.planned_steps["fine-seed1"]
    assert found.values("fine", "kl").keys() == {1}


def write_references(data, *responses, after=1):
    """Say what would fit after so many utterances of the first test dialog, A's the first."""
    said = json.loads((data / "swda/test.jsonl").read_text().splitlines()[0])["utts"][:after]
    fitting = [["other", text] for text in responses]
    line = {"utts": [["A", "<d>"], *said], "speaker": "AB"[after % 2], "responses": fitting}
    (data / "swda/test_multi_ref.jsonl").write_text(json.dumps(line))


def says_yes(model, corpus, windows, *, samples, **_):
    return [Responses("PETS", (), "B", (), (("yes",),) * samples) for _ in windows]


def test_words_of_responses_that_fit_count_though_nobody_says_them(data, tmp_path, monkeypatch):
    write_references(data, "maybe yes", "unheard")
    numbers = "\n".join(("yes 1.0 0.0", "maybe 0.0 1.0", "unheard 0.0 2.0", "no -1.0 0.0"))
    (data / "embeddings/glove.6B.50d.first9163.txt").write_text(numbers)
    files = tuple(data / f"swda/{name}" for name in ("train.jsonl.gz", "valid.jsonl", "test.jsonl"))
    scoring = Scoring.of(files, quick=False)
    material = DialogMaterial.read(files, scoring, DialogConfig().data, quick=False)
    monkeypatch.setattr(dialog_responses, "respond", says_yes)
    found = ResponseScores(scoring, lambda: material, "cpu").measure(Mock(path=tmp_path), print)
    assert found["several"]["contexts"] == 1
    assert found["followed"]["contexts"] == len(material.windows) > 1
    # (1, 0) with the means (1/2, 1/2) and (0, 2)
    near, far = (1 + 0.5**0.5) / 2, 0.5
    assert found["several"]["a_bow_precision"] == pytest.approx(near)
    assert found["several"]["a_bow_recall"] == pytest.approx((near + far) / 2)


def test_fewer_contexts_than_have_references(data):
    write_references(data, "yes", after=2)
    files = tuple(data / f"swda/{name}" for name in ("train.jsonl.gz", "valid.jsonl", "test.jsonl"))
    scoring = replace(Scoring.of(files, quick=False), contexts=1)
    whole, few = (
        DialogMaterial.read(files, each, DialogConfig().data, quick=False)
        for each in (replace(scoring, contexts=None), scoring)
    )
    (place,) = whole.references
    assert place > 0
    assert few.references == {}


@pytest.mark.slow
def test_whole_runs_are_scored_against_several_responses(data, tmp_path):
    write_references(data, "oh no", "i see")
    request = Request(tmp_path / "out", data=data, device="cpu", workers=1)
    found = train_dialog_cells({"one": override(DialogConfig(), SMALL)}, (1,), request, Watcher())
    several = replace(found, against="several")
    assert several.values("one", "contexts") == {1: 1.0}
    assert found.values("one", "contexts")[1] > 1


def test_word_vectors_of_several_kinds_are_refused_unless_the_papers_are_there(data):
    files = tuple(data / f"swda/{name}" for name in ("train.jsonl.gz", "valid.jsonl", "test.jsonl"))
    other = data / "embeddings/mine.txt"
    other.write_text("yes 1.0 2.0\n")
    with pytest.raises(UsageError, match=f"several kinds: leave {PAPERS_VECTORS} there"):
        Scoring.of(files, quick=True)
    (data / "embeddings/glove.6B.50d.first9163.txt").unlink()
    assert Scoring.of(files, quick=True).vectors == other
    papers = data / "embeddings" / PAPERS_VECTORS
    papers.write_text("yes 1.0 2.0 3.0\n")
    assert Scoring.of(files, quick=True).vectors == papers


@pytest.mark.slow
def test_word_vectors_of_the_models_size_that_come_later_score_and_train_nothing(data, tmp_path):
    """As those of the paper do, whose size is that of the model's words."""
    cells = {"one": override(DialogConfig(), SMALL)}
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu", workers=1)
    before = train_dialog_cells(cells, (1,), request, Watcher()).results()[0]
    (data / "embeddings" / PAPERS_VECTORS).write_text("yes 1.0 0.0 2.0 0 0 0 0 1\n")
    (after,) = train_dialog_cells(cells, (1,), request, Watcher()).results()
    assert after["scored_with"]["word_vectors"]["size"] == 8
    assert after["splits"] == before["splits"]
    lines = (data / "swda/test.jsonl").read_text().replace("oh yes", "oh no")
    (data / "swda/test.jsonl").write_text(lines)
    (tmp_path / "out/runs/one-seed1/scores.json").unlink()
    with pytest.raises(UsageError, match=r"the dialogs are not those that .*one-seed1 was trained"):
        train_dialog_cells(cells, (1,), request, Watcher())


@pytest.mark.slow
def test_scores_of_an_earlier_version_are_refused_or_made_again(data, tmp_path):
    cells = {"one": override(DialogConfig(), SMALL)}
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu", workers=1)
    found = train_dialog_cells(cells, (1,), request, Watcher()).results()
    file = tmp_path / "out/runs/one-seed1/scores.json"
    plain = json.loads(file.read_text())
    del plain["settings"]["version"]
    file.write_text(json.dumps(plain))
    with pytest.raises(UsageError, match=r"by an earlier version, .* leave out --no-train"):
        train_dialog_cells(cells, (1,), replace(request, train=False), Watcher())
    assert train_dialog_cells(cells, (1,), request, Watcher()).results() == found


@pytest.mark.slow
def test_a_run_that_cannot_be_scored_any_more_says_what_to_put_back(data, tmp_path):
    cells = {"one": override(DialogConfig(), SMALL)}
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu", workers=1)
    train_dialog_cells(cells, (1,), request, Watcher())
    folder = tmp_path / "out/runs/one-seed1"
    best = folder / "checkpoints/best.safetensors"
    best.rename(folder / "elsewhere")
    (data / "embeddings" / PAPERS_VECTORS).write_text("yes 1.0 0.0 2.0\n")
    again = train_dialog_cells(cells, (1,), request, Watcher())  # what was said is kept
    assert scored(again)[0]["name"] == PAPERS_VECTORS
    (folder / "responses.json").unlink()
    assert train_dialog_cells(cells, (1,), request, Watcher()).results() == again.results()
    (folder / "scores.json").unlink()
    with pytest.raises(UsageError, match=r"scores\.json does not exist.*checkpoints/best\.safe"):
        train_dialog_cells(cells, (1,), request, Watcher())
    (folder / "elsewhere").rename(best)
    assert train_dialog_cells(cells, (1,), request, Watcher()).results() == again.results()


def test_the_files_that_were_checked_are_those_that_are_read(data, tmp_path):
    (data / "swda/train.jsonl").write_text("another text beside the one that is needed")
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu", workers=1)
    found = train_dialog_cells({"fine": override(DialogConfig(), SMALL)}, (1,), request, Watcher())
    assert len(found.results()) == 1


def test_the_cells_are_the_settings_of_the_scripts(tmp_path):
    cells = dialog._settings(Request(tmp_path, data=None))
    assert set(cells) == set(dialog._LABELS)
    plain = cells["cvae-cyclical"]
    assert plain == DialogConfig(optimizer=plain.optimizer)
    assert plain.optimizer.schedule == "cosine-restarts"
    assert cells["cvae-monotonic"].objective.beta == "fu2019-dialog-code-monotonic"
    assert cells["cvae-monotonic"].optimizer.schedule == "constant"
    assert cells["cvae-bow-cyclical"].objective.bag_of_words
    assert not cells["cvae-cyclical"].objective.bag_of_words


def test_differences_are_of_equal_seeds():
    def run(value):
        return {
            "splits": {"test": {"best": {"kl": value}}},
            "scores": {"followed": {"bleu4": value}},
        }

    runs = DialogRuns({"a": {1: run(3.0), 2: run(5.0)}, "b": {2: run(1.0), 3: run(9.0)}})
    assert runs.difference("a", "b", "kl").values == (4.0,)
    assert runs.difference("a", "b", "bleu4").values == (4.0,)
    assert runs.difference("a", "b", "e_bow") is None
    assert runs.spreads("a", ("kl", "e_bow"))["kl"].mean == pytest.approx(np.mean([3.0, 5.0]))


def test_the_papers_own_numbers_bear_out_every_claim_and_the_opposite_none(both_ways):
    """Of distinct words the paper shows examples: 0.3 and 0.2 stand for more and for less."""
    rows = {
        name: {**row.figures, "distinct_1": 0.3 if name.endswith("cyclical") else 0.2}
        for name, row in published.DIALOG.rows.items()
    }
    there, back = both_ways(dialog.CLAIMS, rows)
    assert set(there) == {"holds"}
    assert set(back) == {"does not hold"}
    for each in dialog.CLAIMS:
        assert each.first == each.second.replace("monotonic", "cyclical")
        assert ("bag of words" in each.claim) == ("bow" in each.first)
        # with fewer responses BLEU is another measure, and of distinct words there are no numbers
        assert (each.paper is None) == (each.figure not in ("rec_ppl", "kl"))
        assert ("Table 3" in each.where) == (each.figure != "distinct_1")


def test_missing_data_is_told(tmp_path):
    experiment = find_experiment("dialog")
    with pytest.raises(UsageError, match=r"swda/train\.jsonl\.gz"):
        require_files(experiment.files, tmp_path)
