"""One of several processes speaks for all that ``torchrun`` has started."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ..config import UsageError
from .stopping import leave_unanswered

if TYPE_CHECKING:
    from ..training import Processes

__all__ = [
    "command_to_go_on",
    "is_one_of_several",
    "is_silent",
    "leave_at_once",
    "leave_to_the_first",
    "one_speaks",
    "require_alone",
]

_TIME_TO_SPEAK = 10.0
"""Seconds that the first process has to say why all end."""


def is_silent() -> bool:
    """Tell whether another process says what this one would say too."""
    return "RANK" in os.environ and os.environ["RANK"] != "0" and is_one_of_several()


def is_one_of_several() -> bool:
    """Tell whether this process was started as one of several for the same work."""
    return "RANK" in os.environ and os.environ.get("WORLD_SIZE", "1") != "1"


def require_alone(words: Sequence[str]) -> None:
    """Refuse to do the same thing in several processes at once.

    Args:
        words: The command line.

    Raises:
        UsageError: If it is a command that processes cannot share; the first one says so.
    """
    if words[:1] != ["train"] and is_one_of_several():
        if is_silent():
            leave_to_the_first()
        raise UsageError("only train can be shared by several processes: leave out torchrun")


def command_to_go_on(out: Path) -> str:
    """Give the command that goes on with a training, in as many processes as it has now.

    Args:
        out: The folder of the run.
    """
    command = f"unvanish train --resume --out {out}"
    if not is_one_of_several():
        return command
    here, all_of_them = os.environ.get("LOCAL_WORLD_SIZE"), os.environ["WORLD_SIZE"]
    where = f"--nproc-per-node {here}" if here == all_of_them else "..."
    return f"torchrun {where} -m {command}"


@contextmanager
def one_speaks(processes: "Processes") -> Iterator[None]:
    """Let an end of all processes be told by one: the first, or the first to notice a loss.

    Args:
        processes: Those of this run.
    """
    from ..training import ProcessLostError

    try:
        yield
    except ProcessLostError:
        leave_unanswered()  # torchrun ends the others of a run too
        if not processes.take_the_word():
            sys.exit(2)
        raise
    except (UsageError, OSError):
        if not processes.first:
            leave_to_the_first()
        leave_unanswered()
        processes.take_the_word()  # who misses this process now need not say so
        raise
    except KeyboardInterrupt:
        leave_unanswered()  # else a second signal would end what the first one has to say
        if processes.first:
            processes.take_the_word()
        raise


def leave_at_once() -> NoReturn:
    """End well, without what Python does last: threads of torch's groups may not outlive that."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def leave_to_the_first() -> NoReturn:
    """End without a word, but not before the first process could say why.

    As soon as one has ended, ``torchrun`` ends all.
    """
    with suppress(KeyboardInterrupt):
        time.sleep(_TIME_TO_SPEAK)
    leave_unanswered()
    sys.exit(2)
