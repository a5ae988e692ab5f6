"""What a folder of many runs is for, read back from its JSON."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..config import Config, UsageError, from_dict

__all__ = ["PLAN_FORMAT", "read_plan"]

PLAN_FORMAT = 1
"""Version of ``comparison.json`` and ``search.json``."""

T = TypeVar("T")


def read_plan(what: str, plain: Mapping[str, Any], build: Callable[[Config], T]) -> T:
    """Read a plan after checking its format.

    Args:
        what: What is planned, for messages.
        plain: What the file holds.
        build: Makes the plan from its settings; what it misses in the file it may raise.

    Raises:
        UsageError: If it is damaged, or of a format not known here.
    """
    if plain.get("format") != PLAN_FORMAT:
        raise UsageError(
            f"{what} format {plain.get('format')!r} is not known, this unvanish reads "
            f"{PLAN_FORMAT}: install the version that wrote it"
        )
    try:
        return build(from_dict(Config, plain["base"]))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"the plan of the {what} is damaged: begin it anew") from error
