"""The corpora by name."""

from ...config import UsageError
from ...schedules.validation import did_you_mean
from .penn_treebank import PENN_TREEBANK
from .published_corpus import PublishedCorpus
from .switchboard import SWITCHBOARD
from .yelp import YELP_SENTENCES

__all__ = ["CORPORA", "find_corpus"]

CORPORA = {corpus.name: corpus for corpus in (PENN_TREEBANK, SWITCHBOARD, YELP_SENTENCES)}
"""Those that do not come in the form that experiments read."""


def find_corpus(name: str) -> PublishedCorpus:
    """Give the corpus of a name.

    Raises:
        UsageError: If there is none.
    """
    if name not in CORPORA:
        raise UsageError(f"unknown corpus {name!r}: {did_you_mean(name, tuple(CORPORA))}")
    return CORPORA[name]
