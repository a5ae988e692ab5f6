"""The telephone dialogs of Switchboard as Zhao et al. (2017) released them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...config import UsageError
from .needed_data import SWDA
from .plain_pickle import read_plain_pickle
from .published_corpus import PublishedCorpus

__all__ = ["SWITCHBOARD"]

_PICKLE = "full_swda_clean_42da_sentiment_dialog_corpus.p"

_SPLITS = {
    "swda/train.jsonl.gz": "train",
    "swda/valid.jsonl": "valid",
    "swda/test.jsonl": "test",
}


def _convert(place: str, parts: Sequence[Path]) -> bytes:
    """Give dialogs as JSON, one a line: as they are, or out of the pickle."""
    from ...data.dialogs import read_dialogs  # torch, which nothing else here needs

    (path,) = parts
    if path.name == _PICKLE:
        return "".join(_lines(read_plain_pickle(path), _SPLITS[place], path)).encode("ascii")
    read_dialogs(path)
    return path.read_bytes()


def _lines(splits: Any, split: str, path: Path) -> list[str]:
    """Write every dialog of a split as a line.

    Raises:
        UsageError: If there is no such split, or a dialog has another form.
    """
    dialogs = splits.get(split) if isinstance(splits, Mapping) else None
    if not isinstance(dialogs, list) or not dialogs:
        raise UsageError(f"{path} has no list {split!r} of dialogs: download it again")
    return [
        _line(dialog, f"{path}, dialog {number} of {split!r}")
        for number, dialog in enumerate(dialogs, start=1)
    ]


def _line(dialog: Any, where: str) -> str:
    from ...data.dialogs import parse_dialog

    parse_dialog(dialog, where)
    try:
        return json.dumps(dialog, allow_nan=False) + "\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{where} cannot be written as JSON ({error}); correct it") from None


SWITCHBOARD = PublishedCorpus(
    name="swda",
    files=SWDA,
    made_of={
        "swda/train.jsonl.gz": ((_PICKLE,), ("train.jsonl",)),
        "swda/valid.jsonl": (("valid.jsonl",), (_PICKLE,)),
        "swda/test.jsonl": (("test.jsonl",), (_PICKLE,)),
    },
    convert=_convert,
)
"""Section 6.2. JSON out of the pickle need not have the bytes of the files that are there."""
