"""Options that every command takes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

__all__ = ["COMMON", "CommonOptions", "Output"]

COMMON = Group("Common options", sort_key=99)


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class Output:
    """How a command prints."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print the result as JSON on standard output, and nothing else there."""

    quiet: Annotated[bool, Parameter(negative="")] = False
    """Show no progress; errors and warnings are still told on standard error."""


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class CommonOptions(Output):
    """Where results go, what is repeatable, where it is computed, how it is told."""

    out: Path | None = None
    """Where to write; a folder or file in use is never written over."""

    seed: int = 1
    """Everything random depends on it alone."""

    device: str = "auto"
    """auto, cpu, cuda, cuda:1, ..."""
