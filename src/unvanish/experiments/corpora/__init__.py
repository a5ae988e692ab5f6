"""The corpora of the paper: what experiments read, and how downloaded copies become that.

What is read, and from where it comes, is in :mod:`.needed_data`; how it is converted is in a file
for each corpus.
"""

from .catalogue import CORPORA, find_corpus
from .needed_data import PTB, SWDA, YELP, DataFile, require_files
from .preparing import PreparedFile, prepare_corpus
from .published_corpus import PublishedCorpus

__all__ = [
    "CORPORA",
    "PTB",
    "SWDA",
    "YELP",
    "DataFile",
    "PreparedFile",
    "PublishedCorpus",
    "find_corpus",
    "prepare_corpus",
    "require_files",
]
