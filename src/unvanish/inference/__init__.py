"""How one update is made from a batch."""

from .amortized import AmortizedInference
from .step import InferenceStep

__all__ = ["AmortizedInference", "InferenceStep"]
