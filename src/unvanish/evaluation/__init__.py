"""What a trained model is worth, always at beta = 1."""

from .characters import sentence_characters
from .importance import ImportanceWeighted, importance_weighted
from .importance_weights import effective_sample_size, importance_weighted_bound
from .information import posterior_information
from .interventions import Interventions, intervene
from .likelihood import Evaluation, evaluate
from .linear_probe import LabelledAccuracy, linear_probe

__all__ = [
    "Evaluation",
    "ImportanceWeighted",
    "Interventions",
    "LabelledAccuracy",
    "effective_sample_size",
    "evaluate",
    "importance_weighted",
    "importance_weighted_bound",
    "intervene",
    "linear_probe",
    "posterior_information",
    "sentence_characters",
]
