"""How one update is made from a batch."""

from .amortized import AmortizedInference
from .side_by_side import SideBySide, SideBySideInference
from .step import InferenceStep

__all__ = ["AmortizedInference", "InferenceStep", "SideBySide", "SideBySideInference"]
