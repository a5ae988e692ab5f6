"""How far a run has come, in numbers that are the same whatever is trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Progress"]


@dataclass
class Progress:
    """What a run has done so far.

    A round is what is trained between two validations: an epoch of sentences, a part of one of
    dialogs.

    Args:
        unit: What the files of a run call a round, ``"epoch"`` or ``"round"``.
        step: Optimizer steps done.
        rounds: Rounds trained and validated.
        tokens: Tokens trained on.
        seconds: Seconds spent in training, validations left out.
        best: Validation figures of the round with the best elbo at beta = 1, and its number.
        stopped_early: Whether the run ended because nothing was gained any more.

    Example:
        >>> progress = Progress("epoch")
        >>> [progress.end_round({"elbo": elbo}) for elbo in (-9.0, -7.0, -8.0)]
        [True, True, False]
        >>> progress.best, progress.place
        ({'epoch': 2, 'elbo': -7.0}, {'step': 0, 'epoch': 4})
    """

    unit: str
    step: int = 0
    rounds: int = 0
    tokens: int = 0
    seconds: float = 0.0
    best: dict[str, Any] = field(default_factory=dict)
    stopped_early: bool = False

    @property
    def place(self) -> dict[str, int]:
        """Where a line of the metrics stands: the step, and the round that is trained, from 1."""
        return {"step": self.step, self.unit: self.rounds + 1}

    @property
    def best_round(self) -> int:
        """The round with the best elbo, from 1."""
        return int(self.best[self.unit])

    @property
    def last_is_best(self) -> bool:
        """Whether the last round is the one with the best elbo."""
        return self.best_round == self.rounds

    def end_round(self, figures: Mapping[str, Any]) -> bool:
        """Count a round and tell whether it is the best so far.

        Args:
            figures: Those of its validation, with an ``"elbo"``.
        """
        better = not self.best or figures["elbo"] > self.best["elbo"]
        self.rounds += 1
        if better:
            self.best = {self.unit: self.rounds, **figures}
        return bool(better)

    def facts(self) -> dict[str, Any]:
        """Give all but the step, for a checkpoint."""
        return {
            self.unit: self.rounds,
            "best": self.best,
            "stopped_early": self.stopped_early,
            "seconds": self.seconds,
            "tokens": self.tokens,
        }

    def restore(self, step: int, facts: Mapping[str, Any]) -> None:
        """Go back to what :meth:`facts` gave after an optimizer step."""
        self.step, self.rounds = step, facts[self.unit]
        self.best, self.stopped_early = facts["best"], facts["stopped_early"]
        self.seconds, self.tokens = facts["seconds"], facts["tokens"]

    def summary(self) -> dict[str, Any]:
        """Give what ``results.json`` says of the training."""
        return {
            f"{self.unit}s": self.rounds,
            "steps": self.step,
            "seconds": round(self.seconds, 3),
            "stopped_early": self.stopped_early,
            "tokens_per_second": round(self.tokens / max(self.seconds, 1e-9), 1),
        }
