"""What the folder of any run has, whatever is trained: its lock, its metrics, its JSON files."""

import json
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from torch import nn

from ..config import UsageError
from ..locks import Lock, alone
from ..whole_files import write_through
from .files import read_json, write_json, write_tensors

__all__ = ["FORMAT", "RecordFolder"]

FORMAT = 1
"""Version of the folder's files; a reader refuses a later one."""


class RecordFolder:
    """A folder with ``checkpoints/``, ``metrics.jsonl`` and JSON files.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def locked(self) -> Lock:
        """Keep other processes from writing to this run; the system lifts it when a process ends.

        Raises:
            UsageError: If another process writes to it now, or it cannot be written.
        """
        return alone(self.path, "checkpoints/.lock", being="trained")

    @cached_property
    def origin(self) -> dict[str, Any]:
        """What is known of the corpus and of the run it started from."""
        return self.read_json("origin.json")

    def append_metrics(self, line: Mapping[str, Any]) -> None:
        """Add one line to ``metrics.jsonl``."""
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, allow_nan=False) + "\n")

    def sync_metrics(self) -> None:
        """Have the system put ``metrics.jsonl`` on the disk itself."""
        write_through(self.path / "metrics.jsonl")

    def metrics(self) -> list[dict[str, Any]]:
        """Read every whole line of ``metrics.jsonl``; one cut short by a sudden end is left out."""
        text = (self.path / "metrics.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1] == "\n"]

    @property
    def metrics_size(self) -> int:
        """Bytes of ``metrics.jsonl``."""
        return (self.path / "metrics.jsonl").stat().st_size

    def cut_metrics(self, size: int) -> None:
        """Keep only the first ``size`` bytes of ``metrics.jsonl``.

        Raises:
            UsageError: If there are fewer: what was written before has been lost.
        """
        file = self.path / "metrics.jsonl"
        there = file.stat().st_size if file.is_file() else 0
        if there < size:
            raise UsageError(
                f"{file} has lost what it held when the state was saved ({there:,} of {size:,} "
                "bytes are left): put it back, or remove the last checkpoint"
            )
        file.touch()
        os.truncate(file, size)

    def parameters_file(self, which: str = "last") -> Path:
        """Where parameters stand: after the last round, or by their name in ``checkpoints/``."""
        name = "model" if which == "last" else f"checkpoints/{which}"
        return self.path / f"{name}.safetensors"

    def save_model(self, model: nn.Module, which: str = "last") -> None:
        """Write parameters so that the file is whole at every moment.

        Args:
            model: Whose.
            which: Under which name.
        """
        state = {name: value.contiguous().cpu() for name, value in model.state_dict().items()}
        write_tensors(self.parameters_file(which), state, {"format": str(FORMAT)})

    def results(self) -> dict[str, Any]:
        """Read ``results.json``."""
        return self.read_json("results.json")

    def read_json(self, name: str) -> dict[str, Any]:
        """Read one of the run's JSON files.

        Raises:
            UsageError: If it is absent or no JSON object.
        """
        return read_json(self.path / name, f"no {name}: it is not a finished run")

    def write_json(self, name: str, plain: Mapping[str, Any]) -> None:
        """Write one of the run's JSON files so that it is whole at every moment."""
        write_json(self.path / name, plain)
