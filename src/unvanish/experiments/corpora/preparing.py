"""Corpora put into the data folder: every file whose checksum is known is the paper's."""

import gzip
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...config import UsageError
from ...whole_files import whole_file
from .needed_data import DataFile
from .published_corpus import PublishedCorpus

__all__ = ["PreparedFile", "prepare_corpus"]


@dataclass(frozen=True)
class PreparedFile:
    """A file of the data folder.

    Args:
        path: Where it is.
        written: Whether it was written; else it was there.
        lines: How many it has.
        verified: Whether its checksum is that of the paper's; ``False`` where none is known.
    """

    path: Path
    written: bool
    lines: int
    verified: bool


def prepare_corpus(
    corpus: PublishedCorpus, downloaded: Sequence[Path], folder: Path
) -> list[PreparedFile]:
    """Make the files of a corpus of what was downloaded.

    The first is written when all have been made and checked. Files that are there stay as they are,
    and what they would be made of may then be missing; where no checksum is known, any file may be
    there.

    Args:
        corpus: Which.
        downloaded: Files, and folders with such files; the first that has a name is taken.
        folder: The data folder; it is made if need be.

    Returns:
        The files of the corpus in the data folder.

    Raises:
        UsageError: If something is missing or unreadable, if what would be written is not the
            paper's file, or if another file is in the place of one whose checksum is known.
    """
    there = {
        file.path: _content(folder / file.path)
        for file in corpus.files
        if (folder / file.path).exists()
    }
    for file in corpus.files:
        if file.path in there and not _is_papers(file, there[file.path]):
            raise _in_the_way(folder / file.path)
    parts = _parts(corpus, downloaded, folder, there)
    made = _made(corpus, parts, folder, there)
    for place, content in made.items():
        _write(folder / place, content)
    contents = {**there, **made}
    return [
        PreparedFile(
            folder / file.path,
            file.path in made,
            _lines(contents[file.path]),
            file.sha256 is not None,
        )
        for file in corpus.files
    ]


def _lines(content: bytes) -> int:
    """Count lines, the last one also where it does not end."""
    return content.count(b"\n") + (content[-1:] not in (b"", b"\n"))


def _parts(
    corpus: PublishedCorpus, downloaded: Sequence[Path], folder: Path, there: Mapping[str, bytes]
) -> dict[str, list[Path]]:
    """Find what each file is made of that can be made.

    Raises:
        UsageError: If a file is neither there nor can be made: which, and what it is made of.
    """
    for place in downloaded:
        if not place.exists():
            raise UsageError(f"{place} does not exist; check the path")
    found = {file.path: _found(corpus.made_of[file.path], downloaded) for file in corpus.files}
    missing = [file for file in corpus.files if not found[file.path] and file.path not in there]
    if missing:
        raise _missing(corpus, missing, downloaded, folder)
    return {place: parts for place, parts in found.items() if parts}


def _found(choices: Sequence[Sequence[str]], downloaded: Sequence[Path]) -> list[Path]:
    """Give the files of the first choice that is there as a whole, if any is."""
    for names in choices:
        places = [_place(name, downloaded) for name in names]
        paths = [path for path in places if path is not None]
        if len(paths) == len(names):
            return paths
    return []


def _place(name: str, downloaded: Sequence[Path]) -> Path | None:
    candidates = (each / name if each.is_dir() else each for each in downloaded)
    return next((path for path in candidates if path.name == name and path.is_file()), None)


def _made(
    corpus: PublishedCorpus,
    parts: Mapping[str, Sequence[Path]],
    folder: Path,
    there: Mapping[str, bytes],
) -> dict[str, bytes]:
    """Make what is not there, and see that it is right.

    Raises:
        UsageError: If something would be another file than the paper's.
    """
    made = {}
    for file in corpus.files:
        if file.path not in parts or file.path in there:
            continue
        content = corpus.convert(file.path, parts[file.path])
        if not _is_papers(file, content):
            raise _not_the_papers(file, parts[file.path], folder)
        made[file.path] = content
    return made


def _is_papers(file: DataFile, content: bytes) -> bool:
    """Tell whether a content is the paper's, as it may be where no checksum is known."""
    return file.sha256 in (None, hashlib.sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    try:
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UsageError(f"{path} is not an intact gzip file; move it away") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, shared=True) as partial:
        partial.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def _missing(
    corpus: PublishedCorpus, missing: Sequence[DataFile], downloaded: Sequence[Path], folder: Path
) -> UsageError:
    given = " and ".join(map(str, downloaded))
    lacks = f"not all that {corpus.name} is made of is in {given}" if given else "nothing is given"
    return UsageError(
        f"{lacks}: download it, and name the files or their folders",
        [
            *(f"{file.path} is made of {_in_words(corpus.made_of[file.path])}" for file in missing),
            *missing[0].origin(folder),
        ],
    )


def _in_words(choices: Sequence[Sequence[str]]) -> str:
    return " or ".join(" and ".join(names) for names in choices)


def _in_the_way(path: Path) -> UsageError:
    return UsageError(f"{path} is another file than would be written there: move it away first")


def _not_the_papers(file: DataFile, parts: Sequence[Path], folder: Path) -> UsageError:
    made_of = " and ".join(map(str, parts))
    return UsageError(
        f"{file.path} made of {made_of} would not be the paper's, as its checksum says; nothing is "
        "written: give the published files",
        file.origin(folder),
    )
