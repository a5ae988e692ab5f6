"""Blocks put together into models."""

from .dialog_cvae import DialogCVAE
from .encoding import Posteriors, encode_corpus
from .text_vae import TextVAE

__all__ = ["DialogCVAE", "Posteriors", "TextVAE", "encode_corpus"]
