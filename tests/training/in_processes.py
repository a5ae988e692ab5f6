"""One of several processes that train together: many small runs, one after the other.

    torchrun --nproc-per-node 2 in_processes.py FOLDER

Every process leaves what only it can see in ``rank<N>.json``.
"""

import json
import os
import random
import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist

from unvanish.config import Config, UsageError, override
from unvanish.data import load_corpora
from unvanish.inference import AmortizedInference
from unvanish.training import Reporter, TrainingStopped, process_group, train
from unvanish.training.updates import Updates

SETTINGS = {
    "model.latent_size": 4,
    "model.decoder.input_dropout": 0.5,
    "objective.beta": "cyclical:n_cycles=2",
    "optimizer.gradient_clip": 1.0,
    # where a gradient is all but 0, Adam would make its rounding as large as a step
    "optimizer.eps": 1e-3,
    "training.epochs": 2,
    "training.batch_size": 5,
    "training.log_every": 3,
    "training.checkpoint_every": 4,
    "training.paths": 6,
    "training.precision": "fp32",
    **{
        f"model.{part}.{name}": 12
        for part in ("encoder", "decoder")
        for name in ("embedding_size", "hidden_size")
    },
}
FREE = {"objective.free_bits": 0.22, "model.initial_range": 1.0}
CASES = {
    "plain": {},
    "accumulated": {"training.accumulate": 2, "optimizer.name": "radam"},
    "free by dimension": {**FREE, "objective.free_bits_form": "dimension-batch"},
    "free by batch": {**FREE, "objective.free_bits": 0.88, "objective.free_bits_form": "batch"},
    "stopped early": {
        "training.patience": 1,
        "training.epochs": 4,
        "objective.beta": "constant",
        "optimizer.learning_rate": 1e-15,
    },
}


def sentences(number, seed):
    source = random.Random(seed)
    nouns, verbs = ("cat", "dog", "bird", "fox"), ("sees", "likes", "hears")
    return [
        f"the {source.choice(nouns)} {source.choice(verbs)} the {source.choice(nouns)} {k % 7}"
        for k in range(number)
    ]


def corpora(seed=0):
    """31 sentences: six batches of five, which two processes share unequally, and one of one."""
    return load_corpora(sentences(31, seed), sentences(8, 100), sentences(8, 200))


def config(case):
    return override(Config(), {**SETTINGS, **CASES[case]})


class Heard(Reporter):
    """Counts what it is told, and asks the run to end at a step."""

    def __init__(self, stop_at=None):
        self.steps, self.stop_at = [], stop_at

    def stepped(self, step, figures):
        self.steps.append(step)
        if step == self.stop_at:
            os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def broken(owner, name, replacement):
    """Train as one should not, for a while."""
    before = getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, before)


def unweighted(self, model, objective, part, autocast, usual=AmortizedInference.gradients):
    """Count every process's mean alike, whatever its share."""
    return usual(self, model, objective, replace(part, share=1 / 2), autocast)


def own_means(self, numbers):
    """Decide what is free by the own share alone."""
    return numbers * dist.get_world_size()


def refusal(**changes):
    arguments = {"config": config("plain"), "corpora": corpora()} | changes
    try:
        train(**arguments, device="cpu")
    except UsageError as error:
        return str(error)
    return None


def main(folder):
    rank, seen = int(os.environ["RANK"]), {}
    for case in CASES:
        heard = Heard()
        train(config(case), corpora(), folder / case, device="cpu", reporter=heard)
        seen[case] = heard.steps
    with broken(AmortizedInference, "gradients", unweighted):
        train(config("plain"), corpora(), folder / "unweighted", device="cpu")
    with broken(Updates, "_all_reduce", own_means):
        for case in ("free by dimension", "free by batch"):
            train(config(case), corpora(), folder / f"{case}, own", device="cpu")
    seen["left"] = dist.is_initialized()
    for name in ("in one", "in two"):
        try:
            train(config("plain"), corpora(), folder / name, device="cpu", reporter=Heard(6))
        except TrainingStopped as stopped:
            seen[f"stopped, {name}"] = stopped.step
    dist.init_process_group("gloo")
    train(config("plain"), corpora(), folder / "in two", device="cpu", resume=True)
    seen["kept"] = dist.is_initialized()
    seen["in use"] = refusal(out=folder / "plain")
    seen["other text"] = refusal(corpora=corpora(seed=rank), out=folder / "other text")
    seeds = override(config("plain"), {"seed": 1 + rank})
    seen["other settings"] = refusal(config=seeds, out=folder / "other settings")
    with process_group() as processes:
        seen["flags"] = [
            processes.all_reduce([torch.ones(2)], raised=raised)
            for raised in (False, rank == 0, rank == 1)
        ]
        try:
            processes.agree(lambda: 1 // (1 - rank))
        except (ZeroDivisionError, UsageError) as error:
            seen["agreed"] = f"{type(error).__name__}: {error}"
    with broken(Updates, "update", lambda *arguments, **named: drift(rank, *arguments, **named)):
        seen["drifted"] = refusal(out=folder / "drifted")
    dist.destroy_process_group()
    (folder / f"rank{rank}.json").write_text(json.dumps(seen))


def drift(rank, updates, *arguments, usual=Updates.update, **named):
    """Let one process end up with other parameters than the others."""
    raised = usual(updates, *arguments, **named)
    if rank == 1:
        with torch.no_grad():
            next(updates.model.parameters()).view(-1)[0] += 1e-6
    return raised


if __name__ == "__main__":
    main(Path(sys.argv[1]))
