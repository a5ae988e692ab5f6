"""Importance-weighted likelihood: sentences a second and memory, against the usual way.

The usual way is that of the code of He et al. (2019), written out below: one sentence at a time,
100 draws in each pass, encoder included, all logits at once. Both ways alternate on the same
sentences in this process, after the longest sentence has shown how much memory they need; then
the whole text is measured.

    python benchmarks/importance_ptb.py RUN TEXT --out results/importance-ptb.json

RUN is a folder that `unvanish train` wrote on Penn Treebank, TEXT its test split.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
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
from unvanish.runs import Run
from unvanish.training.environment import environment, peak_memory

PARTS = 4
"""Times that the two ways take turns."""


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
    """Time both ways on the same sentences, in turns; the longest sentence tells the memory."""
    longest = part_of(run, corpus, [int(np.argmax(corpus.lengths))])
    ways: dict[str, Callable[[Corpus], np.ndarray]] = {
        "unvanish": lambda c: importance_weighted(run.in_use, c, samples=samples).log_likelihood,
        "usual": lambda c: usual_way(run.in_use, c, samples),
    }
    facts: dict[str, Any] = {}
    for name, way in ways.items():
        way(longest)  # the smaller first: memory that a process had is not given back
        facts[name] = {"peak_memory_mb": peak_memory(run.device), "seconds": 0.0, "cpu": 0.0}
    bounds: dict[str, list[np.ndarray]] = {name: [] for name in ways}
    places = spread(corpus, n)
    for turn in range(PARTS):
        part = part_of(run, corpus, places[turn::PARTS])
        for name, way in ways.items():
            found, seconds, cpu = timed(lambda way=way, part=part: way(part))
            bounds[name].append(found)
            facts[name]["seconds"] += seconds
            facts[name]["cpu"] += cpu
            print(f"turn {turn + 1} of {PARTS}: {name} {seconds:.1f} s", file=sys.stderr)
    for name in ways:
        facts[name]["sentences_per_second"] = len(places) / facts[name]["seconds"]
        facts[name]["nll"] = -float(np.concatenate(bounds[name]).mean())
    ratios = {key: facts["usual"][key] / facts["unvanish"][key] for key in ("seconds", "cpu")}
    return {"sentences": len(places), **facts, "usual_over_unvanish": ratios}


def whole(run: Run, corpus: Corpus, samples: int) -> dict[str, Any]:
    """Measure a text as a person would, with the elbo beside the likelihood."""
    done = [0]

    def tell(now: int) -> None:
        if now - done[0] >= 100:
            done[0] = now
            print(f"{now:,} of {len(corpus):,} sentences", file=sys.stderr, flush=True)

    found, seconds, cpu = timed(lambda: run.likelihood(corpus, samples=samples, progress=tell))
    return {
        "sentences": len(corpus),
        "tokens": corpus.n_tokens,
        "seconds": seconds,
        "cpu": cpu,
        "sentences_per_second": len(corpus) / seconds,
        "minus_elbo": -run.evaluate(corpus).summary()["elbo"],
        **found.summary(),
    }


def main(words: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--compared", type=int, default=40, help="sentences for both ways")
    parser.add_argument("--sentences", type=int, help="sentences measured (default: all)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    run = unvanish.load(given.run, device=given.device)
    corpus = run.read(given.text, as_in_training=True)
    compared = compare(run, corpus, given.samples, given.compared)
    chosen = corpus
    if given.sentences is not None:
        chosen = part_of(run, corpus, spread(corpus, given.sentences))
    results = {
        "format": 1,
        "kind": "importance_ptb",
        "samples": given.samples,
        "text": {"name": given.text.name, "sha256": corpus.sha256},
        "run": {"config": to_dict(run.config), "vocabulary": len(run.vocabulary)},
        "compared": compared,
        "measured": whole(run, chosen, given.samples),
        "environment": environment(run.device, "fp32"),
    }
    text = json.dumps(results, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
