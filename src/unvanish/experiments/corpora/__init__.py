"""The corpora of the paper, made of what there is to download: a file each.

What experiments read, and from where it comes, is in :mod:`..reproducing.needed_data`.
"""

from .catalogue import CORPORA, find_corpus
from .preparing import PreparedFile, prepare_corpus
from .published_corpus import PublishedCorpus

__all__ = ["CORPORA", "PreparedFile", "PublishedCorpus", "find_corpus", "prepare_corpus"]
