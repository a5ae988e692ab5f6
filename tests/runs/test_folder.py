import json
import os
import shutil

import numpy as np
import pytest
import torch

from unvanish.config import UsageError
from unvanish.evaluation import Evaluation
from unvanish.models import TextVAE
from unvanish.runs import Run, load


@pytest.fixture
def copy(trained, tmp_path):
    """A run that a test may damage."""
    return load(shutil.copytree(trained.path, tmp_path / "copy"))


def test_the_folder_holds_what_the_page_says(trained):
    names = {path.name for path in trained.path.iterdir()}
    assert names == {
        "config.json",
        "origin.json",
        "vocabulary.json",
        "metrics.jsonl",
        "model.safetensors",
        "checkpoints",
        "latent",
        "results.json",
        "sentences-valid.npz",
        "sentences-test.npz",
    }


def test_parameters_come_back_bit_by_bit(copy):
    model = TextVAE(copy.config.model, vocabulary_size=len(copy.vocabulary))
    copy.save_model(model, "best")
    for one, two in zip(model.parameters(), copy.model("best").parameters(), strict=True):
        assert torch.equal(one, two)


def test_a_model_is_opened_ready_for_use(copy):
    assert not copy.model().training


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_damaged_or_absent_parameters_are_told(copy, damage):
    if damage is None:
        copy.parameters_file().unlink()
    else:
        copy.parameters_file().write_bytes(damage)
    with pytest.raises(UsageError) as caught:
        copy.model()
    assert "model.safetensors" in str(caught.value)


def test_parameters_of_another_model_are_told(copy, small):
    other = TextVAE(small.model, vocabulary_size=len(copy.vocabulary) + 1)
    copy.save_model(other)
    with pytest.raises(UsageError, match="another run"):
        copy.model()


def test_a_later_format_is_refused(copy):
    plain = json.loads((copy.path / "config.json").read_text())
    (copy.path / "config.json").write_text(json.dumps({**plain, "format": 2}))
    with pytest.raises(UsageError, match="format 2"):
        load(copy.path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1, "trainin": {}}'])
def test_a_damaged_config_is_told(copy, text):
    (copy.path / "config.json").write_text(text)
    with pytest.raises(UsageError):
        load(copy.path)


def test_what_is_no_run_is_told(tmp_path):
    with pytest.raises(UsageError, match="not a run"):
        load(tmp_path)
    with pytest.raises(UsageError, match="not a run"):
        load(tmp_path / "nothing")


def test_unknown_parameters_are_told(trained):
    with pytest.raises(UsageError, match="'last', 'best' or"):
        trained.model("first")


def test_an_unfinished_run_is_told(trained, small, tmp_path):
    run = Run.create(tmp_path / "new", small, trained.vocabulary)
    with pytest.raises(UsageError, match="no epoch"):
        run.model()
    with pytest.raises(UsageError, match="not a finished run"):
        run.results()


def test_a_number_that_json_has_not_is_never_written(copy):
    with pytest.raises(ValueError, match="JSON"):
        copy.append_metrics({"train/loss": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        copy.write_json("results.json", {"rec": float("inf")})
    assert copy.results()["format"] == 1


def test_the_latent_space_is_kept_after_every_epoch(trained):
    kept = trained.latent()
    assert list(kept) == [1, 2]
    results = trained.results()
    n = results["corpus"]["splits"]["valid"]["sentences"]
    for indices, mean in kept.values():
        assert list(indices) == list(range(n))
        assert mean.shape == (n, trained.config.model.latent_size)
    variance = kept[2][1].var(axis=0, ddof=1)
    assert (variance > 0.01).sum() == results["splits"]["valid"]["last"]["active_units"]


def test_of_many_sentences_a_thousand_are_kept(trained, tmp_path):
    run = Run.create(tmp_path / "run", trained.config, trained.vocabulary)
    mean = np.arange(5_000.0)[:, None].repeat(2, axis=1)
    some = np.zeros(5_000)
    run.save_latent(3, Evaluation(some, some, None, mean, 9))
    ((indices, kept),) = run.latent().values()
    assert len(indices) == 1_000
    assert (indices[0], indices[-1]) == (0, 4_999)
    assert (kept[:, 0] == indices).all()


def test_others_may_read_what_a_run_holds(trained):
    mask = os.umask(0)
    os.umask(mask)
    for file in trained.path.rglob("*"):
        if file.is_file():
            assert file.stat().st_mode & 0o777 == 0o666 & ~mask, file
