"""What the processes of test_several_runs do, by the names of the folders that they are given."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from unvanish.training.interruption import Interruption
from unvanish.training.worker import PipeReporter, serve

MORE_THAN_A_PIPE_HOLDS = "x" * 10_000_000


@dataclass(frozen=True)
class Share:
    folders: tuple[str, ...]


def work(parent, settings):
    serve(parent, lambda share: carry_out(share, parent, Path(settings)), threads=1)


def count_threads(parent, threads):
    def tell(share):
        for run, _ in enumerate(share.folders):
            parent.send((run, "planned", 1))
            parent.send((run, "ended", f"{torch.get_num_threads()} threads"))

    serve(parent, tell, threads=threads)


def carry_out(share, parent, place):
    for run, folder in enumerate(share.folders):
        parent.send((run, "planned", 2))
        if folder.startswith("dies"):
            wait_for(place / "waits-begun")
            os.kill(os.getpid(), signal.SIGKILL)
        if folder.startswith("waits"):
            wait_to_be_ended(place / folder, parent, run)
        if folder.startswith("talks"):
            talk_until_ended(place / folder, PipeReporter(parent, run))
        parent.send((run, "moved", os.getpid()))
        parent.send((run, "ended", "no disk" if folder.startswith("fails") else None))


def wait_for(file):
    while not file.exists():
        time.sleep(0.01)


def wait_to_be_ended(file, parent, run):
    def save(number, frame):
        file.write_text("saved")
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, save)
    file.with_name("waits-begun").touch()
    parent.send((run, "warned", "waiting"))
    time.sleep(600)


def talk_until_ended(file, reporter):
    def save():
        file.write_text("saved")
        return 1

    with Interruption() as interruption:
        reporter.warned("talking")
        while True:
            reporter.warned(MORE_THAN_A_PIPE_HOLDS)
            interruption.answer(save)
