"""Telephone dialogs out of files in the form of Zhao et al. (2017)."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from ...config import UsageError
from ..reading import decoded_lines

__all__ = [
    "Dialog",
    "Floor",
    "References",
    "Speaker",
    "Utterance",
    "parse_dialog",
    "read_dialogs",
    "read_references",
]

Floor: TypeAlias = Literal["A", "B"]
"""Who speaks: the caller or the called."""

T = TypeVar("T")

_OF_ANOTHER_FORM = (
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What values raise that are not what they should be, too large or nested too deeply."""


@dataclass(frozen=True)
class Speaker:
    """What is known of a speaker.

    Args:
        age: Years.
        education: A level from 0 to 3; 9 is unknown.
        female: Their sex.
    """

    age: float
    education: float
    female: bool

    @property
    def profile(self) -> tuple[float, float, float, float]:
        """What a model reads: age / 100, education / 3, and the sex as one of two places."""
        return self.age / 100, self.education / 3, float(not self.female), float(self.female)


@dataclass(frozen=True)
class Utterance:
    """What one speaker said in one go.

    Args:
        floor: Who.
        text: What.
    """

    floor: Floor
    text: str


@dataclass(frozen=True)
class Dialog:
    """A telephone conversation about a given topic.

    Args:
        speakers: A and B.
        topic: What they were asked to speak about.
        utterances: What they said, in order; at least two.
    """

    speakers: tuple[Speaker, Speaker]
    topic: str
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True)
class References:
    """A context, and several responses that people found fitting.

    Args:
        context: Texts of the utterances before, the last of which is the latest.
        floor: Who responds.
        responses: What could be said; at least one.
    """

    context: tuple[str, ...]
    floor: Floor
    responses: tuple[str, ...]


def read_dialogs(path: str | PathLike[str]) -> list[Dialog]:
    """Read a file of dialogs, one JSON object in every line.

    An object has ``A`` and ``B`` (each with ``age``, ``education`` and ``sex``), ``topic``, and
    ``utts``, a list of ``[speaker, text, ...]``; anything else is not read. ``.gz`` may follow the
    ending. Quotes and spaces around values are dropped.

    Args:
        path: The file.

    Raises:
        UsageError: If it cannot be read, holds no dialog, or a line has another form.

    References:
        Zhao et al., Learning Discourse-level Diversity for Neural Dialog Models using Conditional
        Variational Autoencoders, ACL 2017, https://arxiv.org/abs/1703.10960.
    """
    return _read(Path(path), _dialog, "dialogs")


def parse_dialog(record: object, where: str) -> Dialog:
    """Read a dialog out of plain values in the form of a line of a file.

    Args:
        record: The values.
        where: What errors call their place.

    Raises:
        UsageError: If they have another form.
    """
    return _parsed(record, _dialog, where)


def read_references(path: str | PathLike[str]) -> list[References]:
    """Read a file of contexts with several responses each, one JSON object in every line.

    An object has ``utts``, a list of ``[speaker, text, ...]``; ``speaker``, who responds; and
    ``responses``, a list of ``[dialog act, text]``.

    Args:
        path: The file.

    Raises:
        UsageError: If it cannot be read, holds no context, or a line has another form.
    """
    return _read(Path(path), _references, "contexts")


def _read(path: Path, parse: Callable[[Mapping[str, Any]], T], what: str) -> list[T]:
    found = [_parsed(record, parse, where) for record, where in _records(path)]
    if not found:
        raise UsageError(f"{path} holds no {what}; give one as a JSON object in every line")
    return found


def _records(path: Path) -> Iterator[tuple[object, str]]:
    """Give every line that is not blank as a JSON value, with its place."""
    for number, line in enumerate(decoded_lines(path, path.suffix.lower() == ".gz"), start=1):
        where = f"{path}, line {number}"
        if not line or line.isspace():
            continue
        try:
            yield json.loads(line), where
        except (ValueError, RecursionError):
            raise UsageError(
                f"{where} is not valid JSON; write an object with its fields"
            ) from None


def _parsed(record: object, parse: Callable[[Mapping[str, Any]], T], where: str) -> T:
    try:
        if not isinstance(record, Mapping):
            raise ValueError(f"is of type {type(record).__name__}, not an object")
        return parse(record)
    except KeyError as error:
        raise UsageError(f"{where} has no field {error}; put it there") from None
    except _OF_ANOTHER_FORM as error:
        raise UsageError(f"{where} is of another form ({error}); correct it") from None


def _dialog(record: Mapping[str, Any]) -> Dialog:
    utterances = tuple(_utterance(each) for each in record["utts"])
    if len(utterances) < 2:
        raise ValueError("it has fewer than two utterances")
    speakers = _speaker(record["A"]), _speaker(record["B"])
    return Dialog(speakers, _bare(record["topic"]), utterances)


def _references(record: Mapping[str, Any]) -> References:
    responses = tuple(_text(each[1]) for each in record["responses"])
    context = tuple(_utterance(each).text for each in record["utts"])
    if not responses or not context:
        raise ValueError("it has no responses or no utterances")
    return References(context, _floor(record["speaker"]), responses)


def _utterance(values: Any) -> Utterance:
    return Utterance(_floor(values[0]), _text(values[1]))


def _speaker(values: Mapping[str, Any]) -> Speaker:
    sex = _bare(values["sex"]).upper()
    if sex not in ("MALE", "FEMALE"):
        raise ValueError(f"sex is {sex!r}, neither MALE nor FEMALE")
    age, education = float(values["age"]), float(_bare(values["education"]))
    if not math.isfinite(age) or not math.isfinite(education):
        raise ValueError("age or education is no finite number")
    return Speaker(age, education, sex == "FEMALE")


def _floor(value: object) -> Floor:
    if value == "A":
        return "A"
    if value == "B":
        return "B"
    raise ValueError(f"a speaker is {value!r}, neither 'A' nor 'B'")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a text is of type {type(value).__name__}")
    return value


def _bare(value: object) -> str:
    """Take quotes and spaces off a value."""
    return str(value).strip().strip('"').strip()
