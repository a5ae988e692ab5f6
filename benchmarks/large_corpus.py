"""Corpora that do not fit in memory: building, starting again, memory, and speed of training.

A synthetic text of Zipf's words, about ten a line, is written to a temporary folder. Its store is
built with one and with more processes, each time anew, while the anonymous memory of every process
is watched; then fresh processes start on it again, from the modules being imported to the first
batch; then one process trains a small model on it and on a small text of the same distribution in
turns.

    python benchmarks/large_corpus.py --lines 10000000 --out results/large-corpus.json

It needs about 2.5 GB of disk for 10 million lines, and Linux, whose /proc tells the memory.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

WORDS = 100_000
"""Different words that the text is drawn from."""

VOCABULARY = 2_000
"""Words that are kept: the model is then the same for both texts."""


def write_text(path: Path, lines: int, seed: int) -> None:
    """Write sentences of 1 and more words, 10 on average, of probabilities by Zipf's law."""
    rng = np.random.default_rng(seed)
    words = spelled(WORDS)
    weights = 1 / (np.arange(WORDS) + 2.7)
    ends = np.cumsum(weights / weights.sum())
    with path.open("w", encoding="ascii", newline="\n") as file:
        for first in range(0, lines, 100_000):
            lengths = 1 + rng.poisson(9, size=min(100_000, lines - first))
            ranks = np.minimum(np.searchsorted(ends, rng.random(lengths.sum())), WORDS - 1)
            drawn = iter(words[ranks].tolist())
            text = "\n".join(" ".join(islice(drawn, int(length))) for length in lengths)
            file.write(text + "\n")


def spelled(n: int) -> np.ndarray:
    """Spell numbers in syllables, the first with the fewest."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aeiou"]
    base = len(syllables)

    def spell(number: int) -> str:
        rest, last = divmod(number, base)
        return (spell(rest - 1) if rest else "") + syllables[last]

    return np.array([spell(number) for number in range(n)], dtype=object)


def anonymous_mb(process: int) -> float:
    """Give the memory of a process that no file stands behind, in MB; 0 of one that is no more."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    sizes = [int(line.split()[1]) for line in lines if line.startswith("RssAnon")]
    return sum(sizes) / 1024


def children(process: int) -> list[int]:
    """List the processes that a process has started."""
    found = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for path in found for number in path.read_text().split()]


@contextmanager
def watched() -> Iterator[dict[str, float]]:
    """Note the most anonymous memory that this process and each it starts have at any moment."""
    peaks = {"parent": 0.0, "worker": 0.0, "all_together": 0.0}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            parent, workers = anonymous_mb(os.getpid()), map(anonymous_mb, children(os.getpid()))
            sizes = list(workers)
            now = {"parent": parent, "worker": max(sizes, default=0.0)}
            now["all_together"] = parent + sum(sizes)
            peaks.update({name: max(peaks[name], size) for name, size in now.items()})

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        ended.set()
        thread.join()


def in_new_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do work in a process that has done nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def build(text: Path, cache: Path, processes: int) -> dict[str, Any]:
    """Store a text that has not been stored before."""
    from unvanish.data import load_corpora

    began = time.perf_counter()
    with watched() as peaks:
        corpora = load_corpora(text, max_vocabulary=VOCABULARY, cache=cache, processes=processes)
    seconds = time.perf_counter() - began
    splits = (corpora.train, corpora.valid, corpora.test)
    size = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    return {
        "processes": processes,
        "seconds": seconds,
        "lines_per_second": sum(split.report.read for split in splits) / seconds,
        "peak_anonymous_mb": peaks,
        "store_mb": size / 2**20,
        "sha256": corpora.sha256,
        "torch_loaded": "torch" in sys.modules,
    }


def start_again(text: Path, cache: Path) -> dict[str, float]:
    """Open the store of a text and make the first batch, all modules being imported."""
    from unvanish.data import LengthBucketedBatches, load_corpora

    began = time.perf_counter()
    corpora = load_corpora(text, max_vocabulary=VOCABULARY, cache=cache)
    opened = time.perf_counter()
    next(iter(LengthBucketedBatches(corpora.train, seed=1).epoch(0)))
    ended = time.perf_counter()
    return {
        "open_seconds": opened - began,
        "first_batch_seconds": ended - opened,
        "seconds": ended - began,
    }


