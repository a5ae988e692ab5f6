"""Small models in one thread, sentences that stand for Penn Treebank, figures without any run."""

import shutil
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from unvanish.config import Config
from unvanish.data import SyntheticText
from unvanish.experiments import constant_beta
from unvanish.experiments.catalogue import EXPERIMENTS, find_experiment
from unvanish.experiments.corpora import PTB, DataFile
from unvanish.experiments.illustrative import pictures
from unvanish.experiments.illustrative.problem import SCHEDULES
from unvanish.experiments.illustrative.sequence_runs import SequenceRuns
from unvanish.experiments.judging import BySeed, adjusted, judge_comparisons
from unvanish.experiments.problems import penn_treebank, schedule_grid, synthetic_text
from unvanish.experiments.reproducing import Cell, TextRuns, train_cells

_TINY = {
    "model.latent_size": 2,
    "model.encoder.embedding_size": 4,
    "model.encoder.hidden_size": 8,
    "model.decoder.embedding_size": 4,
    "model.decoder.hidden_size": 8,
    "training.epochs": 2,
    "training.precision": "fp32",
}
_TINY_TEXT = {
    "training.epochs": 1,
    "model.latent_size": 2,
    "model.encoder.hidden_size": 8,
    "model.decoder.hidden_size": 8,
    "training.batch_size": 512,
}
_WORDS = ("a", "cat", "dog", "sees", "hears", "nothing", "today", "again")


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _copies(copies):
    """Take no time to import torch in each worker."""


@pytest.fixture
def unrendered(unrendered, monkeypatch):
    """Put figures together and leave them so, all of them in this process."""
    monkeypatch.setattr(
        pictures, "beside", lambda function, *given: nullcontext(lambda: function(*given))
    )


@pytest.fixture
def treebank(tmp_path, monkeypatch):
    """A folder like that of the corpora, and an experiment that is content with it."""
    files = tuple(
        DataFile(f"ptb/{split}.txt", None, "here") for split in ("train", "valid", "test")
    )
    monkeypatch.setattr(penn_treebank, "PTB", files)
    for experiment in map(find_experiment, EXPERIMENTS):
        for attribute in ("files", "more_files"):
            if getattr(experiment, attribute) == PTB:
                monkeypatch.setattr(type(experiment), attribute, files)
    monkeypatch.setattr(penn_treebank, "_QUICK", _TINY)
    folder = tmp_path / "data"
    (folder / "ptb").mkdir(parents=True)
    for k, file in enumerate(files):
        lines = [
            " ".join(_WORDS[(i * (j + 2) + k) % len(_WORDS)] for j in range(2 + i % 5))
            for i in range(60)
        ]
        (folder / file.path).write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def short(monkeypatch, tmp_path):
    """Studies of many schedules whose runs take a few steps on a small part of the sentences."""
    text = tmp_path / "synthetic.txt"
    text.write_text("\n".join(each.text for each in SyntheticText(n=800).sentences()) + "\n")

    def train_some(cells, seeds, files, request, watcher, measurements):
        assert files == {}  # the synthetic text
        return train_cells(cells, seeds, {"train": str(text)}, request, watcher, measurements)

    monkeypatch.setattr(synthetic_text, "train_cells", train_some)
    monkeypatch.setattr(synthetic_text, "_QUICK", _TINY_TEXT)
    monkeypatch.setattr(schedule_grid, "_QUICK_STEPS", 40)
    monkeypatch.setattr(constant_beta, "_QUICK_STEPS", 40)


_TOLD = {"config.json", "results.json", "metrics.jsonl"}


def leave_what_is_told(folder, *measured):
    """Remove all of a run but what docs/what_holds.md says it is told by."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name not in {*_TOLD, *measured}:
            each.unlink()


@pytest.fixture
def without_parameters():
    """Gives :func:`leave_what_is_told`."""
    return leave_what_is_told


SEEDS = (1, 2, 3)


def around(mean, name, *, apart=7.0):
    """Three seeds that differ by nats from each other and, between settings, by little."""
    noise = np.random.default_rng(list(name.encode())).normal(0, 5e-4, len(SEEDS))
    return {seed: mean + apart * seed + float(e) for seed, e in zip(SEEDS, noise, strict=True)}


class Fabricated(BySeed):
    """Three seeds around given figures, by setting."""

    def __init__(self, rows):
        self.rows = rows

    def values(self, cell, figure):
        figures = self.rows[cell]
        return around(figures[figure], f"{cell} {figure}") if figure in figures else {}


@pytest.fixture
def fabricated():
    """Runs that are nothing but figures: give them by setting and name."""
    return Fabricated


@pytest.fixture
def both_ways():
    """Judges claims on figures, and on the same with those of each claim's two settings exchanged.

    It gives the verdicts of the first and those of the second, in the order of the claims.
    """

    def judged(comparisons, rows):
        there = adjusted(judge_comparisons(comparisons, Fabricated(rows)))
        back = []
        for each in comparisons:
            swapped = {each.first: rows[each.second], each.second: rows[each.first]}
            back += judge_comparisons([each], Fabricated({**rows, **swapped}))
        return [[claim.verdict for claim in claims] for claims in (there, adjusted(back))]

    return judged


def frames_of(seed, schedule, by_steps, marks):
    """Evaluations of a run; what is not given of a moment is not a number."""
    for mark in marks:
        given = by_steps.get(mark, {}).get(schedule, {"rec": np.nan, "kl": np.nan})
        rec, kl = (
            around(given[figure], f"{schedule}{mark}{figure}", apart=0.0)[seed]
            for figure in ("rec", "kl")
        )
        yield SimpleNamespace(
            rec=rec,
            kl=kl,
            loss=rec + kl,
            information=SimpleNamespace(value=kl),
            identified=kl / 10,
        )


@pytest.fixture
def sequence_runs():
    """Makes runs of the ten sequences: give rec and KL by steps and schedule."""

    def made(by_steps, settings):
        return SequenceRuns(
            settings,
            {
                name: {
                    seed: SimpleNamespace(frames=[*frames_of(seed, name, by_steps, settings.marks)])
                    for seed in SEEDS
                }
                for name in SCHEDULES
            },
        )

    return made


class ToldRun:
    """A finished run that is nothing but its figures."""

    def __init__(self, name, figures, best, metrics=()):
        self.name, self.figures, self.best, self.lines = name, figures, best, metrics

    def results(self):
        return {"name": self.name, "splits": {"test": {"last": self.figures, "best": self.best}}}

    def metrics(self):
        return self.lines


@pytest.fixture
def text_runs():
    """Makes text runs of figures by setting, those of the best parameters beside if they differ."""

    def made(last, best=None):
        runs = {}
        for cell, figures in last.items():
            by_seed = {seed: ({}, {}) for seed in SEEDS}
            for place, means in enumerate((figures, (best or last).get(cell, figures))):
                for figure, mean in means.items():
                    for seed, value in around(mean, f"{cell} {figure} {place}").items():
                        by_seed[seed][place][figure] = value
            runs[cell] = {seed: ToldRun(cell, *both) for seed, both in by_seed.items()}
        return TextRuns([Cell(cell, Config()) for cell in last], runs)

    return made
