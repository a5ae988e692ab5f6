"""How one update is made from a batch."""

from .amortized import AmortizedInference
from .refinement import Refinement, refinement_of
from .semi_amortized import SemiAmortizedInference
from .side_by_side import SideBySide, SideBySideInference
from .step import BatchPart, InferenceStep, RefiningInference

__all__ = [
    "AmortizedInference",
    "BatchPart",
    "InferenceStep",
    "Refinement",
    "RefiningInference",
    "SemiAmortizedInference",
    "SideBySide",
    "SideBySideInference",
    "refinement_of",
]
