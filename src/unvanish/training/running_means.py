"""Means of what the loop sees between two lines of the log."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from ..objectives import Loss
from .processes import Processes

__all__ = ["RunningMeans", "TokenBatch"]


class TokenBatch(Protocol):
    """What an optimizer step is made from."""

    def __len__(self) -> int:
        """Count its sentences."""
        ...

    @property
    def n_tokens(self) -> int:
        """Tokens that are predicted."""
        ...


class RunningMeans:
    """Means over some steps, kept as tensors so that no step waits for a number."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, with nothing taken in."""
        self._sums: dict[str, Tensor] = {}
        self._sentences = self._tokens = self._steps = 0
        self._seconds = 0.0
        self._opened = time.perf_counter()

    def add(self, loss: Loss, batch: TokenBatch) -> None:
        """Take in the loss of a batch, or of a part of one."""
        sums = {name: part.detach().sum() for name, part in loss.parts.items()}
        self._add(sums | {"loss": loss.total.detach() * len(batch)})
        self._sentences += len(batch)
        self._tokens += batch.n_tokens

    def add_step(self, norm: Tensor) -> None:
        """Take in an optimizer step and the norm of its gradient."""
        self._add({"grad_norm": norm.detach()})
        self._steps += 1

    def _add(self, sums: Mapping[str, Tensor]) -> None:
        self._sums |= {name: value + self._sums.get(name, 0.0) for name, value in sums.items()}

    def collect(self, processes: Processes) -> None:
        """Bring what every process has taken in together in the first one; the others forget it.

        Args:
            processes: All of them call it.
        """
        if processes.count == 1:
            return
        own = {name: float(value) for name, value in self._sums.items()}
        of_all = processes.gather((own, self._sentences, self._tokens))
        for name in {name for sums, _, _ in of_all for name in sums}:
            total = sum(sums.get(name, 0.0) for sums, _, _ in of_all)
            self._sums[name] = torch.tensor(total)
        self._sentences = sum(sentences for _, sentences, _ in of_all)
        self._tokens = sum(tokens for _, _, tokens in of_all)
        if not processes.first:
            self._sums, self._sentences, self._tokens = {}, 0, 0

    def means(self) -> dict[str, float]:
        """Give the means over sentences, for the gradient's norm over steps, and the speed."""
        counts = dict.fromkeys(self._sums, self._sentences) | {"grad_norm": self._steps}
        means = {f"train/{name}": float(self._sums[name]) / counts[name] for name in counts}
        seconds = self._elapsed()
        speed = self._tokens / seconds if seconds > 0 else 0.0
        return means | {"train/tokens_per_second": speed}

    def _elapsed(self) -> float:
        return self._seconds + time.perf_counter() - self._opened

    def tensors(self) -> dict[str, Tensor]:
        """Give the sums, for a checkpoint."""
        return dict(self._sums)

    def facts(self) -> dict[str, Any]:
        """Give the counts, for a checkpoint."""
        return {
            "sentences": self._sentences,
            "tokens": self._tokens,
            "steps": self._steps,
            "seconds": self._elapsed(),
        }

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Begin with what :meth:`tensors` and :meth:`facts` gave."""
        self.reset()
        self._sums = dict(tensors)
        self._sentences, self._tokens = facts["sentences"], facts["tokens"]
        self._steps, self._seconds = facts["steps"], facts["seconds"]
