"""A run: the folder on disk that training writes, and what can be done with its model."""

from .dialog import DialogRun
from .editing import Edited, edit_sentences
from .files import begin_folder, read_json, require_free, write_json, write_tensors
from .folder import RunFolder
from .latent_arithmetic import analogous_sentence, sentences_between
from .nearest import Neighbour, nearest_sentences
from .opening import load
from .record import FORMAT, RecordFolder
from .run import Run

__all__ = [
    "FORMAT",
    "DialogRun",
    "Edited",
    "Neighbour",
    "RecordFolder",
    "Run",
    "RunFolder",
    "analogous_sentence",
    "begin_folder",
    "edit_sentences",
    "load",
    "nearest_sentences",
    "read_json",
    "require_free",
    "sentences_between",
    "write_json",
    "write_tensors",
]
