"""What a trained model is worth, always at beta = 1."""

from .information import posterior_information
from .interventions import Gap, Interventions, intervene
from .likelihood import Evaluation, evaluate

__all__ = ["Evaluation", "Gap", "Interventions", "evaluate", "intervene", "posterior_information"]
