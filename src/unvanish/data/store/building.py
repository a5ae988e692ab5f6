"""From files to a store: found, or built beside its place and put there when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...locks import locked
from ..corpus import nothing_to_learn_from, nothing_usable
from ..splits import SPLITS
from ..vocabulary import Vocabulary
from .assembly import assemble
from .blocks import BLOCK
from .encoded import EncodedText, encode_text, read_through
from .folder import DamagedStoreError, StoredSplits, open_store
from .key import vocabulary_key
from .progress import Progress, logger
from .request import Request

__all__ = ["stored_text"]

_ENCODED = 0.9
"""Share of the work that is done when all blocks are encoded, about."""

_UNFINISHED = ".unfinished-"


def stored_text(
    request: Request, *, processes: int, progress: Progress, block: int = BLOCK
) -> StoredSplits:
    """Open the store of a text, and build it first where there is none.

    Args:
        request: The text, and how it is encoded.
        processes: How many encode it.
        progress: Told how far building is.
        block: Bytes that are encoded at once.

    Raises:
        UsageError: If the text cannot be used.
        OSError: If the store cannot be written.
    """
    found = request.find()
    if found is not None:
        return found
    with _alone(request.folder):
        return request.find(warn=True) or _build(request, processes, progress, block)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time build the stores of a text; the system ends it for a dead one."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / ".lock", in_use=_tell_of_waiting):
        for left in folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)  # what is still in use goes the next time
        yield


def _tell_of_waiting() -> None:
    logger.warning("another process stores this text: waiting for it")


def _build(request: Request, processes: int, progress: Progress, block: int) -> StoredSplits:
    """Build a store in a folder of its own, and give it its name when it is whole."""
    begun = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=request.folder))
    try:
        text = encode_text(
            request, begun / "chunks", processes, lambda share: progress(_ENCODED * share), block
        )
        vocabulary = _vocabulary(request, text)
        (begun / "store").mkdir()
        assemble(
            text,
            vocabulary,
            begun / "store",
            lambda share: progress(_ENCODED + (1 - _ENCODED) * share),
        )
        for file in request.files.values():
            file.require_same()
        stored = _put(begun / "store", request.folder / vocabulary_key(vocabulary))
        if request.plan.vocabulary is None:
            request.remember(vocabulary)
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return stored


def _vocabulary(request: Request, text: EncodedText) -> Vocabulary:
    """Collect the words, unless they are given, of a text that has sentences in every split.

    Raises:
        UsageError: If a split has none, or there is no word.
    """
    plan, reports = request.plan, text.reports()
    empty = [name for name in SPLITS if not reports[name].kept]
    for name in empty:
        if name in request.files:  # one that is blank altogether has an error of its own
            read_through(request.files[name].path)
    max_words, vocabulary = plan.cutting.max_words, plan.vocabulary
    if vocabulary is None:
        if "train" in empty:
            raise nothing_to_learn_from(plan.name("train"), max_words)
        vocabulary = Vocabulary.of_counts(text.counts, plan.max_vocabulary, plan.min_count)
    if empty:
        name = empty[0]
        raise nothing_usable(plan.name(name), reports[name], max_words)
    return vocabulary


def _put(store: Path, place: Path) -> StoredSplits:
    """Give a whole store its name, unless other limits have led to the same words before."""
    try:
        return open_store(place)
    except DamagedStoreError:
        shutil.rmtree(place)
    except FileNotFoundError:
        pass
    store.rename(place)
    return open_store(place)
