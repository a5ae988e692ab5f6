"""Sentences out of a trained model."""

from .decoding import generate_tokens
from .sentences import reconstruct, sample

__all__ = ["generate_tokens", "reconstruct", "sample"]