def train_in_turns(texts: dict[str, Path], cache: Path, steps: int, turns: int) -> dict[str, Any]:
    """Train on each text in turns, and give tokens a second of each turn."""
    import torch

    from unvanish.data import LengthBucketedBatches, load_corpora

    torch.set_num_threads(1)
    loops: dict[str, Callable[[int, int], Turn]] = {}
    for name, text in texts.items():
        corpora = load_corpora(text, max_vocabulary=VOCABULARY, cache=cache)
        loops[name] = _loop(LengthBucketedBatches(corpora.train, seed=1), len(corpora.vocabulary))
    done: dict[str, list[Turn]] = {name: [] for name in loops}
    with watched() as peaks:
        for turn in range(turns + 1):
            for name in list(loops) if turn % 2 else list(reversed(loops)):
                made = loops[name](turn, steps)
                if turn:  # the first warms up
                    done[name].append(made)
    return {
        "steps_a_turn": steps,
        "turns": {name: [made._asdict() for made in turns] for name, turns in done.items()},
        "large_over_small": {
            clock: ratio(*([getattr(made, clock) for made in done[name]] for name in texts))
            for clock in ("tokens_per_second", "tokens_per_cpu_second")
        },
        "peak_anonymous_mb": peaks["parent"],
    }


class Turn(NamedTuple):
    """What a loop has done in one turn, by the clock and in processor time."""

    tokens_per_second: float
    tokens_per_cpu_second: float
    seconds_to_begin_the_epoch: float


def ratio(small: list[float], large: list[float]) -> dict[str, float]:
    """Compare the speeds of the turns: a turn during which something else ran decides nothing."""
    ratios = np.divide(large, small)
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return {"median": float(middle), "lower_quartile": float(low), "upper_quartile": float(high)}


def _loop(batches: Any, vocabulary_size: int) -> Callable[[int, int], Turn]:
    """Make what trains a small model of its own for some steps of an epoch."""
    import torch

    from unvanish.config import Config, override
    from unvanish.inference import AmortizedInference, BatchPart
    from unvanish.models import TextVAE
    from unvanish.nn import KeyedNoise
    from unvanish.nn.precision import autocast
    from unvanish.objectives import elbo_objective
    from unvanish.schedules import Constant
    from unvanish.training.optimizers import clip_and_step

    sizes = {
        f"model.{part}.{size}": 32
        for part in ("encoder", "decoder")
        for size in ("embedding_size", "hidden_size")
    }
    config = override(Config(), {**sizes, "model.latent_size": 8})
    torch.manual_seed(0)
    model = TextVAE(config.model, vocabulary_size=vocabulary_size)
    objective = elbo_objective(Constant(1.0))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    inference = AmortizedInference()

    def train(epoch: int, steps: int) -> Turn:
        clock = time.perf_counter()
        taken = batches.epoch(epoch)
        batch, tokens = next(taken), 0
        began, processor = time.perf_counter(), time.process_time()
        for step in range(steps):
            optimizer.zero_grad()
            part = BatchPart(batch, step, KeyedNoise.of(0, step, batch.indices))
            inference.gradients(model, objective, part, autocast("fp32", torch.device("cpu")))
            clip_and_step(optimizer, 5.0)
            tokens += batch.n_tokens
            batch = next(taken)
        ended, worked = time.perf_counter(), time.process_time() - processor
        return Turn(tokens / (ended - began), tokens / worked, began - clock)

    return train


def measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Write the texts, and measure everything on them."""
    texts = {"small": folder / "small.txt", "large": folder / "large.txt"}
    for name, lines in (("small", given.small), ("large", given.lines)):
        write_text(texts[name], lines, seed=lines)
        tell(f"wrote {lines:,} lines, {texts[name].stat().st_size / 2**20:,.0f} MB")
    cache = folder / "cache"
    built = []
    for processes in given.processes:
        shutil.rmtree(cache, ignore_errors=True)
        built.append(in_new_process(build, texts["large"], cache, processes))
        tell(f"built with {processes} processes: {built[-1]['seconds']:.1f} s")
    if len({each["sha256"] for each in built}) != 1:
        raise RuntimeError("the stores differ")
    in_new_process(build, texts["small"], cache, 1)
    starts = [in_new_process(start_again, texts["large"], cache) for _ in range(given.starts)]
    tell(f"started again: {[round(start['seconds'], 2) for start in starts]} s")
    trained = in_new_process(train_in_turns, texts, cache, given.steps, given.turns)
    return {
        "lines": {"small": given.small, "large": given.lines},
        "text_mb": texts["large"].stat().st_size / 2**20,
        "built": built,
        "one_process_over_others": [built[0]["seconds"] / each["seconds"] for each in built],
        "started_again": starts,
        "trained": trained,
    }


def tell(what: str) -> None:
    """Say how far it is."""
    print(what, file=sys.stderr, flush=True)


def main(words: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--steps", type=int, default=500, help="in a turn")
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--folder", type=Path, help="where there is room (default: the system's)")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        measured = measure(given, Path(folder))
    import torch

    from unvanish.training.environment import environment

    results = {
        "format": 1,
        "kind": "large_corpus",
        **measured,
        "environment": {**environment(torch.device("cpu"), "fp32"), "numpy": np.__version__},
    }
    text = json.dumps(results, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
