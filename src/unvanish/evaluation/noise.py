"""Noise of z that depends on the seed and the place of a sentence alone."""

import numpy as np
import torch
from jaxtyping import Float, Int64
from numpy import ndarray
from torch import Tensor

__all__ = ["sentence_noise"]


def sentence_noise(
    places: Int64[ndarray, " batch"], *, seed: int, draws: int, size: int
) -> Float[Tensor, "batch draws latent"]:
    """Draw standard normal numbers for some sentences, each from a source of its own.

    The first draws of a sentence are the same however many there are.

    Args:
        places: Of the sentences in their corpus.
        seed: What all sources come from, at least 0.
        draws: How many for each sentence.
        size: Numbers of a draw.
    """
    sources = (np.random.SeedSequence(seed, spawn_key=(int(place),)) for place in places)
    noise = [
        np.random.default_rng(source).standard_normal((draws, size), np.float32)
        for source in sources
    ]
    return torch.from_numpy(np.stack(noise))
