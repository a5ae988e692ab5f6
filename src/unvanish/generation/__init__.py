"""Sentences out of a trained model, and what can be done with their latent vectors."""

from ..config import Decoding
from .attributes import analogy, attribute_vector, move
from .bags import bag_of_words, words_in_common
from .beam import Found, beam_search, length_penalty
from .choosing import word_probabilities
from .given import given_sentences
from .interpolation import interpolate
from .label_classifier import LabelClassifier, train_classifier
from .neighbours import Neighbours, neighbours
from .prior_draws import draw_latents
from .responses import Responses, respond, scored_windows
from .sentences import SentenceWriter
from .transfer import Transfer, transfer_accuracy
from .writing import generate_tokens

__all__ = [
    "Decoding",
    "Found",
    "LabelClassifier",
    "Neighbours",
    "Responses",
    "SentenceWriter",
    "Transfer",
    "analogy",
    "attribute_vector",
    "bag_of_words",
    "beam_search",
    "draw_latents",
    "generate_tokens",
    "given_sentences",
    "interpolate",
    "length_penalty",
    "move",
    "neighbours",
    "respond",
    "scored_windows",
    "train_classifier",
    "transfer_accuracy",
    "word_probabilities",
    "words_in_common",
]
