"""What is measured of a dialog model after a round, and when that is enough."""

from collections.abc import Callable, Mapping
from typing import Any

from ...config import DialogConfig
from ...data.dialogs import DialogBatches
from ...evaluation.dialog import DialogEvaluation, evaluate_dialogs
from ...models import DialogCVAE
from ..parts import Validation
from .patience import GrowingPatience

__all__ = ["DialogValidation"]


class DialogValidation:
    """Evaluates a dialog model, and ends a run when patience is over.

    Args:
        config: Every setting.
        model: The model.
        batches: The validation split.
    """

    def __init__(self, config: DialogConfig, model: DialogCVAE, batches: DialogBatches) -> None:
        self.config, self.model, self.batches = config, model, batches
        self._patience = GrowingPatience(config.training.patience, config.training.improvement)

    def evaluate(
        self, model: DialogCVAE, batches: DialogBatches, between: Callable[[], None]
    ) -> DialogEvaluation:
        """Evaluate a split at beta = 1.

        Args:
            model: The model.
            batches: The split.
            between: Called after each batch; it may end the run.
        """
        return evaluate_dialogs(
            model, batches, seed=self.config.seed, progress=lambda done: between()
        )

    def watch(self, kl: float, *, beta: float) -> None:
        """See :meth:`Validating.watch`; the lines that warn are drawn for sentences, not here."""

    def validate(self, n: int, *, beta: float, between: Callable[[], None]) -> Validation:
        """See :meth:`Validating.validate`."""
        figures = self.evaluate(self.model, self.batches, between).summary()
        return Validation(figures)

    def ends(self, n: int, figures: Mapping[str, Any], *, better: bool) -> bool:
        """See :meth:`Validating.ends`."""
        return self._patience.observe(n, -figures["elbo"])

    def state(self) -> dict[str, Any]:
        """See :meth:`Validating.state`."""
        return {"patience": self._patience.state()}

    def restore(self, facts: Mapping[str, Any]) -> None:
        """See :meth:`Validating.restore`."""
        self._patience.restore(facts["patience"])
