"""Sentences out of files and Python objects, one at a time."""

from __future__ import annotations

import codecs
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias

from ..config import UsageError

__all__ = ["FileForm", "Sentence", "Source", "decoded_lines", "read_sentences"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of text that a model learns as a whole.

    Args:
        text: The sentence as written.
        label: What the corpus says about it, such as its sentiment.
    """

    text: str
    label: str | None = None


Source: TypeAlias = str | PathLike[str] | Iterable[str | Mapping[str, Any] | Sentence]
"""Where sentences come from: the path of a file, or sentences in Python."""


def read_sentences(source: Source, *, keep_blank: bool = False) -> Iterator[Sentence]:
    """Read sentences one at a time, checking them on the way.

    The ending of a path decides how it is read. ``.jsonl`` has an object with the field ``text``,
    and perhaps ``label``, in every line; ``.tsv`` has a label, a TAB and a sentence; in any other
    file every line is a sentence, but for tables and other JSON, such as ``.csv``, which are
    refused. ``.gz`` may follow any ending. Lines end in LF or CRLF and nothing else; white space
    around a sentence in a line is dropped.

    Args:
        source: A path, or an iterable of strings, of mappings with the field ``text`` (and
            perhaps ``label``), or of sentences.
        keep_blank: Whether blank sentences are yielded too, for a caller that counts them.

    Yields:
        The sentences in order.

    Raises:
        UsageError: If the source cannot be read, is a table, is not UTF-8 text, has a line of
            another form, or holds no sentence. The error comes when the reading gets there.

    Example:
        >>> list(read_sentences(["a cat", "", {"text": "a dog", "label": 1}]))
        [Sentence(text='a cat', label=None), Sentence(text='a dog', label='1')]
    """
    if isinstance(source, str | PathLike):
        name, sentences = str(source), _from_file(Path(source))
    else:
        name, sentences = "the list of sentences", _from_items(source)
    empty = True
    for sentence in sentences:
        blank = not sentence.text or sentence.text.isspace()
        empty = empty and blank
        if keep_blank or not blank:
            yield sentence
    if empty:
        raise UsageError(f"{name} holds no sentences; give text with a sentence in every line")


def _from_items(items: object) -> Iterator[Sentence]:
    """Turn every item of an iterable into a sentence."""
    if isinstance(items, bytes | bytearray | Mapping) or not isinstance(items, Iterable):
        raise UsageError(
            f"sentences cannot come from {type(items).__name__}; give a path or a list of strings"
        )
    for number, item in enumerate(items, start=1):
        where = f"sentence {number}"
        if isinstance(item, Sentence):
            yield _sentence(item.text, item.label, where)
        elif isinstance(item, str):
            yield _sentence(item, None, where)
        else:
            yield _from_record(item, where)


def _from_file(path: Path) -> Iterator[Sentence]:
    """Read a file as its ending says."""
    form = FileForm.of(path)
    for number, line in enumerate(decoded_lines(path, form.compressed), start=1):
        yield form.sentence(line, f"{path}, line {number}")


class FileForm(NamedTuple):
    """How a file is to be read.

    Args:
        kind: The ending that says what a line is; empty where a line is a sentence.
        compressed: Whether it is gzipped.
    """

    kind: str
    compressed: bool

    @classmethod
    def of(cls, path: Path) -> Self:
        """Tell it from the ending of a path.

        Raises:
            UsageError: If it is that of a table or of another kind of JSON.
        """
        endings = [ending.lower() for ending in path.suffixes]
        compressed = endings[-1:] == [".gz"]
        ending = "".join(endings[:-1][-1:] if compressed else endings[-1:])
        if ending in _OTHER_FORMS:
            raise UsageError(
                f"{path} is a {ending} file, of which a line is no sentence: give .txt (a sentence "
                "a line), .tsv (a label, a TAB and the sentence) or .jsonl (objects with the field "
                "'text')"
            )
        return cls(ending if ending in _PARSERS else "", compressed)

    def sentence(self, line: str, where: str) -> Sentence:
        """Read a line, without its end.

        Args:
            line: The line.
            where: What errors call its place.

        Raises:
            UsageError: If it is of another form.
        """
        if not line or line.isspace():
            return Sentence("")
        return _PARSERS[self.kind](line, where)


def decoded_lines(path: Path, compressed: bool) -> Iterator[str]:
    """Decode a file line by line, without line ends and byte order mark.

    Args:
        path: The file.
        compressed: Whether it is gzipped.

    Raises:
        UsageError: If it cannot be read or is not UTF-8 text.
    """
    try:
        with gzip.open(path, "rb") if compressed else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                raw = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
                yield _decoded(raw, path, number)
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; check the path") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder; give the path of a file") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(
            f"{path} is not an intact gzip file ({error}); compress or copy it again"
        ) from None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror or error}); check the file"
        ) from None


def _decoded(raw: bytes, path: Path, number: int) -> str:
    """Decode one line strictly and cut off its end."""
    if b"\0" in raw:
        raise UsageError(
            f"{path} is not a text file (NUL byte in line {number}); give text in UTF-8"
        )
    try:
        return raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not UTF-8 (line {number}, byte {error.start + 1}); convert it to UTF-8"
        ) from None


def _parse_text(line: str, where: str) -> Sentence:
    """Take the whole line."""
    return Sentence(line.strip())


def _parse_tsv(line: str, where: str) -> Sentence:
    """Cut a line into label and text."""
    label, tab, text = line.partition("\t")
    if not tab:
        raise UsageError(f"{where} has no TAB; write a label, a TAB and the sentence")
    return Sentence(text.strip(), label.strip() or None)


def _parse_json(line: str, where: str) -> Sentence:
    """Read a line as a JSON object."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise UsageError(
            f'{where} is not valid JSON; write an object such as {{"text": "a sentence"}}'
        ) from None
    return _from_record(record, where)


def _from_record(record: object, where: str) -> Sentence:
    """Take text and label from an object with fields."""
    if not isinstance(record, Mapping):
        raise UsageError(
            f"{where} is of type {type(record).__name__}; give an object with the field 'text'"
        )
    if "text" not in record:
        raise UsageError(f"{where} has no field 'text'; put the sentence there")
    return _sentence(record["text"], record.get("label"), where)


def _sentence(text: object, label: object, where: str) -> Sentence:
    """Check what stands for text and label."""
    if not isinstance(text, str):
        raise UsageError(f"{where} has a text of type {type(text).__name__}; give a string")
    if isinstance(label, Mapping | list | tuple):
        raise UsageError(
            f"{where} has a label of type {type(label).__name__}; give a string or a number"
        )
    if not _is_unicode(text) or not _is_unicode(str(label)):
        raise UsageError(f"{where} holds half of a surrogate pair; write whole characters")
    return Sentence(text, None if label is None else str(label))


def _is_unicode(text: str) -> bool:
    """Tell whether text can be written as UTF-8, which lone surrogates cannot."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


_PARSERS: dict[str, Callable[[str, str], Sentence]] = {
    "": _parse_text,
    ".jsonl": _parse_json,
    ".tsv": _parse_tsv,
}

_TABLES = {".arrow", ".avro", ".csv", ".feather", ".ods", ".orc", ".parquet", ".xls", ".xlsx"}
_OTHER_FORMS = frozenset({*_TABLES, ".json", ".ndjson"})
