"""Cores and processes, with the standard library alone.

Importing torch takes longer than starting a process. :func:`prepare` lets a process that others
can be copies of import it while this one is still busy doing the same; without it, or where
processes cannot be copied safely, each new one imports for itself.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import TypeVar

__all__ = [
    "available_cores",
    "beside",
    "context",
    "ignoring",
    "manner_of_death",
    "prepare",
    "starting",
    "threads_each",
]

_Result = TypeVar("_Result")
_prepared = False


def available_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_each(at_once: int) -> int:
    """Share the cores out over processes: how many threads each may use, at least one.

    There are no more than ``OMP_NUM_THREADS`` allows, where it is set to a number.

    Args:
        at_once: How many processes compute at the same time.

    Example:
        >>> threads_each(1_000_000)
        1
    """
    allowed = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    share = max(1, available_cores() // at_once)
    return min(share, int(allowed)) if allowed.isdecimal() and int(allowed) > 0 else share


def manner_of_death(status: int | None) -> str:
    """Say how a process ended that did not mean to.

    Args:
        status: Its exit status; the negative number of a signal where one killed it.

    Example:
        >>> manner_of_death(-9), manner_of_death(3)
        ('was killed by signal 9', 'ended suddenly, with status 3')
    """
    if status is not None and status < 0:
        return f"was killed by signal {-status}"
    return f"ended suddenly, with status {status}"


def prepare(modules: Sequence[str]) -> None:
    """Begin to import what later processes need, in a process that they will be copies of.

    It is for programs: the processes that others start the same way are copies too.

    Args:
        modules: Their full names; none may start threads when imported.
    """
    global _prepared
    if sys.platform != "linux" or _prepared:
        return
    from multiprocessing import forkserver

    multiprocessing.set_forkserver_preload(list(modules))
    with starting():
        forkserver.ensure_running()
    _prepared = True


def context() -> BaseContext:
    """Give what makes new processes: copies of the prepared one, if there is one."""
    return multiprocessing.get_context("forkserver" if _prepared else "spawn")


@contextmanager
def beside(function: Callable[..., _Result], *arguments: object) -> Iterator[Callable[[], _Result]]:
    """Compute something in another process, if one can begin at once, or when it is asked for.

    Args:
        function: From the top level of a module.
        *arguments: What it is given.
    """
    if not _prepared:
        yield lambda: function(*arguments)
        return
    with ProcessPoolExecutor(1, mp_context=context()) as pool:
        yield pool.submit(function, *arguments).result


@contextmanager
def starting() -> Iterator[None]:
    """Start processes of one thread each that leave Ctrl-C to their parent, which ends them."""
    with _one_thread_each():
        if not _prepared:
            with ignoring(signal.SIGINT):
                yield
            return
        from multiprocessing import forkserver

        with ignoring(signal.SIGINT):
            forkserver.ensure_running()
        yield  # copies ignore it too, and the first waits for what it is a copy of: seconds


@contextmanager
def ignoring(*numbers: signal.Signals) -> Iterator[None]:
    """Ignore signals for a while, as do processes that are started then.

    Only the main thread can; in any other nothing is ignored.

    Args:
        *numbers: The signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Start processes whose numerical libraries take one thread, as they read it at their start."""
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
