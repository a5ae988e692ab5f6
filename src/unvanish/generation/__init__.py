"""Sentences out of a trained model, and what can be done with their latent vectors."""

from .attributes import analogy, attribute_vector, move
from .beam import Found, beam_search, length_penalty
from .choosing import word_probabilities
from .decoding import Decoding
from .interpolation import interpolate
from .neighbours import Neighbours, neighbours
from .prior_draws import draw_latents
from .sentences import reconstruct, sample
from .writing import generate_tokens

__all__ = [
    "Decoding",
    "Found",
    "Neighbours",
    "analogy",
    "attribute_vector",
    "beam_search",
    "draw_latents",
    "generate_tokens",
    "interpolate",
    "length_penalty",
    "move",
    "neighbours",
    "reconstruct",
    "sample",
    "word_probabilities",
]
