"""A run's folder, opened for use."""

from pathlib import Path

import torch

from ..config import UsageError
from ..data import TokensLike, tokens_from
from ..nn.device import available_device
from .run import Run

__all__ = ["load"]

_BELOW = ("*", "*/*", "runs/*/*")
"""Where runs are in a folder of runs, and in that of a comparison."""
_NAMED = 3
"""Most of them that are named."""


def load(
    path: str | Path,
    *,
    parameters: str = "last",
    device: str | torch.device = "cpu",
    tokens: TokensLike | None = None,
) -> Run:
    """Open a run's folder.

    Args:
        path: The folder that was given as ``--out``.
        parameters: Those to use: ``"last"``, ``"best"`` or ``"cycle-N"`` (see :meth:`Run.model`).
        device: Where the model is to be: ``"cpu"``, ``"cuda"``, ``"auto"``, ...
        tokens: How text is cut, for a run that was trained with a Python function.

    Raises:
        UsageError: If it is no run, or of a format this version does not read, or there are no
            parameters of that name, or the device is not here.
    """
    path = Path(path)
    if not (path / "config.json").is_file():
        raise UsageError(f"{path} is not a run: {_what_instead(path)}")
    run = Run(path, parameters=parameters, device=available_device(device))
    run.parameters_file(parameters)
    _ = run.config
    if tokens is not None:
        run.tokens = tokens_from(tokens)
    return run


def _what_instead(path: Path) -> str:
    """Say what is at a path that is no run, and which runs are near."""
    if path.is_file():
        return "it is a file; give the folder that unvanish train wrote"
    near = (file.parent for depth in _BELOW for file in path.glob(f"{depth}/config.json"))
    found = sorted(folder for folder in near if (folder / "vocabulary.json").is_file())
    if found:
        return f"it holds runs; did you mean {' or '.join(map(str, found[:_NAMED]))}?"
    return "it holds no config.json; give the --out of a run"
