"""Options that every command takes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

__all__ = ["COMMON", "CommonOptions"]

COMMON = Group("Common options", sort_key=99)


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class CommonOptions:
    """Where results go, what is repeatable, where it is computed, how it is told."""

    out: Path | None = None
    """Where to write; a folder or file in use is never written over."""

    seed: Annotated[int | None, Parameter(validator=Number(gte=0, lt=2**63))] = None
    """Everything random depends on it alone (default 1, or a recipe's)."""

    device: str = "auto"
    """auto, cpu, cuda, cuda:1, ..."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print the result as JSON on standard output, and nothing else there."""

    quiet: Annotated[bool, Parameter(negative="")] = False
    """Show no progress; errors and warnings are still told on standard error."""
