"""The files that experiments read: what they are, where they come from, whether they are there."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...config import UsageError

__all__ = ["PTB", "SWDA", "YELP", "DataFile", "require_files"]

_SHOWN = 12


@dataclass(frozen=True)
class DataFile:
    """A file of the data folder.

    Args:
        path: Its place in the folder.
        sha256: Of its content; ``None`` where every user's file is good.
        source: Where to get it, in words.
    """

    path: str
    sha256: str | None
    source: str


_PTB = (
    "the Penn Treebank as preprocessed by Mikolov, as in data/ptb of haofuml/cyclical_annealing, "
    "whose val.txt is valid.txt here"
)
_YELP = (
    "yelp_short_s10.p of haofuml/cyclical_annealing (the first tenth of the Yelp sentences of Shen "
    "et al. 2017), a line `label TAB sentence` each"
)
_SWDA = (
    "full_swda_clean_42da_sentiment_dialog_corpus.p of Zhao et al. 2017, a dialog a line as JSON "
    "with A, B, topic, prompt and utts"
)

PTB = (
    DataFile(
        "ptb/train.txt", "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf", _PTB
    ),
    DataFile(
        "ptb/valid.txt", "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2", _PTB
    ),
    DataFile(
        "ptb/test.txt", "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0", _PTB
    ),
)
"""Section 6.1."""

YELP = (
    DataFile(
        "yelp/train.tsv", "ccddb614456714346e26eb23ddf47e841212d29bfea2d234a8bb36beb79bd19f", _YELP
    ),
    DataFile(
        "yelp/dev.tsv", "9b7c281949bc1ce0ba64ea0df140f88b08f8132f1fa435ebd0a114f9efefd91c", _YELP
    ),
    DataFile(
        "yelp/test.tsv", "ec762a2478afd90319adf3188e067b63b49e0ad596385879ece3d8262d919933", _YELP
    ),
)
"""Section 6.3."""

SWDA = (
    DataFile("swda/train.jsonl.gz", None, _SWDA),  # few have all 2,316 dialogs
    DataFile(
        "swda/valid.jsonl",
        "8b4c482ebae50dd22358135502fe46015f278aa1640df004dcffbddd71b05bd3",
        _SWDA,
    ),
    DataFile(
        "swda/test.jsonl", "455529e3c7d6fc7924f3fc1c6a284510689d9542633b50fc55099519cf189e16", _SWDA
    ),
)
"""Section 6.2."""


def require_files(files: Sequence[DataFile], folder: Path | None) -> dict[str, Path]:
    """Give the paths of all files by their places in the folder.

    Args:
        files: What is needed.
        folder: The data folder.

    Raises:
        UsageError: If a file is missing or is another one: what is needed, where it comes from and
            how it is told apart.
    """
    if not files:
        return {}
    if folder is None:
        raise UsageError("--data is needed: a folder with these files", _listed(files))
    found = {file.path: folder / file.path for file in files}
    missing = [file for file in files if not found[file.path].is_file()]
    if missing:
        raise UsageError(f"{folder} has not all that is needed: put these there", _listed(missing))
    for file in files:
        if file.sha256 is not None and (read := _sha256(found[file.path])) != file.sha256:
            raise UsageError(
                f"{found[file.path]} is another file (sha256 {read[:_SHOWN]}...) than the one that "
                f"the paper's numbers are of ({file.sha256[:_SHOWN]}...): get {file.source}; to "
                "train on text of your own, use unvanish compare"
            )
    return found


def _listed(files: Sequence[DataFile]) -> list[str]:
    """Say what is needed, a file a line, and below those of a source where they come from."""
    by_source: dict[str, list[str]] = {}
    for file in files:
        known = "" if file.sha256 is None else f" (sha256 {file.sha256[:_SHOWN]}...)"
        by_source.setdefault(file.source, []).append(f"{file.path}{known}")
    return [line for source, paths in by_source.items() for line in (*paths, f"  from {source}")]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
