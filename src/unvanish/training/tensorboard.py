"""Metrics for TensorBoard."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ..config import UsageError
from ..extras import how_to_install

__all__ = ["TensorBoardLogger"]


class TensorBoardLogger:
    """Writes every figure to an event file, which begins with the first of them.

    Args:
        folder: Where the event files go. Of what earlier ones say from the first step on,
            TensorBoard shows the new figures (after a resume).

    Raises:
        UsageError: If TensorBoard is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ModuleNotFoundError as error:
            raise UsageError(
                f"--tensorboard needs TensorBoard: {how_to_install('tensorboard')}"
            ) from error
        self._open = partial(SummaryWriter, str(folder))
        self._writer: Any = None

    def log(self, figures: Mapping[str, Any], /, *, step: int) -> None:
        """Write figures of one step."""
        if self._writer is None:
            self._writer = self._open(purge_step=step)
        for name, value in figures.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()
