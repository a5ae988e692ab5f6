"""What is measured of a text VAE after an epoch, and what is said of it."""

from collections.abc import Callable, Mapping
from typing import Any

from ..config import Config
from ..data import Corpus
from ..evaluation import Evaluation, evaluate
from ..inference import refinement_of
from ..models import TextVAE
from ..runs import Run
from .course import Course
from .early_stopping import EarlyStopping, settled_step
from .early_warning import EarlyWarning
from .parts import Validation
from .two_paths import two_paths

__all__ = ["TextValidation"]


class TextValidation:
    """Evaluates a text VAE, warns where z dies, and ends what gains nothing any more.

    Args:
        config: Every setting.
        model: The model.
        corpus: The validation split.
        run: Where the places of sentences in the latent space go.
        course: How the run goes.
    """

    def __init__(
        self, config: Config, model: TextVAE, corpus: Corpus, *, run: Run, course: Course
    ) -> None:
        self.config, self.model, self.corpus, self.run = config, model, corpus, run
        has_rate = not (config.model.is_language_model or config.model.is_autoencoder)
        self._warning = EarlyWarning(awake=has_rate)
        settled = settled_step(course.beta, course.timetable.total_steps)
        self._stopping = EarlyStopping(config.training.patience, settled)
        self._steps_per_epoch = course.timetable.steps_per_round

    def evaluate(self, model: TextVAE, corpus: Corpus, between: Callable[[], None]) -> Evaluation:
        """Evaluate a split at beta = 1.

        Args:
            model: The model.
            corpus: The split.
            between: Called after each batch; it may end the run.
        """
        refinement = refinement_of(self.config)
        return evaluate(
            model,
            corpus,
            seed=self.config.seed,
            refinement=refinement,
            progress=lambda done: between(),
        )

    def watch(self, kl: float, *, beta: float) -> str | None:
        """See :meth:`Validating.watch`."""
        return self._warning.observe_training(kl, beta=beta)

    def validate(self, n: int, *, beta: float, between: Callable[[], None]) -> Validation:
        """See :meth:`Validating.validate`."""
        evaluation = self.evaluate(self.model, self.corpus, between)
        figures = evaluation.summary()
        beside = two_paths(self.config, self.model, self.corpus, between)
        told = evaluation.information()
        if told is not None:
            beside["information"] = told.low.value
        warning = self._warning.observe_validation(figures["kl"], told, beta=beta)
        return Validation(figures, beside, warning, lambda: self.run.save_latent(n, evaluation))

    def ends(self, n: int, figures: Mapping[str, Any], *, better: bool) -> bool:
        """See :meth:`Validating.ends`."""
        return self._stopping.observe((n - 1) * self._steps_per_epoch, better)

    def state(self) -> dict[str, Any]:
        """See :meth:`Validating.state`."""
        return {"waited": self._stopping.waited, "warning": self._warning.state()}

    def restore(self, facts: Mapping[str, Any]) -> None:
        """See :meth:`Validating.restore`."""
        self._stopping.waited = facts["waited"]
        self._warning.restore(facts["warning"])
