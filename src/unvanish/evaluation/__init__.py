"""What a trained model is worth, always at beta = 1."""

from .characters import sentence_characters
from .fine_tuning import FineTuning, fine_tune, fine_tuned_accuracy
from .importance import ImportanceWeighted, importance_weighted
from .importance_weights import effective_sample_size, importance_weighted_bound
from .information import posterior_information
from .interventions import Interventions, intervene
from .labelled_subsets import LabelDraws, labelled_subset
from .likelihood import Evaluation, evaluate
from .linear_probe import LabelledAccuracy, linear_probe
from .published_classifier import PublishedProbe, published_probe
from .sentence_classifier import SentenceClassifier
from .unseen import unseen_sentences

__all__ = [
    "Evaluation",
    "FineTuning",
    "ImportanceWeighted",
    "Interventions",
    "LabelDraws",
    "LabelledAccuracy",
    "PublishedProbe",
    "SentenceClassifier",
    "effective_sample_size",
    "evaluate",
    "fine_tune",
    "fine_tuned_accuracy",
    "importance_weighted",
    "importance_weighted_bound",
    "intervene",
    "labelled_subset",
    "linear_probe",
    "posterior_information",
    "published_probe",
    "sentence_characters",
    "unseen_sentences",
]
