"""Importance-weighted likelihood: sentences a second and memory, against the usual way.

The usual way is that of the code of He et al. (2019), written out below: one sentence at a time,
100 draws in each pass, encoder included, all logits at once. It and ours, in 32 and in 16 bits
with the same noise, take turns on the same sentences in this process, after the longest sentence
has shown how much memory they need; then sentences spread evenly over the text, or all, are
measured.

    python benchmarks/importance_ptb.py RUN TEXT --sentences 300 --out FILE.json

RUN is a folder that `unvanish train` wrote on Penn Treebank, TEXT its test split.
"""

import argparse
import json
import math
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
from unvanish.data import Corpus
from unvanish.evaluation import importance_weighted
from unvanish.models import TextVAE
from unvanish.nn.precision import PrecisionSetting
from unvanish.runs import Run
from unvanish.training.environment import environment, peak_memory

PARTS = 4
"""Times that the ways take turns."""


def usual_way(model: TextVAE, corpus: Corpus, samples: int, *, chunk: int = 100) -> np.ndarray:
    """Bound log p(x) of each sentence as published code does, `nll_iw` of He et al. (2019).

    https://github.com/jxhe/vae-lagging-encoder/blob/master/modules/vae.py

    Args:
        model: A model in evaluation mode.
        corpus: The sentences.
        samples: Draws of z for each sentence.
        chunk: Draws in a pass.
    """
    device = next(model.parameters()).device
    found = []
    with torch.inference_mode():
        for place in range(len(corpus)):
            tokens = torch.from_numpy(corpus[place].astype(np.int64)).to(device).unsqueeze(0)
            weights = [
                _chunk(model, tokens, min(chunk, samples - first))
                for first in range(0, samples, chunk)
            ]
            bound = torch.logsumexp(torch.cat(weights), 0) - math.log(samples)
            found.append(float(bound))
    return np.array(found)


def _chunk(model: TextVAE, tokens: torch.Tensor, draws: int) -> torch.Tensor:
    posterior = model.encode(tokens, torch.tensor([tokens.shape[1]]))
    z = torch.cat([posterior.rsample() for _ in range(draws)])
    inputs, targets = tokens[:, :-1].repeat(draws, 1), tokens[:, 1:].repeat(draws, 1)
    logits = model.decoder.output(model.decoder(z, inputs))
    losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
    rec = losses.view(draws, -1).sum(-1)
    return model.prior().log_prob(z) - posterior.log_prob(z) - rec


def spread(corpus: Corpus, n: int) -> list[int]:
    """Choose sentences of all lengths, evenly over the corpus sorted by length."""
    order = np.argsort(corpus.lengths, kind="stable")
    return order[np.linspace(0, len(order) - 1, min(n, len(order))).round().astype(int)].tolist()


