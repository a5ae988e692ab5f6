"""Evaluating, encoding, sampling and reconstructing: sentences a second, against one at a time.

The usual way of scripts is a loop over sentences, a batch of one each: written out below. It and
ours take turns on the same sentences in this process; the share of sentences that come out the same
stands beside the times (evaluating draws z in one way and takes its mean in the other).

    python benchmarks/using_a_run.py RUN TEXT --out results/using-a-run.json

RUN is a folder that `unvanish train` wrote, TEXT a text in its words, such as its test split.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

import unvanish
from unvanish.config import to_dict
from unvanish.data import BOS, EOS, PAD, Corpus
from unvanish.runs import Run
from unvanish.training.environment import environment

TURNS = 4


def evaluate_one_by_one(run: Run, corpus: Corpus) -> list[float]:
    """Give rec of every sentence with z at the mean of q(z|x), in nats."""
    model, found = run.in_use, []
    for place in range(len(corpus)):
        tokens = torch.from_numpy(corpus[place].astype(np.int64)).unsqueeze(0)
        posterior = model.encode(tokens, torch.tensor([tokens.shape[1]]))
        logits = model.decoder.output(model.decoder(posterior.mean, tokens[:, :-1]))
        found.append(float(F.cross_entropy(logits[0], tokens[0, 1:], reduction="sum")))
    return found


def encode_one_by_one(run: Run, corpus: Corpus) -> np.ndarray:
    """Give the mean of q(z|x) of every sentence."""
    rows = []
    for place in range(len(corpus)):
        tokens = torch.from_numpy(corpus[place].astype(np.int64)).unsqueeze(0)
        rows.append(run.in_use.encode(tokens, torch.tensor([tokens.shape[1]])).mean)
    return torch.cat(rows).numpy()


def write_one_by_one(run: Run, z: torch.Tensor) -> list[str]:
    """Write the most probable words of every latent vector."""
    decoder, sentences = run.in_use.decoder, []
    for row in torch.split(z, 1):
        state, word = decoder.initial_state(row), BOS
        words: list[int] = []
        while len(words) < run.longest:
            features, state = decoder.advance(row, torch.tensor([[word]]), state)
            logits = decoder.output(features)[0, 0]
            logits[[PAD, BOS]] = -torch.inf
            word = int(logits.argmax())
            if word == EOS:
                break
            words.append(word)
        sentences.append(run.tokens.join(run.vocabulary.decode(words)))
    return sentences


def reconstruct_one_by_one(run: Run, corpus: Corpus) -> list[str]:
    """Write every sentence again from the mean of q(z|x)."""
    return write_one_by_one(run, torch.from_numpy(encode_one_by_one(run, corpus)))


def evaluate_ours(run: Run, corpus: Corpus) -> list[float]:
    """The same with :meth:`Run.score`, whose z is a draw: its figures are not compared."""
    return run.score(corpus).rec.tolist()  # type: ignore[no-any-return]


def tasks(run: Run, corpus: Corpus) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Give what is done, each in the usual way and in ours."""
    source = torch.Generator().manual_seed(1)
    z = torch.randn(len(corpus), run.config.model.latent_size, generator=source)
    return {
        "evaluate": (
            partial(evaluate_one_by_one, run, corpus),
            partial(evaluate_ours, run, corpus),
        ),
        "encode": (partial(encode_one_by_one, run, corpus), lambda: run.encode(corpus)),
        "sample": (partial(write_one_by_one, run, z), lambda: run.generate(z)),
        "reconstruct": (
            partial(reconstruct_one_by_one, run, corpus),
            lambda: run.reconstruct(corpus),
        ),
    }


def agreement(one: Any, two: Any) -> float:
    """Give the share of sentences for which two ways give the same, up to rounding."""
    if isinstance(one, np.ndarray):
        return float(np.isclose(one, two, atol=1e-4).all(-1).mean())
    return float(np.mean([a == b for a, b in zip(one, two, strict=True)]))


def compare(run: Run, corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Time each task in both ways, in turns."""
    found: dict[str, dict[str, Any]] = {}
    with torch.inference_mode():
        for name, ways in tasks(run, corpus).items():
            seconds, made = np.empty((TURNS, 2)), [None, None]
            for turn in range(TURNS):
                for k, way in enumerate(ways):
                    begin = time.perf_counter()
                    made[k] = way()
                    seconds[turn, k] = time.perf_counter() - begin
            found[name] = {
                "sentences_per_second": len(corpus) / float(np.median(seconds[:, 1])),
                "times_as_fast": float(np.median(seconds[:, 0] / seconds[:, 1])),
                "same": None if name == "evaluate" else agreement(*made),
            }
            print(f"{name}: {found[name]['times_as_fast']:.1f} times as fast", file=sys.stderr)
    return found


def main(words: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--sentences", type=int, default=300, help="spread over the text")
    parser.add_argument("--threads", type=int, help="of the processor (default: torch's choice)")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    if given.threads is not None:
        torch.set_num_threads(given.threads)
    run = unvanish.load(given.run)
    whole = run.read(given.text, as_in_training=True)
    places = np.linspace(0, len(whole) - 1, min(given.sentences, len(whole))).round().astype(int)
    texts = [run.tokens.join(run.vocabulary.decode(whole[place])) for place in places]
    results = {
        "format": 1,
        "kind": "using_a_run",
        "sentences": len(places),
        "text": {"name": given.text.name, "sha256": whole.sha256},
        "run": {"config": to_dict(run.config), "vocabulary": len(run.vocabulary)},
        "tasks": compare(run, run.read(texts)),
        "environment": environment(run.device, "fp32"),
    }
    text = json.dumps(results, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
