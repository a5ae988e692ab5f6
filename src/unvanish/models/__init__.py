"""Blocks put together into models."""

from .text_vae import TextVAE

__all__ = ["TextVAE"]
