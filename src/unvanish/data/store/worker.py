"""The body of a process that encodes blocks; it loads numpy, but no torch."""

import os
import pickle
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from ...config import UsageError
from ..encoding import Cutting
from .blocks import UnreadableTextError
from .chunks import Chunk, Task, encode_block

__all__ = ["BEGIN", "Answer", "Order", "work"]

BEGIN = b"\0unvanish answers\0"
"""Stands before the first answer: whatever Python runs at its start may have printed before."""


@dataclass(frozen=True)
class Order:
    """What stays the same from block to block.

    Args:
        cutting: How sentences become words.
        folder: Where the chunks are written to.
    """

    cutting: Cutting
    folder: Path


Answer: TypeAlias = tuple[str, Any]
"""``done`` and the chunk, or what prevents it (``unreadable``, ``refused``, ``unwritable``,
``failed``) and its message."""


def work() -> None:
    """Encode the blocks that come on standard input until there are no more of them."""
    orders, answers = sys.stdin.buffer, _standard_output()
    answers.write(BEGIN)
    answers.flush()
    order: Order = pickle.load(orders)
    while True:
        try:
            task: Task = pickle.load(orders)
        except EOFError:
            return
        try:
            pickle.dump(answer(task, order), answers)
            answers.flush()
        except BrokenPipeError:
            return  # nobody is left to answer


def _standard_output() -> IO[bytes]:
    """Take standard output over: what else is written there goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2 if sys.stderr else os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = sys.stderr
    return answers


def answer(task: Task, order: Order) -> Answer:
    """Encode a block, and say what came of it.

    Args:
        task: The block.
        order: How, and where to.
    """
    try:
        chunk: Chunk = encode_block(task, order.cutting, order.folder)
    except UnreadableTextError as error:
        return "unreadable", str(error)
    except UsageError as error:
        return "refused", str(error)
    except OSError as error:
        return "unwritable", (error.errno, error.strerror)
    except Exception:
        return "failed", traceback.format_exc()
    return "done", chunk