def part_of(run: Run, corpus: Corpus, places: list[int]) -> Corpus:
    """Give some sentences of a corpus as a corpus."""
    texts = [run.tokens.join(run.vocabulary.decode(corpus[place])) for place in places]
    return run.read(texts)


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Give what came out, and the seconds by the clock and of all processors."""
    clock, processors = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - clock, time.process_time() - processors


def compare(run: Run, corpus: Corpus, samples: int, n: int) -> dict[str, Any]:
    """Time all ways on the same sentences, in turns; the longest sentence tells the memory."""
    longest = part_of(run, corpus, [int(np.argmax(corpus.lengths))])

    def ours(precision: PrecisionSetting, part: Corpus) -> np.ndarray:
        found = importance_weighted(run.in_use, part, samples=samples, precision=precision)
        return found.log_likelihood

    ways: dict[str, Callable[[Corpus], np.ndarray]] = {
        "bf16": partial(ours, "bf16"),
        "fp32": partial(ours, "fp32"),
        "usual": lambda part: usual_way(run.in_use, part, samples),
    }
    facts: dict[str, Any] = {}
    for name, way in ways.items():
        way(longest)  # the smallest first: memory that a process had is not given back
        facts[name] = {"peak_memory_mb": peak_memory(run.device), "seconds": [], "cpu": []}
    bounds: dict[str, list[np.ndarray]] = {name: [] for name in ways}
    places = spread(corpus, n)
    for turn in range(PARTS):
        part = part_of(run, corpus, places[turn::PARTS])
        for name, way in ways.items():
            found, seconds, cpu = timed(partial(way, part))
            bounds[name].append(found)
            facts[name]["seconds"].append(seconds)
            facts[name]["cpu"].append(cpu)
            print(f"turn {turn + 1} of {PARTS}: {name} {seconds:.1f} s", file=sys.stderr)
    joined = {name: np.concatenate(found) for name, found in bounds.items()}
    for name in ways:
        facts[name]["sentences_per_second"] = len(places) / sum(facts[name]["seconds"])
        facts[name]["nll"] = -float(joined[name].mean())
    return {
        "sentences": len(places),
        **facts,
        "usual_over_fp32": ratios(facts["usual"], facts["fp32"]),
        "usual_over_bf16": ratios(facts["usual"], facts["bf16"]),
        "bf16_minus_fp32": differences(joined["bf16"] - joined["fp32"]),
    }


def ratios(slow: dict[str, Any], fast: dict[str, Any]) -> dict[str, float]:
    """Say how many times as long one way takes, by the clock and in processor time.

    It is the median over turns: a turn during which something else ran decides nothing.
    """
    return {key: float(np.median(np.divide(slow[key], fast[key]))) for key in ("seconds", "cpu")}


def differences(values: np.ndarray) -> dict[str, float]:
    """Describe what lies between two figures of the same sentences, in nats per sentence."""
    return {
        "mean": float(values.mean()),
        "standard_error": float(values.std(ddof=1) / math.sqrt(len(values))),
        "mean_absolute": float(abs(values).mean()),
        "greatest": float(abs(values).max()),
    }


def whole(
    run: Run, corpus: Corpus, samples: int, sentences: int | None, precision: PrecisionSetting
) -> dict[str, Any]:
    """Measure a text as a person would, with the elbo of the same sentences beside it."""
    done = [0]

    def tell(now: int) -> None:
        if now - done[0] >= 20:
            done[0] = now
            print(f"{now:,} sentences", file=sys.stderr, flush=True)

    found, seconds, cpu = timed(
        lambda: run.likelihood(
            corpus, samples=samples, sentences=sentences, precision=precision, progress=tell
        )
    )
    elbo = run.evaluate(corpus).elbo[found.places]
    return {
        "tokens": int(found.n_tokens.sum()),
        "seconds": seconds,
        "cpu": cpu,
        "sentences_per_second": len(found.places) / seconds,
        "minus_elbo": -float(elbo.mean()),
        "minus_elbo_standard_error": float(elbo.std(ddof=1) / math.sqrt(len(elbo))),
        "minus_elbo_above_nll": differences(found.log_likelihood - elbo),
        "minus_elbo_above_nll_fewer": differences(found.log_likelihood_fewer - elbo),
        **found.summary(),
    }


def main(words: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--compared", type=int, default=40, help="sentences for all ways")
    parser.add_argument("--sentences", type=int, help="sentences measured (default: all)")
    parser.add_argument("--precision", default="fp32", help="for these: auto, bf16 or fp32")
    parser.add_argument("--threads", type=int, help="of the processor (default: torch's choice)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    if given.threads is not None:
        torch.set_num_threads(given.threads)
    run = unvanish.load(given.run, device=given.device)
    corpus = run.read(given.text, as_in_training=True)
    compared = compare(run, corpus, given.samples, given.compared)
    measured = whole(run, corpus, given.samples, given.sentences, given.precision)
    results = {
        "format": 1,
        "kind": "importance_ptb",
        "samples": given.samples,
        "text": {"name": given.text.name, "sha256": corpus.sha256},
        "run": {"config": to_dict(run.config), "vocabulary": len(run.vocabulary)},
        "compared": compared,
        "measured": measured,
        "environment": environment(run.device, measured["precision"]),
    }
    text = json.dumps(results, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
