"""Trajectories on disk, so that an experiment of many runs can go on where it stopped."""

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from ...config import UsageError
from ...measures import Estimate
from ...whole_files import whole_file
from .evaluation import Frame
from .problem import Settings
from .training import Job, Making, Trajectory

__all__ = ["load_trajectory", "save_trajectory"]

_ARRAYS = ("mean", "logvar")
_ESTIMATES = ("information", "marginal_kl")


def save_trajectory(path: Path, trajectory: Trajectory, settings: Settings) -> None:
    """Write what happened in a run; the file is whole or is not there.

    Args:
        path: Its name, ending in ``.npz``.
        trajectory: The run.
        settings: What it was trained with.
    """
    facts = {
        "settings": _of_training(settings),
        "job": asdict(trajectory.job),
        "frames": [_plain(frame) for frame in trajectory.frames],
        "making": trajectory.making and asdict(trajectory.making),
    }
    with whole_file(path) as partial, partial.open("wb") as file:
        np.savez_compressed(
            file,
            rec=trajectory.rec.astype(np.float32),
            kl=trajectory.kl.astype(np.float32),
            beta=trajectory.beta,
            facts=np.array(json.dumps(facts)),
        )


def load_trajectory(path: Path, settings: Settings) -> Trajectory:
    """Read what :func:`save_trajectory` wrote.

    Args:
        path: The file.
        settings: What it is to have been trained with.

    Raises:
        UsageError: If it is damaged, or was trained with others.
    """
    try:
        with path.open("rb") as file, np.load(file) as stored:
            facts = json.loads(str(stored["facts"]))
            rec, kl, beta = (stored[name].astype(np.float64) for name in ("rec", "kl", "beta"))
        frames = tuple(_frame(plain) for plain in facts["frames"])
        making = facts.get("making")  # earlier versions recorded nothing
        found = Trajectory(
            Job(**facts["job"]), rec, kl, beta, frames, None if making is None else Making(**making)
        )
        trained_with = facts["settings"]
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise UsageError(f"{path} is damaged: remove it, and the run is made again") from error
    if trained_with != _of_training(settings):
        raise UsageError(
            f"{path} was trained with other settings than are asked for: give another --out, or "
            "remove it"
        )
    return found


def _of_training(settings: Settings) -> dict[str, Any]:
    """Give the settings that a run depends on: not how many runs there are."""
    plain = asdict(settings)
    return {
        name: plain[name] for name in plain if name not in ("seeds", "seed", "draws", "windows")
    }


def _plain(frame: Frame) -> dict[str, Any]:
    plain = {entry.name: getattr(frame, entry.name) for entry in fields(frame)}
    plain |= {name: plain[name].tolist() for name in _ARRAYS}
    return plain | {name: asdict(plain[name]) for name in _ESTIMATES}


def _frame(plain: dict[str, Any]) -> Frame:
    given = plain | {name: np.array(plain[name]) for name in _ARRAYS}
    given |= {name: Estimate(**plain[name]) for name in _ESTIMATES}
    return Frame(**{**given, "silent": tuple(plain["silent"])})
