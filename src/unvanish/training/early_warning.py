"""Who warns while a run trains that its latent variable is dying."""

from collections.abc import Mapping
from typing import Any

from ..measures import CollapseWatch, MutualInformation

__all__ = ["EarlyWarning"]


class EarlyWarning:
    """Two watches by the lines of the diagnosis: one on the KL of training, one on information.

    A KL that vanishes shows from one line of the metrics to the next. A KL that stays and tells
    nothing shows only when the posteriors of many sentences are compared, after an epoch.

    Args:
        awake: Whether there is a KL to watch; language models and autoencoders have none.
    """

    def __init__(self, *, awake: bool = True) -> None:
        self._awake = awake
        self._training = CollapseWatch()
        self._validation = CollapseWatch(patience=2, grace=0)

    def observe_training(self, kl: float, *, beta: float) -> str | None:
        """Take in the KL of a stretch of training and give a warning when one is due.

        Args:
            kl: Its mean in nats per sentence.
            beta: Its weight at the end of the stretch.
        """
        return self._training.observe(kl, beta=beta) if self._awake else None

    def observe_validation(
        self, kl: float, told: MutualInformation | None, *, beta: float
    ) -> str | None:
        """Take in what z told after an epoch; a KL that is small is seen in training already.

        Args:
            kl: KL of the validation split in nats per sentence.
            told: The information in z; ``None`` where it could not be measured.
            beta: The weight that the KL had last.
        """
        if not self._awake or told is None or kl < self._validation.threshold:
            return None
        return self._validation.observe(kl, beta=beta, information=told.interval[1])

    def state(self) -> dict[str, Any]:
        """Give what is remembered, for a checkpoint."""
        return {"training": self._training.state(), "validation": self._validation.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Remember what :meth:`state` gave."""
        self._training.restore(state["training"])
        self._validation.restore(state["validation"])
