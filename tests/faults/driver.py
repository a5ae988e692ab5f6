"""Trains a small run and kills itself, really, at the Nth thing that it does to a file.

    python driver.py CORPUS RUN KILL_AT

``KILL_AT`` counts, from 1, the files of the run opened, renamed, removed or cut; 0 kills never and
prints how many there were.
"""

import os
import signal
import sys
from pathlib import Path

from unvanish.config import Config, override
from unvanish.data import load_corpora
from unvanish.training import train

SETTINGS = {
    "model.latent_size": 4,
    "objective.beta": "cyclical:n_cycles=2",
    "training.epochs": 2,
    "training.batch_size": 16,
    "training.log_every": 2,
    "training.checkpoint_every": 3,
    "training.paths": 6,
    "training.precision": "fp32",
    **{
        f"model.{part}.{name}": 12
        for part in ("encoder", "decoder")
        for name in ("embedding_size", "hidden_size")
    },
}
EVENTS = {"open", "os.rename", "os.remove", "os.truncate", "os.mkdir"}


def kill_at(event_number: int, folder: Path) -> list[str]:
    """Count what happens to files beside and inside a run, and die at one of them."""
    seen: list[str] = []
    near = str(folder.parent)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and str(arguments[0]).startswith(near):
            seen.append(event)
            if len(seen) == event_number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    return seen


def main(corpus: str, folder: str, event_number: str) -> None:
    corpora = load_corpora(corpus)
    config = override(Config(), SETTINGS)
    seen = kill_at(int(event_number), Path(folder))
    train(config, corpora, folder, device="cpu", resume=True)
    print(len(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
