"""The paper's training step against ours, and what lies between: tokens a second and memory.

The paper's way is that of its published code, written out below: 32-bit products, a log-softmax
over all words and one loss call for each time step, Adam tensor by tensor. Each way after it
changes one thing more, up to the step of `unvanish train`; beside them stand this one in 32 bits,
and the paper's with the last change alone. All of them see the same sentences in the same batches
and make the same update of the same model. Each has a process of its own, as it would have in use,
and they take turns: one works, the others wait. Settings of glibc in the environment do not reach
them.

    python benchmarks/ptb_epoch.py ptb/train.txt --out results/ptb-epoch.json

The limit is what the processor would need for the products alone: at the rate that it reaches on
large matrices, measured in the same run. Where the processor has no products of 16 bits, or with
--precision fp32, all ways take theirs in 32 bits.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile

from step_pieces import pieces, rate_of_products, timed
from unvanish.config import ModelConfig, to_dict
from unvanish.data import PAD, Batch, LengthBucketedBatches, Vocabulary, load_corpus, read_sentences
from unvanish.inference import AmortizedInference, BatchPart
from unvanish.models import TextVAE
from unvanish.nn import KeyedNoise
from unvanish.nn.precision import Precision, autocast, resolve_precision
from unvanish.objectives import elbo_objective, token_losses
from unvanish.training.environment import environment, peak_memory
from unvanish.training.freed_memory import SET_BY_THE_USER, freed_memory_kept
from unvanish.training.optimizers import clip_and_step

CPU = torch.device("cpu")
CLIP = 5.0


@dataclass(frozen=True)
class Way:
    """How an update is made.

    Args:
        title: What is new in it.
        precision: Of products.
        losses: One loss call for each time step (``"each"``), one for all (``"all"``), one
            function for output layer and loss, of words alone (``"fused"``), or the step of
            ``unvanish train`` as it is (``"ours"``).
        fused: Whether Adam moves all tensors in one call.
        keeps_memory: Whether what a step frees stays with the process.
    """

    title: str
    precision: Precision
    losses: str
    fused: bool
    keeps_memory: bool = False


WAYS = {
    "paper": Way("the paper's way", "fp32", "each", fused=False),
    "at-once": Way("one loss for all time steps", "fp32", "all", fused=False),
    "fused-adam": Way("Adam in one call", "fp32", "all", fused=True),
    "bf16": Way("products in 16 bits", "bf16", "all", fused=True),
    "one-function": Way("output layer and loss in one function", "bf16", "fused", fused=True),
    "noise-by-key": Way("noise by key, clipping inside Adam", "bf16", "ours", fused=True),
    "ours": Way("freed memory kept: train's step", "bf16", "ours", fused=True, keeps_memory=True),
    "ours-fp32": Way("train's step in 32 bits", "fp32", "ours", fused=True, keeps_memory=True),
    "paper-kept": Way(
        "the paper's way, freed memory kept", "fp32", "each", fused=False, keeps_memory=True
    ),
}

SIXTEEN_BITS = ("bf16", "ours-fp32")
"""Ways that differ from another one in their bits alone."""


def ways_in(precision: Precision) -> dict[str, Way]:
    """Give the ways to compare: all, or in 32 bits those that differ from each other there."""
    if precision == "bf16":
        return WAYS
    return {
        name: replace(way, precision="fp32")
        for name, way in WAYS.items()
        if name not in SIXTEEN_BITS
    }


def losses_each(states: Tensor, output: torch.nn.Linear, batch: Batch) -> Tensor:
    """Give rec as the paper's code does: a call for each time step, each a mean over sentences."""
    log_probabilities = F.log_softmax(output(states).float(), dim=-1)
    calls = [
        F.nll_loss(log_probabilities[:, time], words, ignore_index=PAD, reduction="sum")
        for time, words in enumerate(batch.targets.unbind(1))
    ]
    return torch.stack(calls).sum() / len(batch)


