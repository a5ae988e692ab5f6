"""An early word when the latent variable is dying."""

from collections.abc import Mapping

from .thresholds import LEAST_INFORMATION, Thresholds

__all__ = ["CollapseWatch"]


class CollapseWatch:
    """Watches what z tells during training and says once when it has all but vanished.

    A KL below ``threshold`` in ``patience`` observations in a row is a collapse in the making:
    so little passes through z that the decoder gains nothing from reading it. The same holds for
    the information in z where that is measured too, however large the KL is. At the start of
    training the KL is small because nothing has been learnt yet, so until it has once been above
    the threshold the first ``grace`` observations do not count. The watch speaks again only after
    a recovery to twice the threshold.

    Args:
        threshold: Nats per sentence below which z carries next to nothing; by default the line of
            the verdict, :data:`~unvanish.measures.diagnosis.LEAST_INFORMATION`.
        patience: Observations in a row that it takes.
        grace: Observations that a KL may need to rise for the first time.
        offset: KL without information that is called an offset rather than a trace of training;
            by default that of the verdict.

    Example:
        >>> watch = CollapseWatch(threshold=0.1, patience=2)
        >>> [watch.observe(kl, beta=1.0) is not None for kl in (0.01, 0.5, 0.05, 0.05, 0.04)]
        [False, False, False, True, False]
    """

    def __init__(
        self,
        threshold: float = LEAST_INFORMATION,
        patience: int = 3,
        grace: int = 10,
        offset: float = Thresholds.offset,
    ) -> None:
        self.threshold, self.offset = threshold, offset
        self.patience = patience
        self._grace = grace
        self._below = 0
        self._spoken = False

    def observe(
        self, kl: float, *, beta: float | None, information: float | None = None
    ) -> str | None:
        """Take in the KL of a stretch of training and give a warning when one is due.

        Args:
            kl: Mean KL of the stretch, in nats per sentence.
            beta: Its weight at the end of the stretch; ``None`` where it is not known.
            information: The most that z tells about the sentence, in nats, where it was measured:
                the upper end of :func:`~unvanish.measures.mutual_information`'s interval.
        """
        told = kl if information is None else min(kl, information)
        if told >= self.threshold:
            self._grace = self._below = 0
            self._spoken = self._spoken and told < 2 * self.threshold
            return None
        if self._grace > 0:
            self._grace -= 1
            return None
        self._below += 1
        if self._spoken or self._below < self.patience:
            return None
        self._spoken = True
        return self._warning(kl, beta)

    def _warning(self, kl: float, beta: float | None) -> str:
        measured = f"kl = {kl:.3f} nats per sentence"
        if beta is not None:
            measured += f" at beta = {beta:.2f}"
        if kl >= self.offset:
            return (
                f"the latent variable is alive on paper only: {measured}, but z tells less than "
                f"{self.threshold:g} about it; look for what holds the kl up, such as free bits "
                "for the batch or a fixed variance"
            )
        if kl >= self.threshold:
            return (
                f"z tells less than {self.threshold:g} nats about the sentence: {measured}; if "
                "training goes on like this, more cycles of beta, a longer ramp or a top below 1 "
                "keep more of it alive"
            )
        return (
            f"the latent variable is collapsing: {measured}; more cycles of beta, a longer ramp or "
            "a top below 1 keep more of it alive"
        )

    def state(self) -> dict[str, int | bool]:
        """Give what is remembered, for a checkpoint."""
        return {"grace": self._grace, "below": self._below, "spoken": self._spoken}

    def restore(self, state: Mapping[str, int | bool]) -> None:
        """Remember what :meth:`state` gave."""
        self._grace, self._below = int(state["grace"]), int(state["below"])
        self._spoken = bool(state["spoken"])
