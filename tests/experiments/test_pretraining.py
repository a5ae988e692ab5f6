"""The experiment on Yelp sentences, on a few that stand for them."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from unvanish.cli import main
from unvanish.config import UsageError
from unvanish.evaluation import FineTuning, LabelDraws, LabelledAccuracy
from unvanish.experiments import pretraining
from unvanish.experiments.corpora import DataFile
from unvanish.experiments.measurements.labels import LabelProbe
from unvanish.experiments.measurements.readings import Readings
from unvanish.experiments.measurements.words_alone import BAG_OF_WORDS
from unvanish.experiments.pretraining import OF_KL, Pretraining, claims_of_features
from unvanish.experiments.problems import yelp_sentences
from unvanish.experiments.problems.yelp_sentences import LABELS, cells_of
from unvanish.experiments.reproducing import Request, Watcher, train_cells
from unvanish.measures import summarize

pytest.importorskip("sklearn")

TINY = {
    "data.min_count": 1,
    "model.latent_size": 3,
    "model.encoder.embedding_size": 4,
    "model.encoder.filters": [4, 4, 5],
    "model.decoder.embedding_size": 4,
    "model.decoder.hidden_size": 5,
    "training.epochs": 2,
    "training.precision": "fp32",
}
THINGS, VERBS = ("food", "place", "staff", "soup"), ("was", "is", "seemed", "looked")
SENTIMENTS = {"0": ("awful", "poor"), "1": ("great", "fine")}
SIZES = {"train": 120, "dev": 40, "test": 60}


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder like that of the corpora, and an experiment that is content with it."""
    quickly = FineTuning(epochs=2)
    files = tuple(DataFile(f"yelp/{split}.tsv", None, "here") for split in SIZES)
    monkeypatch.setattr(yelp_sentences, "YELP", files)
    monkeypatch.setattr(Pretraining, "files", files)
    monkeypatch.setattr(yelp_sentences, "_QUICK", TINY)
    monkeypatch.setattr(pretraining, "_QUICK_DRAWS", LabelDraws((20, 60), shares=(0.1,)))
    monkeypatch.setattr(pretraining, "LabelProbe", partial(LabelProbe, fine_tuning=quickly))
    folder, rng = tmp_path / "data", np.random.default_rng(0)
    (folder / "yelp").mkdir(parents=True)
    for split, size in SIZES.items():
        lines = [
            f"{label}\tthe {rng.choice(THINGS)} {rng.choice(VERBS)} so {rng.choice(words)} {k} ."
            for label, words in SENTIMENTS.items()  # one label after the other
            for k in range(size // 2)
        ]
        (folder / "yelp" / f"{split}.tsv").write_text("\n".join(lines) + "\n")
    return folder


def reproduce(data, out, *more):
    where = (f"--data={data}", f"--out={out}", "--quiet", "--device=cpu")
    main(["reproduce", "pretraining", "--quick", *where, *more])
    return json.loads((out / "results.json").read_text())


@pytest.mark.slow
def test_the_models_are_trained_probed_and_told(data, tmp_path, capsys, without_parameters):
    out = tmp_path / "out"
    results = reproduce(data, out)
    assert "nothing is established" in capsys.readouterr().out
    assert {run["name"] for run in results["runs"]} == set(LABELS)
    by_name = {run["name"]: run for run in results["runs"]}
    assert by_name["autoencoder"]["splits"]["test"]["last"]["kl"] == 0
    frozen, tuned, unseen, _, losses = results["summary"]["tables"]
    assert list(frozen["columns"]) == ["12", "20", "60"]
    assert [row["row"] for row in frozen["rows"]] == [*LABELS, BAG_OF_WORDS]
    assert [row["row"] for row in tuned["rows"]] == list(LABELS)
    assert "KL" in losses["title"]
    words = frozen["rows"][-1]["ours"]["60"]["mean"]
    assert words > 0.9  # the sentiment is one word
    kept = json.loads((out / "runs/vae-cyclical-seed1/accuracies.json").read_text())["values"]
    for table, key in ((frozen, "accuracy"), (unseen, "accuracy_unseen")):
        (row,) = (row for row in table["rows"] if row["row"] == "vae-cyclical")
        read = {str(each["labelled"]): np.mean(each[key]) for each in kept["frozen"]}
        for column, spread in row["ours"].items():
            assert spread["values"] == pytest.approx([read[column]])
    assert {claim["verdict"] for claim in results["summary"]["claims"]} == {"not established"}
    assert (out / "accuracy.png").stat().st_size > 1_000
    assert (out / "codes.png").stat().st_size > 1_000
    counted = json.loads((out / "accuracies/repetition.json").read_text())["values"]
    assert f"{counted['seen']} of 60 test sentences occur" in results["summary"]["remarks"][1]
    (out / "some-sentences/train.tsv").unlink()  # nothing is read
    pictures = [out / "accuracy.png", out / "codes.png"]
    for picture in pictures:
        picture.unlink()
    main(["reproduce", "pretraining", "--quick", f"--out={out}", "--quiet", "--no-train"])
    told = json.loads((out / "results.json").read_text())
    assert told["summary"] == results["summary"]
    assert told["runs"] == results["runs"]
    for run in (out / "runs").iterdir():
        without_parameters(run, "accuracies.json", "codes.json")
    (out / "accuracies/bag-of-words-seed1.json").unlink()  # made anew, of the text that is given
    assert reproduce(data, out)["summary"] == results["summary"]
    assert all(picture.stat().st_size > 1_000 for picture in pictures)


@pytest.mark.slow
def test_accuracies_of_other_draws_are_not_taken_for_these(data, tmp_path):
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu")
    files = yelp_sentences.text_files(request)
    (cell,) = (cell for cell in cells_of(request) if cell.name == "vae-monotonic")
    heard = []

    class Hearing(Watcher):
        def tell(self, line):
            heard.append(line)

    def probe(*counts, epochs=1):
        return LabelProbe(files, LabelDraws(counts, repeats=1), 1, FineTuning(epochs=epochs))

    def trained(measurement, request=request):
        return train_cells([cell], (1,), files, request, Hearing(), [measurement])

    def labelled(measurement):
        readings = trained(measurement).measured(measurement)["vae-monotonic"][1]
        assert [each.labelled for each in readings.tuned] == list(measurement.draws.counts)
        return [each.labelled for each in readings.frozen]

    assert labelled(probe(20)) == [20]
    run = request.out / "runs/vae-monotonic-seed1"
    before = {name: (run / name).read_bytes() for name in ("accuracies.json", "results.json")}
    assert labelled(probe(20)) == [20]
    told = trained(probe(20, 40), replace(request, train=False))
    with pytest.raises(UsageError, match=r"counts: \[20\], now \[20, 40\]\): leave out --no-"):
        told.measured(probe(20, 40))
    assert {name: (run / name).read_bytes() for name in before} == before
    assert heard == []
    assert labelled(probe(20, 40)) == [20, 40]
    labelled(probe(20, 40, epochs=2))
    (run / "accuracies.json").write_text('{"frozen": [], "tuned": []}')  # of older code
    assert labelled(probe(20)) == [20]
    assert [line.rpartition(": ")[2] for line in heard] == ["it is measured again"] * 3
    assert "fine_tuning.epochs: 1, now 2" in heard[1]
    assert (run / "results.json").read_bytes() == before["results.json"]


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.slow
def test_a_run_that_left_sentences_out_is_refused(data, tmp_path, split):
    """Labels are drawn by the line of the file: with lines missing they would be of others."""
    request = Request(tmp_path / "out", data=data, quick=True, device="cpu")
    files = yelp_sentences.text_files(request)
    cell = cells_of(request)[0]
    run = train_cells([cell], (1,), files, request, Watcher()).runs[cell.name][1]
    longer = tmp_path / f"{split}.tsv"
    longer.write_text(Path(files[split]).read_text() + "1\tone more\n")
    probe = LabelProbe({**files, split: str(longer)}, LabelDraws((20,)), 1)
    with pytest.raises(UsageError, match=rf"{split}\.tsv has .* sentences, of which .* were read"):
        probe.measure(run, lambda done: None)


def test_what_was_not_trained_is_not_told(data, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        reproduce(data, tmp_path / "out", "--no-train")
    assert stop.value.code == 2
    assert "leave out --no-train" in capsys.readouterr().err
    assert not (tmp_path / "out/results.json").exists()
    assert not (tmp_path / "out/accuracies").exists()


def test_text_that_was_cut_short_is_written_anew(data, tmp_path):
    request = Request(tmp_path / "out", data=data, quick=True)
    train = Path(yelp_sentences.text_files(request)["train"])
    whole = train.read_bytes()
    train.write_bytes(whole[: len(whole) // 2])
    yelp_sentences.text_files(request)
    assert train.read_bytes() == whole


def readings(accuracies):
    """Three seeds around given accuracies, by model and number of labels; tuned the opposite."""
    noise = {1: -0.001, 2: 0.0, 3: 0.0015}

    def read(by_count, k, seed):
        def told(sign):
            return [
                LabelledAccuracy(count, summarize([sign * accuracy + noise[seed] * (1 + k)]))
                for count, accuracy in by_count.items()
            ]

        return Readings(told(1), told(-1))

    return {
        name: {seed: read(by_count, k, seed) for seed in noise}
        for k, (name, by_count) in enumerate(accuracies.items())
    }


def test_features_are_better_where_more_labels_are_found_in_the_mean_over_their_numbers():
    """Cycles are 0.05 below monotonic beta and 0.05 above the autoencoder; one number misleads."""
    claims = claims_of_features(
        readings(
            {
                "vae-cyclical": {100: 0.9, 500: 0.3},
                "vae-cyclical-constant-rate": {100: 0.6, 500: 0.8},
                "vae-monotonic": {100: 0.6, 500: 0.7},
                "autoencoder": {100: 0.8, 500: 0.3},
                BAG_OF_WORDS: {100: 0.99, 500: 0.99},
            }
        )
    )
    told = {claim.claim.partition("than ")[2]: claim.verdict for claim in claims}
    assert told == {
        f"{other}, in the mean over 100, 500 labels (frozen encoder)": verdict
        for other, verdict in (
            ("monotonic beta", "does not hold"),
            ("an autoencoder", "holds"),
            ("monotonic beta, at one learning rate", "holds"),
        )
    }


def test_a_mean_over_numbers_of_labels_is_of_the_seeds_that_have_all_of_them():
    found = readings({name: {100: 0.5, 500: 0.5} for name in ("vae-cyclical", "vae-monotonic")})
    found["vae-cyclical"][2].frozen.pop()
    both = {"autoencoder": {}, "vae-cyclical-constant-rate": {}}
    assert ", 2 seeds)" in claims_of_features({**found, **both})[0].evidence


def test_models_without_readings_are_not_compared():
    some = readings({"vae-cyclical": {100: 0.9}, "vae-monotonic": {100: 0.5}})
    claims = claims_of_features({"autoencoder": {}, "vae-cyclical-constant-rate": {}, **some})
    assert [claim.verdict for claim in claims] == ["holds", *["not established"] * 2]
    assert {claim.evidence for claim in claims[1:]} == {"not measured"}


def test_more_kl_is_what_is_claimed_of_the_runs(both_ways):
    there, back = both_ways([OF_KL], {"vae-cyclical": {"kl": 9.0}, "vae-monotonic": {"kl": 2.0}})
    assert (there, back) == (["holds"], ["does not hold"])


def test_in_short_both_labels_are_there(data, tmp_path, monkeypatch):
    monkeypatch.setattr(yelp_sentences, "_QUICK_LINES", {"train": 10, "valid": 4, "test": 6})
    request = Request(tmp_path / "out", data=data, quick=True)
    for split, path in yelp_sentences.text_files(request).items():
        labels = [line[0] for line in Path(path).read_text(encoding="utf-8").splitlines()]
        assert len(labels) == {"train": 10, "valid": 4, "test": 6}[split]
        assert labels.count("0") == labels.count("1")


def test_models_differ_in_what_they_are_called_after_alone(tmp_path):
    cells = {cell.name: cell.config for cell in cells_of(Request(tmp_path))}
    assert list(cells) == list(LABELS)
    for config in cells.values():
        assert config.model.encoder == cells["autoencoder"].model.encoder
        assert config.model.decoder == cells["autoencoder"].model.decoder
        assert (config.data, config.training) == (
            cells["autoencoder"].data,
            cells["autoencoder"].training,
        )
    assert [name for name in cells if cells[name].model.is_autoencoder] == ["autoencoder"]
    rates = {name: config.optimizer.schedule for name, config in cells.items()}
    assert [name for name in rates if rates[name] != "constant"] == ["vae-cyclical"]
    assert cells["vae-cyclical"].objective == cells["vae-cyclical-constant-rate"].objective