def losses_all(states: Tensor, output: torch.nn.Linear, batch: Batch) -> Tensor:
    """Give rec from one call."""
    logits = output(states).float().flatten(0, 1)
    words = batch.targets.flatten()
    return F.cross_entropy(logits, words, ignore_index=PAD, reduction="sum") / len(batch)


def losses_fused(states: Tensor, output: torch.nn.Linear, batch: Batch) -> Tensor:
    """Give rec from one function for output layer and loss; padding is left out."""
    return token_losses(states, batch.targets, batch.mask, output).sum() / len(batch)


REC = {"each": losses_each, "all": losses_all, "fused": losses_fused}


class Training:
    """A model that is trained in one way."""

    def __init__(self, way: Way, vocabulary: int) -> None:
        torch.manual_seed(0)
        self.way = way
        self.model = TextVAE(ModelConfig(), vocabulary_size=vocabulary).train()
        self.objective = elbo_objective(1.0)
        kind: dict[str, Any] = {"fused": True} if way.fused else {"foreach": False}
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, **kind)
        self.step = 0

    def gradients(self, batch: Batch) -> float:
        """Make the gradients of a batch and give its loss in nats."""
        self.optimizer.zero_grad()
        context = autocast(self.way.precision, CPU)
        if self.way.losses == "ours":
            part = BatchPart(batch, 0, KeyedNoise.of(0, self.step, batch.indices))
            loss = AmortizedInference().gradients(self.model, self.objective, part, context)
            return float(loss.total.detach())
        with context:
            posterior = self.model.encode(batch.tokens, batch.lengths)
            states = self.model.decoder(posterior.rsample(), batch.inputs)
            total = REC[self.way.losses](states, self.model.decoder.output, batch)
        total = total + posterior.kl(self.model.prior()).mean()
        total.backward()  # type: ignore[no-untyped-call]
        return float(total.detach())

    def update(self, batch: Batch) -> None:
        """Move the parameters once."""
        self.gradients(batch)
        if self.way.losses == "ours":
            clip_and_step(self.optimizer, CLIP)
        else:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
            self.optimizer.step()
        self.step += 1

    def learn(self, batches: Sequence[Batch]) -> None:
        """Move the parameters once for each batch."""
        for batch in batches:
            self.update(batch)


@contextmanager
def waiting(name: str, words: Sequence[str]) -> Iterator[Callable[[str], Any]]:
    """Start a process that trains in one way and does what it is told, until the end."""
    command = [sys.executable, __file__, *words, "--way", name]
    own = {key: value for key, value in os.environ.items() if key not in SET_BY_THE_USER}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=own
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def ask(task: str) -> Any:
            print(task, file=asked, flush=True)
            answer = told.readline()
            if not answer:
                raise SystemExit(f"the process of {name!r} has ended: what went wrong is above")
            return json.loads(answer)

        yield ask


def answer(training: Training, batches: Sequence[Batch], turns: int) -> None:
    """Do what is asked for, a line a task: the number of a turn, ``memory`` or ``profile``."""
    with freed_memory_kept() if training.way.keeps_memory else nullcontext():
        training.learn([batches[-1]] * 2)  # the longest
        memory = peak_memory(CPU)
        for task in map(str.strip, sys.stdin):
            if task == "memory":
                found: Any = memory
            elif task == "profile":
                found = profile_of(training, batches[::turns])
            else:
                found = timed(partial(training.learn, batches[int(task) :: turns]))
            print(json.dumps(found), flush=True)


