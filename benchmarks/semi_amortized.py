"""What a training step of semi-amortized inference costs beside that of a plain VAE.

Both train the model of the paper on the same sentences in the same batches, each in the same
precision, and take turns. Fu et al. (2019) report 472 s for an epoch of Penn Treebank with 10
variational steps, and 30 s without: 15.7 times as long.

    python benchmarks/semi_amortized.py ptb/train.txt --out results/semi-amortized.json

Of the output layer alone, the largest part, a plain step takes 3 products: one forward, two
backward. With K variational steps it takes 3 for each on the way, 3 for each on the way back, and 3
for the last loss: 2 K + 1 times as many, 21 with 10 steps.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ptb_epoch import CLIP, CPU, by_length, read
from unvanish.config import ModelConfig, SemiAmortizedConfig, to_dict
from unvanish.data import Batch
from unvanish.inference import (
    AmortizedInference,
    BatchPart,
    InferenceStep,
    SemiAmortizedInference,
)
from unvanish.models import TextVAE
from unvanish.nn import KeyedNoise
from unvanish.nn.denormals import denormals_as_zero
from unvanish.nn.precision import Precision, autocast, resolve_precision
from unvanish.objectives import elbo_objective
from unvanish.training.environment import environment
from unvanish.training.optimizers import clip_and_step


class Training:
    """A model of the paper's size that is trained in one way.

    Args:
        inference: How gradients are made.
        precision: Of products, where the method leaves them the choice.
        vocabulary: Number of words.
    """

    def __init__(self, inference: InferenceStep, precision: Precision, vocabulary: int) -> None:
        torch.manual_seed(0)
        self.inference, self.precision = inference, precision
        self.model = TextVAE(ModelConfig(), vocabulary_size=vocabulary).train()
        self.objective = elbo_objective(1.0)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, fused=True)
        self.step = 0

    def update(self, batch: Batch) -> None:
        """Move the parameters once, as ``unvanish train`` does."""
        self.optimizer.zero_grad()
        part = BatchPart(batch, self.step, KeyedNoise.of(0, self.step, batch.indices))
        self.inference.gradients(self.model, self.objective, part, autocast(self.precision, CPU))
        clip_and_step(self.optimizer, CLIP)
        self.step += 1

    def learn(self, batches: Sequence[Batch]) -> None:
        """Move the parameters once for each batch."""
        for batch in batches:
            self.update(batch)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Give the seconds that something takes, by the clock and by what all threads used."""
    begin, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - used


@denormals_as_zero()
def compare(
    batches: Sequence[Batch],
    vocabulary: int,
    config: SemiAmortizedConfig,
    precision: Precision,
    turns: int,
) -> dict[str, Any]:
    """Time both on the same batches, in turns."""
    ways = {
        "amortized": Training(AmortizedInference(), precision, vocabulary),
        config.kind: Training(SemiAmortizedInference(config), precision, vocabulary),
    }
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for training in ways.values():
        training.learn(batches[-1:])  # the longest
    for turn in range(turns):
        for name, training in ways.items():
            seconds[name].append(timed(partial(training.learn, batches[turn::turns])))
        told = ", ".join(f"{name} {each[-1][0]:.2f} s" for name, each in seconds.items())
        print(f"{precision}, turn {turn + 1} of {turns}: {told}", file=sys.stderr)
    times = np.divide(seconds[config.kind], seconds["amortized"])
    by_clock, by_processor = np.median(times, axis=0).tolist()
    return {
        "seconds": {name: [clock for clock, _ in each] for name, each in seconds.items()},
        "processor_seconds": {name: [used for _, used in each] for name, each in seconds.items()},
        "times_as_long": by_clock,
        "times_as_much_processor_time": by_processor,
    }


def main(words: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="a text, a sentence a line")
    parser.add_argument("--batches", type=int, default=40, help="of the epoch's (0: all)")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--steps", type=int, default=10, help="variational steps")
    parser.add_argument("--threads", type=int, help="of the processor (default: torch's choice)")
    parser.add_argument("--precision", nargs="+", choices=["fp32", "bf16"])
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    if given.threads is not None:
        torch.set_num_threads(given.threads)
    precisions = given.precision or sorted({resolve_precision("auto", CPU), "fp32"}, reverse=True)
    every, vocabulary = read(given.data)
    chosen = by_length(list(every.epoch(0))[: given.batches or None])
    config = SemiAmortizedConfig(steps=given.steps)
    results = {
        "format": 1,
        "kind": "semi_amortized",
        "text": {"name": given.data.name, "sha256": every.corpus.sha256},
        "batches": len(chosen),
        "batches_per_epoch": len(every),
        "tokens": sum(batch.n_tokens for batch in chosen),
        "model": {"config": to_dict(ModelConfig()), "vocabulary": vocabulary},
        "inference": to_dict(config),
        "precisions": {
            each: compare(chosen, vocabulary, config, each, given.turns) for each in precisions
        },
        "published": {"times_as_long": 472 / 30, "source": "Fu et al. (2019), section 6.1"},
        "environment": environment(CPU, precisions[0]),
    }
    text = json.dumps(results, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
