"""Parts of a training step on their own, each in other ways too, and the rate of products alone."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from unvanish.nn import KeyedNoise
from unvanish.nn.denormals import denormals_as_zero
from unvanish.nn.precision import Precision, autocast
from unvanish.objectives.linear_cross_entropy import linear_cross_entropy

__all__ = ["pieces", "rate_of_products", "timed"]

SENTENCES, WORDS, SIZE = 32, 22, 256
CPU = torch.device("cpu")
KIND = {"bf16": torch.bfloat16, "fp32": torch.float32}


def timed(work: Callable[[], Any]) -> float:
    """Give the seconds that something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def least_seconds(work: Callable[[], Any], times: int = 7) -> float:
    """Give the least time that something takes, once it has been done before."""
    work()
    return min(timed(work) for _ in range(times))


def pieces(vocabulary: int, precision: Precision) -> dict[str, dict[str, float]]:
    """Time parts of the step in other ways, as multiples of ours.

    Args:
        vocabulary: Number of words.
        precision: Of products.
    """
    torch.manual_seed(0)
    return {
        "output layer and loss": losses(vocabulary, precision),
        "mask of dropout": masks(),
        "Adam, words that do not occur": means(vocabulary),
    }


def losses(vocabulary: int, precision: Precision) -> dict[str, float]:
    """Time other ways to the loss of the words of a batch."""
    states = torch.randn(SENTENCES * WORDS, SIZE).to(KIND[precision])
    output = nn.Linear(SIZE, vocabulary)
    words = torch.randint(vocabulary, (len(states),))
    weight, bias = (
        each.detach().to(KIND[precision]).requires_grad_() for each in output.parameters()
    )
    options = nn.LinearCrossEntropyOptions()

    def backward(loss: Tensor) -> None:
        loss.backward()  # type: ignore[no-untyped-call]

    def ours() -> None:
        with autocast(precision, CPU):
            backward(linear_cross_entropy(states, words, output).sum())

    def plain() -> None:
        with autocast(precision, CPU):
            backward(F.cross_entropy(output(states).float(), words, reduction="sum"))

    def chunked() -> None:
        backward(
            F.linear_cross_entropy(
                states, weight, words, linear_bias=bias, reduction="sum", options=options
            )
        )

    one = least_seconds(ours)
    ways = {"two functions": plain, "torch's chunked function": chunked}
    return {name: least_seconds(way) / one for name, way in ways.items()}


def masks() -> dict[str, float]:
    """Time another way to masks of dropout."""
    key = KeyedNoise.of(0, 0, torch.arange(SENTENCES))
    one = least_seconds(lambda: key.kept("x", (WORDS, SIZE), 0.5))
    drawn = least_seconds(lambda: torch.empty(SENTENCES, WORDS, SIZE).bernoulli_(0.5))
    return {"Bernoulli numbers": drawn / one}


def means(vocabulary: int) -> dict[str, float]:
    """Time Adam where no word has occurred for so long that the means of gradients are denormal."""
    embedding = nn.Parameter(torch.randn(vocabulary, SIZE))
    embedding.grad = torch.zeros_like(embedding)
    adam = torch.optim.Adam([embedding], fused=True)
    adam.step()

    def forgotten() -> float:
        adam.state[embedding]["exp_avg"].fill_(1e-39)
        return least_seconds(adam.step)

    with denormals_as_zero():
        one = forgotten()
    return {"denormal numbers as they are": forgotten() / one}


def rate_of_products(precision: Precision, turns: int = 15) -> float:
    """Give the most operations a second that large products reach."""
    best = 0.0
    for rows, inner, columns in ((1024, 1024, 1024), (2048, 2048, 2048), (704, 256, 10_016)):
        one = torch.randn(rows, inner).to(KIND[precision])
        two = torch.randn(columns, inner).to(KIND[precision]).t()
        for _ in range(turns):
            best = max(best, 2 * rows * inner * columns / timed(partial(torch.mm, one, two)))
    return best
