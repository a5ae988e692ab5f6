"""Sentences of known information: a few factors of known entropy, and noise around them."""

from .english import FACTORS, Factors
from .generator import SyntheticText
from .slots import Slot

__all__ = ["FACTORS", "Factors", "Slot", "SyntheticText"]
