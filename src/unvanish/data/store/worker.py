"""The body of a process that encodes blocks; it loads numpy, but no torch."""

import pickle
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ...config import UsageError
from ..encoding import Cutting
from .blocks import UnreadableTextError
from .chunks import Chunk, Task, encode_block

__all__ = ["Answer", "Order", "work"]


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
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library says must not stand between the answers
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
