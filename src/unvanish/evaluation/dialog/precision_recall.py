"""Precision and recall of several samples against several references."""

from jaxtyping import Float
from numpy import ndarray

__all__ = ["precision_recall"]


def precision_recall(scores: Float[ndarray, "samples references"]) -> tuple[float, float]:
    """Tell how good the samples are, and how well they cover the references.

    Precision is the mean over samples of the best score with any reference; recall is the mean over
    references of the best score with any sample.

    Args:
        scores: Of every sample with every reference, at least one each.

    References:
        Zhao et al., Learning Discourse-level Diversity for Neural Dialog Models using Conditional
        Variational Autoencoders, ACL 2017, https://arxiv.org/abs/1703.10960, section 5.1.

    Example:
        >>> import numpy as np
        >>> precision_recall(np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]))
        (0.75, 0.5)
    """
    return float(scores.max(1).mean()), float(scores.max(0).mean())
