"""Dialog models under several settings and seeds: trained, generated with and scored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import DialogConfig, override
from ..data import WordVectors, read_word_vectors
from ..data.dialogs import (
    DialogBatches,
    DialogCorpora,
    Window,
    fitting_responses,
    load_dialogs,
    read_dialogs,
    read_references,
    true_responses,
    words_of,
)
from ..evaluation.dialog import score_responses
from ..generation import respond, scored_windows
from ..runs import DialogRun, read_json, write_json
from ..training import Reporter
from ..training.dialog import train_dialogs
from .reproducing import SWDA, BySeed, Request, Watcher, require_files, require_settings

__all__ = ["DialogMaterial", "DialogRuns", "train_dialog_cells"]

_VECTORS = ("glove.twitter.27B.200d.txt", "glove.6B.50d.first9163.txt")
"""Word vectors that are looked for in ``embeddings/``: those of the paper first."""

_QUICK_DIALOGS = {"train": 60, "valid": 20, "test": 20}
_QUICK_CONTEXTS = 60
_SHOWN = 10


@dataclass(frozen=True)
class DialogMaterial:
    """What models are trained on and scored with.

    Args:
        corpora: The splits.
        windows: Dialog and window of every test context that is scored.
        references: Responses that fit some of them, by their place; empty without the file.
        vectors: Word vectors for scores, and of the model's size for its words; or nothing.
    """

    corpora: DialogCorpora
    windows: Sequence[tuple[int, Window]]
    references: Mapping[int, Sequence[Sequence[str]]]
    vectors: WordVectors | None

    @classmethod
    def read(cls, request: Request, config: DialogConfig) -> "DialogMaterial":
        """Read it from the data folder; in short, some of it.

        Raises:
            UsageError: If a file is missing or is another one.
        """
        paths = require_files(SWDA, request.data)
        read = [read_dialogs(path) for path in paths.values()]
        if request.quick:
            counts = _QUICK_DIALOGS.values()
            read = [dialogs[:count] for dialogs, count in zip(read, counts, strict=True)]
        train, valid, test = read
        corpora = load_dialogs(train, valid, test, config.data)
        batches = DialogBatches(corpora.test, batch_size=1, context=config.data.context)
        windows = scored_windows(batches.windows())
        folder = paths["swda/test.jsonl"].parent
        found = sorted(folder.glob("test_multi_ref*.jsonl"))[-1:] if not request.quick else []
        references: dict[int, list[tuple[str, ...]]] = {}
        for path in found:
            references = fitting_responses(corpora.test, windows, read_references(path))
        if request.quick:
            windows = windows[:_QUICK_CONTEXTS]
        said = (text for dialogs in read for each in dialogs for text in each.utterances)
        words = {word for utterance in said for word in words_of(utterance.text)}
        return cls(corpora, windows, references, _vectors(folder.parent / "embeddings", words))


def _vectors(folder: Path, words: set[str]) -> WordVectors | None:
    """Read the first word vectors that are there, of the words that are needed."""
    for name in _VECTORS:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return read_word_vectors(path, words)
    return None


@dataclass(frozen=True)
class DialogRuns(BySeed):
    """Finished runs with their scores.

    Args:
        runs: ``results.json`` of each by setting and seed, with ``scores`` in it.
    """

    runs: Mapping[str, Mapping[int, Mapping[str, Any]]]

    def results(self) -> list[Mapping[str, Any]]:
        """Give the results of every run."""
        return [run for seeds in self.runs.values() for run in seeds.values()]

    def values(self, cell: str, figure: str) -> dict[int, float]:
        """Give a figure of the test split by seed, of the best parameters.

        Args:
            cell: The setting.
            figure: ``rec_ppl``, ``kl``, ... or a score; one that was not measured is absent.
        """
        found = {
            seed: {**run["splits"]["test"]["best"], **run["scores"]["true"]}.get(figure)
            for seed, run in self.runs[cell].items()
        }
        return {seed: float(value) for seed, value in found.items() if value is not None}


class _Steps(Reporter):
    """Moves a bar."""

    def __init__(self, moved: Callable[[int], None]) -> None:
        self.moved = moved

    def stepped(self, step: int, figures: Mapping[str, float]) -> None:
        """Tell the steps done."""
        self.moved(step)


def train_dialog_cells(
    cells: Mapping[str, DialogConfig],
    seeds: Sequence[int],
    request: Request,
    watcher: Watcher,
) -> DialogRuns:
    """Train, generate with and score what has not been yet, one run after the other.

    What a run would have said to some contexts stands in ``samples.txt`` in its folder.

    Args:
        cells: The settings by name.
        seeds: The seeds; the first of every cell comes before the second of any.
        request: Where and how; if nothing is to be trained, finished runs are only opened.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If something given cannot be used, a run diverged, or one that is there was
            trained with other settings.
    """
    found: dict[str, dict[int, Mapping[str, Any]]] = {name: {} for name in cells}
    if request.train:
        material = DialogMaterial.read(request, next(iter(cells.values())))
    for seed in seeds:
        for name, config in cells.items():
            folder = request.out / "runs" / f"{name}-seed{seed}"
            settings = override(config, {"seed": seed, "name": name})
            if request.train and not (folder / "scores.json").is_file():
                _carry_out(folder, settings, material, request.device, watcher)
            if (folder / "scores.json").is_file():
                found[name][seed] = _told(folder, settings)
    return DialogRuns(found)


def _told(folder: Path, config: DialogConfig) -> dict[str, Any]:
    """Read what a finished run tells, if it is what the setting says.

    Raises:
        UsageError: If it was trained with other settings.
    """
    run = DialogRun.open(folder)
    require_settings(folder, run.config, config)
    return {**run.results(), "scores": read_json(folder / "scores.json", "no scores")}


def _carry_out(
    folder: Path, config: DialogConfig, material: DialogMaterial, device: str, watcher: Watcher
) -> None:
    """Train one run to its end and score what it says."""
    vectors = material.vectors
    fits = vectors is not None and vectors.size == config.model.decoder.embedding_size
    steps = config.training.rounds * max(
        1,
        len(DialogBatches(material.corpora.train, batch_size=config.training.batch_size))
        // config.training.rounds_per_epoch,
    )
    with watcher.bar(folder.name, steps) as moved:
        run = train_dialogs(
            config,
            material.corpora,
            folder,
            vectors=vectors if fits else None,
            device=device,
            reporter=_Steps(moved),
            resume=True,
        )
    test, windows = material.corpora.test, material.windows
    with watcher.bar(f"{folder.name}: responses", len(windows)) as moved:
        said = respond(
            run.model("best"), test, windows, samples=5, seed=config.seed, progress=moved
        )
    samples = [each.samples for each in said]
    true = true_responses(test, windows)
    scores = {"true": score_responses(samples, true, vectors=vectors)}
    if material.references:
        chosen = [samples[place] for place in material.references]
        fitting = list(material.references.values())
        scores["several"] = score_responses(chosen, fitting, vectors=vectors)
    every = max(1, len(said) // _SHOWN)
    shown = "\n\n".join(each.as_text() for each in said[::every][:_SHOWN])
    (folder / "samples.txt").write_text(f"{shown}\n", encoding="utf-8")
    write_json(folder / "scores.json", scores)
