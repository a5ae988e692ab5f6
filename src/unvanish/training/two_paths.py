"""What z and the previous words are worth, while a model trains."""

from collections.abc import Callable

from ..config import Config
from ..data import Corpus
from ..evaluation import intervene
from ..models import TextVAE

__all__ = ["two_paths"]


def two_paths(
    config: Config, model: TextVAE, corpus: Corpus, between: Callable[[], None]
) -> dict[str, float]:
    """Measure both paths on the same sentences every time, if the settings ask for it.

    The line of a validation in ``metrics.jsonl`` then has, all in nats per sentence:
    ``valid/gap_zero``, ``valid/gap_prior``, ``valid/gap_other`` and ``valid/gap_any`` (path A: what
    it costs when z is 0, is drawn from the prior, or is that of another sentence, of the same
    length or of any), ``valid/gap_zero_masked``, ``valid/gap_prior_masked``,
    ``valid/gap_other_masked`` and ``valid/gap_any_masked`` (the same with the previous words
    masked), and ``valid/gap_words`` (path B: what masking them costs). The training draws nothing
    less or more for it.

    Args:
        config: Every setting; ``training.paths`` says how many sentences.
        model: The model.
        corpus: The validation split.
        between: Called after each batch.
    """
    sentences = config.training.paths
    if not sentences:
        return {}
    measured = intervene(
        model, corpus, sentences=sentences, seed=config.seed, progress=lambda done: between()
    )
    return measured.summary()
