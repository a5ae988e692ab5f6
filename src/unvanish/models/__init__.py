"""Blocks put together into models."""

from .encoding import Posteriors, encode_corpus
from .text_vae import TextVAE

__all__ = ["Posteriors", "TextVAE", "encode_corpus"]
