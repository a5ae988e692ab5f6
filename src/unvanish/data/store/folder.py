"""A store on disk: splits as plain arrays, the words, and a list of what belongs to it.

::

    manifest.json        written last: reports, fingerprints, and the size of every other file
    vocabulary.json
    labels.json          the different labels
    train.tokens         ids as int32; the same for valid and test
    train.offsets        int64
    train.labels         int32, where sentences have labels
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...config import UsageError
from ...whole_files import write_through
from ..corpus import Corpus
from ..reading_report import ReadingReport
from ..splits import SPLITS, SplitName
from ..vocabulary import Vocabulary
from .key import FORMAT, vocabulary_key
from .labels import CodedLabels

if TYPE_CHECKING:
    from jaxtyping import Int

__all__ = [
    "DamagedStoreError",
    "StoredSplit",
    "StoredSplits",
    "cannot_be_read",
    "open_store",
    "write_manifest",
]

StoredSplits: TypeAlias = dict[SplitName, Corpus]
"""The splits of a store; their arrays are mapped from disk."""

_MANIFEST = "manifest.json"


class DamagedStoreError(Exception):
    """A store that is not as it was written."""


@dataclass(frozen=True)
class StoredSplit:
    """What the manifest says of a split.

    Args:
        report: What became of its sentences.
        sha256: Fingerprint of the corpus.
        labelled: Whether sentences have labels.
    """

    report: ReadingReport
    sha256: str
    labelled: bool


def write_manifest(folder: Path, splits: Mapping[SplitName, StoredSplit]) -> None:
    """Write what makes a folder a store, after all else has reached the disk.

    Args:
        folder: It holds every other file.
        splits: What there is to say of the splits.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        write_through(path)
    manifest = {
        "format": FORMAT,
        "splits": {name: asdict(split) for name, split in splits.items()},
        "bytes": {path.name: path.stat().st_size for path in files},
    }
    path = folder / _MANIFEST
    path.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    write_through(path)


def open_store(folder: Path) -> StoredSplits:
    """Open the splits of a store.

    Args:
        folder: Where it is; its name is that of the vocabulary.

    Raises:
        FileNotFoundError: If there is none.
        DamagedStoreError: If it is not as it was written.
        UsageError: If the system does not let it be read, which says nothing about it.
    """
    manifest = folder / _MANIFEST
    try:
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        return _opened(folder, facts)
    except (FileNotFoundError, NotADirectoryError):
        if not folder.exists():
            raise FileNotFoundError(folder) from None
        raise DamagedStoreError("a file is missing") from None
    except OSError as error:
        raise cannot_be_read(folder, error) from error
    except (ValueError, KeyError, TypeError, AttributeError, UsageError) as error:
        raise DamagedStoreError(str(error)) from error


def cannot_be_read(path: Path, error: OSError) -> UsageError:
    """Say that the system does not let something in the cache be read.

    Args:
        path: What it is.
        error: What the system says.
    """
    return UsageError(
        f"{path} cannot be read ({error.strerror or error}): mend that, or remove it to have the "
        "text stored again"
    )


def _opened(folder: Path, facts: dict[str, Any]) -> StoredSplits:
    for name, size in facts["bytes"].items():
        there = (folder / name).stat().st_size
        if there != size:
            raise DamagedStoreError(f"{name} has {there:,} bytes instead of {size:,}")
    words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    vocabulary = Vocabulary.from_dict(words)
    if vocabulary_key(vocabulary) != folder.name:
        raise DamagedStoreError("vocabulary.json has other words than were written")
    names = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return {split: _corpus(folder, split, facts, vocabulary, names) for split in SPLITS}


def _corpus(
    folder: Path,
    name: SplitName,
    facts: dict[str, Any],
    vocabulary: Vocabulary,
    label_names: list[str],
) -> Corpus:
    split = facts["splits"][name]
    report = ReadingReport(**split["report"])
    offsets = _mapped(folder / f"{name}.offsets", np.int64)
    tokens = _mapped(folder / f"{name}.tokens", np.int32)
    if len(offsets) != report.kept + 1 or offsets[0] != 0 or offsets[-1] != len(tokens):
        raise DamagedStoreError(f"{name}.offsets does not fit {name}.tokens")
    codes = _mapped(folder / f"{name}.labels", np.int32) if split["labelled"] else None
    labels = None if codes is None else CodedLabels(codes, label_names)
    return Corpus(tokens, offsets, vocabulary, report, labels, split["sha256"])


def _mapped(path: Path, kind: type[np.signedinteger[Any]]) -> Int[np.ndarray, " entries"]:
    """Map an array that cannot be written to, without the slow indexing of ``np.memmap``."""
    mapped = np.memmap(path, dtype=np.dtype(kind).newbyteorder("<"), mode="r")
    return mapped.view(np.ndarray)
