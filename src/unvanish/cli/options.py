"""Options that every command takes, or most."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Group, Parameter
from cyclopts.validators import Number

__all__ = [
    "COMMON",
    "CommonOptions",
    "DeviceOptions",
    "GivenFile",
    "GivenSentences",
    "OutputOptions",
    "ReplacingOptions",
    "RunOptions",
    "TellingOptions",
]

COMMON = Group("Common options", sort_key=99)


def no_option(_: object, value: object) -> None:
    """Refuse an option misspelt, which would be taken for a sentence because ``-`` may be one."""
    for word in value if isinstance(value, tuple) else (value,):
        if re.fullmatch(r"--?[a-z][-\w]*(=.*)?", str(word)):
            way = f"name a file ./{word}" if isinstance(value, Path) else "pipe in such a sentence"
            raise ValueError(f"There is no option {word}; {way} to mean it.")


GivenSentences: TypeAlias = Annotated[
    tuple[str, ...],
    Parameter(allow_leading_hyphen=True, show_default=False, validator=no_option),
]
"""Sentences on a command line, of which ``-`` is standard input."""

GivenFile: TypeAlias = Annotated[
    Path, Parameter(allow_leading_hyphen=True, show_default=False, validator=no_option)
]
"""A file on a command line, of which ``-`` is standard input."""


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class TellingOptions:
    """How results are told."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print the result as JSON on standard output, and nothing else there."""

    quiet: Annotated[bool, Parameter(negative="")] = False
    """Show no progress; errors and warnings are still told on standard error."""


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class OutputOptions(TellingOptions):
    """The same, and where results go."""

    out: Path | None = None
    """Where to write; a folder or file in use is never written over."""


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class DeviceOptions(OutputOptions):
    """The same, and where it is computed: for what a model does without chance."""

    device: str = "auto"
    """auto, cpu, cuda, cuda:1, ..."""


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class CommonOptions(DeviceOptions):
    """The same, and what is repeatable: what most commands take."""

    seed: Annotated[int | None, Parameter(validator=Number(gte=0, lt=2**63))] = None
    """Everything random depends on it alone (default 1, or a recipe's; evaluate and diagnose take
    the run's, and 0 for arrays)."""


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class ReplacingOptions(CommonOptions):
    """The same for commands that write what they wrote before anew."""

    out: Path | None = None
    """Where to write; what this command wrote there before is replaced, and nothing else."""


@Parameter(name="*")
@dataclass(frozen=True)
class RunOptions:
    """Which model of a run is used."""

    parameters: str = "last"
    """last (after the last epoch), best (on the validation text) or cycle-N (at the end of the Nth
    cycle of beta)."""
