"""Programs begun as copies of a process that has imported torch: in a tenth of their time.

Each is a process of its own, with its own signals, files and end, and runs what stands behind
``python`` on a command line. Only its beginning is another than as it is typed.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from pathlib import Path

from unvanish.processes import starting

__all__ = ["IMPORTED", "CopiedProgram", "end_copied", "run_copied"]

IMPORTED = [
    "torch._dynamo",  # by the first optimizer
    "unvanish.cli.train",
    "unvanish.comparison",
    "unvanish.experiments.illustrative.folder",
    "unvanish.training",
]
"""What takes long to import and starts no threads."""


class CopiedProgram:
    """A program that runs, as :class:`subprocess.Popen` has it.

    Args:
        words: A script or ``-m`` and a module, and what it is given.
        start_new_session: Whether it shall lead a group of processes of its own.
        environment: Variables that it has besides those of this process. Set here instead, they
            would stay for good with what all later programs are copies of.
    """

    def __init__(
        self,
        *words: object,
        start_new_session: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.words = [str(word) for word in words]
        self._folder = tempfile.TemporaryDirectory()
        home = Path(self._folder.name)
        self._printed = [home / "out", home / "err"]
        variables = {**os.environ, **(environment or {})}
        arguments = (self.words, self._printed, variables, start_new_session)
        self._process = _context().Process(target=_be, args=arguments)
        self._process.start()
        _begun.append(self)
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit status, less than 0 if a signal ended it; none as long as it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Tell whether it has ended."""
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def told(self) -> str:
        """Give what it has written to standard error so far."""
        return _read(self._printed[1])

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for its end and give what it has written; kill it if it takes too long."""
        self._process.join(timeout)
        late = self.returncode is None
        if late:
            self.kill()
        with self._folder:
            out, err = (_read(file) for file in self._printed)
        if late:
            raise subprocess.TimeoutExpired(self.words, timeout, output=out, stderr=err)
        return out, err

    def kill(self) -> None:
        """End it if it runs."""
        if self.returncode is None:
            self._process.kill()
        self._process.join()

    def forget(self) -> None:
        """End it if it runs, and remove what it has written."""
        self.kill()
        self._folder.cleanup()


_begun: list[CopiedProgram] = []


def end_copied() -> None:
    """End the programs that a test has left running: the next would take them for its own."""
    while _begun:
        _begun.pop().forget()


def run_copied(*words: object, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, as :func:`subprocess.run` does.

    Args:
        words: As for :class:`CopiedProgram`.
        timeout: Seconds.
    """
    program = CopiedProgram(*words)
    out, err = program.communicate(timeout)
    return subprocess.CompletedProcess(program.words, program.returncode, out, err)


def _context() -> BaseContext:
    """Give what makes processes: copies of one, which the first call begins, if they can be."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    multiprocessing.set_forkserver_preload(IMPORTED)
    with starting():
        forkserver.ensure_running()
    return multiprocessing.get_context("forkserver")


def _be(words: list[str], printed: list[Path], environment: dict[str, str], leads: bool) -> None:
    if leads:
        os.setsid()
    for number, file in enumerate(printed, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment, OMP_NUM_THREADS="1")
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
