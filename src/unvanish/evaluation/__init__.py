"""What a trained model is worth, always at beta = 1."""

from .likelihood import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
