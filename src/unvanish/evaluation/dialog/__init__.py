"""What a dialog model is worth: bounds of given responses, and scores of generated ones."""

from .bleu import BleuRule, installed_nltk, smoothed_bleu
from .diversity import distinct, self_bleu
from .embedding_scores import embedding_scores, extrema
from .likelihood import DialogEvaluation, evaluate_dialogs
from .precision_recall import precision_recall
from .scores import score_responses

__all__ = [
    "BleuRule",
    "DialogEvaluation",
    "distinct",
    "embedding_scores",
    "evaluate_dialogs",
    "extrema",
    "installed_nltk",
    "precision_recall",
    "score_responses",
    "self_bleu",
    "smoothed_bleu",
]