def compare(
    compared: Mapping[str, Way], batches: Sequence[Batch], words: Sequence[str], turns: int
) -> dict[str, dict[str, Any]]:
    """Time ways on the same batches, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in compared}
    with ExitStack() as started:
        ways = {name: started.enter_context(waiting(name, words)) for name in compared}
        memory = {name: ask("memory") for name, ask in ways.items()}
        for turn in range(turns):
            for name, ask in ways.items():
                seconds[name].append(ask(str(turn)))
            print(f"turn {turn + 1} of {turns}: {_last(seconds)}", file=sys.stderr)
        shares = {name: ask("profile") for name, ask in ways.items()}
    tokens = np.array([sum(each.n_tokens for each in batches[t::turns]) for t in range(turns)])
    return {
        name: {
            **asdict(way),
            "tokens_per_second": float(np.median(tokens / seconds[name])),
            "times_as_fast": float(np.median(np.divide(seconds["paper"], seconds[name]))),
            "seconds": seconds[name],
            "shares_of_time": shares[name],
            "peak_memory_mb": memory[name],
        }
        for name, way in compared.items()
    }


def _last(seconds: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {each[-1]:.2f} s" for name, each in seconds.items())


def profile_of(training: Training, batches: Sequence[Batch], most: int = 12) -> dict[str, float]:
    """Give the operations that take most of a way's time, each with its share of all of it."""
    with profile(activities=[ProfilerActivity.CPU]) as found:
        training.learn(batches)
    own = {event.key: float(event.self_cpu_time_total) for event in found.key_averages()}
    total = sum(own.values())
    first = sorted(own, key=lambda name: -own[name])[:most]
    return {name: own[name] / total for name in first}


def operations_per_token(model: TextVAE) -> int:
    """Count the operations of products with weights for one word, forward and backward.

    A weight is multiplied and added once forward and twice backward. The layers from features to z
    and from z to the first state work once a sentence and are left out.
    """
    weights = [
        weight.numel()
        for part in (model.encoder, model.decoder)
        for name, weight in part.named_parameters()
        if name.startswith("layers.weight")
    ]
    used: int = sum(weights) + model.decoder.output.weight.numel()
    return 6 * used


def read(data: Path) -> tuple[LengthBucketedBatches, int]:
    """Read the training split with all its words, in batches of the paper's size."""
    sentences = list(read_sentences(data))
    vocabulary = Vocabulary.build(sentence.text.split() for sentence in sentences)
    corpus = load_corpus(data, vocabulary)
    return LengthBucketedBatches(corpus, batch_size=32), len(vocabulary)


def by_length(batches: Sequence[Batch]) -> list[Batch]:
    """Order batches so that every n-th of them, from any beginning, are a mixture of all."""
    return sorted(batches, key=lambda batch: batch.n_tokens)


def main(words: list[str] | None = None) -> dict[str, Any] | None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="a text, a sentence a line")
    parser.add_argument("--batches", type=int, default=120, help="of the epoch's (0: all)")
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--threads", type=int, help="of the processor (default: torch's choice)")
    parser.add_argument("--precision", choices=["fp32", "bf16"], help="(default: bf16 if it can)")
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    if given.threads is not None:
        torch.set_num_threads(given.threads)
    precision = given.precision or resolve_precision("auto", CPU)
    ways = ways_in(precision)
    every, vocabulary = read(given.data)
    chosen = by_length(list(every.epoch(0))[: given.batches or None])
    if given.way:
        answer(Training(ways[given.way], vocabulary), chosen, given.turns)
        return None
    same = [str(given.data), f"--batches={given.batches}", f"--turns={given.turns}"]
    same += [f"--threads={torch.get_num_threads()}", f"--precision={precision}"]
    found = compare(ways, chosen, same, given.turns)
    model = TextVAE(ModelConfig(), vocabulary_size=vocabulary)
    rate, needed = rate_of_products(precision), operations_per_token(model)
    results = {
        "format": 1,
        "kind": "ptb_epoch",
        "text": {"name": given.data.name, "sha256": every.corpus.sha256},
        "batches": len(chosen),
        "batches_per_epoch": len(every),
        "tokens": sum(batch.n_tokens for batch in chosen),
        "tokens_per_epoch": every.corpus.n_tokens,
        "model": {"config": to_dict(ModelConfig()), "vocabulary": vocabulary},
        "ways": found,
        "pieces_over_ours": pieces(vocabulary, precision),
        "limit": {
            "operations_per_token": needed,
            "operations_per_second": rate,
            "tokens_per_second": rate / needed,
            "share_reached": found["ours"]["tokens_per_second"] * needed / rate,
        },
        "environment": environment(CPU, precision),
    }
    text = json.dumps(results, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
