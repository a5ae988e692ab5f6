"""Sentences out of a trained model."""

from .beam import Found, beam_search, length_penalty
from .choosing import word_probabilities
from .decoding import Decoding
from .prior_draws import draw_latents
from .sentences import reconstruct, sample
from .writing import generate_tokens

__all__ = [
    "Decoding",
    "Found",
    "beam_search",
    "draw_latents",
    "generate_tokens",
    "length_penalty",
    "reconstruct",
    "sample",
    "word_probabilities",
]
