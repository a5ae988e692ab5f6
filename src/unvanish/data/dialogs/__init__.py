"""Telephone dialogs: files to words, words to windows of context and response."""

from .batch import DialogBatch, collate_windows
from .batching import DialogBatches, Window, positions
from .corpus import BEGIN, DialogCorpora, DialogCorpus, EncodedDialog, load_dialogs, words_of
from .reading import (
    Dialog,
    References,
    Speaker,
    Utterance,
    parse_dialog,
    read_dialogs,
    read_references,
)
from .references import fitting_responses, true_responses

__all__ = [
    "BEGIN",
    "Dialog",
    "DialogBatch",
    "DialogBatches",
    "DialogCorpora",
    "DialogCorpus",
    "EncodedDialog",
    "References",
    "Speaker",
    "Utterance",
    "Window",
    "collate_windows",
    "fitting_responses",
    "load_dialogs",
    "parse_dialog",
    "positions",
    "read_dialogs",
    "read_references",
    "true_responses",
    "words_of",
]
