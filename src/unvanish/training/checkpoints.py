"""The whole state of a training run on disk, so that it can go on as if nothing had happened.

A checkpoint is one safetensors file: parameters, the optimizer's moments, the states of the random
generators; and, as JSON in its header, everything that is no tensor. Nothing is pickled. It is
written beside its place and moved there, so a file with a checkpoint's name is always whole, and a
digest of all it holds tells if it was changed afterwards.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..config import UsageError
from ..runs import write_tensors

__all__ = ["Checkpoint", "Checkpoints"]

_FORMAT = "1"
_NAME = re.compile(r"step-(\d{9})\.safetensors")
_KEPT = 2
"""Checkpoints that are kept: the last, and one more in case something happens to it."""


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after an optimizer step.

    Args:
        step: Optimizer steps done.
        tensors: Every tensor by name.
        facts: Everything else, as JSON has it.
    """

    step: int
    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]


class Checkpoints:
    """The checkpoints in a run's folder.

    Args:
        folder: Where they are; it exists.
        identity: What the run is; a checkpoint of another one is refused.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self.folder, self.identity = folder, identity

    @property
    def files(self) -> dict[int, Path]:
        """The checkpoints by step, the earliest first."""
        found = ((_NAME.fullmatch(path.name), path) for path in sorted(self.folder.iterdir()))
        return {int(match[1]): path for match, path in found if match}

    @property
    def last_step(self) -> int | None:
        """The step of the last checkpoint, if there is one."""
        return max(self.files, default=None)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, then remove all but the last two.

        Raises:
            UsageError: If it cannot be written; those that are there stay.
        """
        place = self.folder / f"step-{checkpoint.step:09d}.safetensors"
        tensors = {name: value.contiguous().cpu() for name, value in checkpoint.tensors.items()}
        header = {
            "format": _FORMAT,
            "identity": self.identity,
            "step": str(checkpoint.step),
            "facts": json.dumps(checkpoint.facts, allow_nan=False),
        }
        header["digest"] = _digest(tensors, header)
        write_tensors(place, tensors, header)
        for step in sorted(self.files)[:-_KEPT]:
            self.files[step].unlink()

    def latest(self) -> Checkpoint | None:
        """Read the last checkpoint; ``None`` where there is none.

        Raises:
            UsageError: If it is damaged, of another run, or of a format not known here.
        """
        step = self.last_step
        return None if step is None else self._read(self.files[step])

    def _read(self, file: Path) -> Checkpoint:
        remove = f"remove it to go on from {self._before(file)}"
        try:
            with safe_open(file, framework="pt") as opened:
                header = opened.metadata() or {}
                tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
            step, facts = int(header.get("step", -1)), json.loads(header.get("facts", "null"))
        except (OSError, SafetensorError, ValueError) as error:
            raise UsageError(f"{file} is no intact checkpoint; {remove}") from error
        if header.get("format") != _FORMAT:
            raise UsageError(
                f"{file} has format {header.get('format')!r}, this unvanish reads {_FORMAT!r}: "
                f"install the version that wrote it, or {remove}"
            )
        if header.get("identity") != self.identity:
            raise UsageError(
                f"{file} belongs to another run, or config.json or the text was changed since: "
                f"undo the change; if the file came from elsewhere, {remove}"
            )
        whole = header.get("digest") == _digest(tensors, header)
        if not whole or self.files.get(step) != file:
            raise UsageError(f"{file} is damaged; {remove}")
        return Checkpoint(step, tensors, facts)

    def _before(self, file: Path) -> str:
        """Say what there is to go on from if a file is removed."""
        earlier = [step for step, other in self.files.items() if other != file]
        return f"step {max(earlier):,}" if earlier else "the beginning"


def _digest(tensors: Mapping[str, Tensor], header: Mapping[str, str]) -> str:
    """Fingerprint tensors, their names, and all that the header says but the fingerprint."""
    digest = hashlib.blake2b(digest_size=16)
    said = sorted((name, text) for name, text in header.items() if name != "digest")
    digest.update(json.dumps(said).encode())
    for name, value in sorted(tensors.items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
