"""A place in a sentence, what may stand there, and how probable each is."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["Slot", "parses"]


@dataclass(frozen=True)
class Slot:
    """A place whose words depend on some factors and are else chosen at random.

    Args:
        factors: Names of the factors that decide which options there are.
        options: The options of every combination of their values. Without an empty one, all are
            equally probable; an empty one, which stands first, has half of the probability.

    Example:
        >>> Slot((), {(): ("", "honestly", "frankly")}).probabilities(())
        (0.5, 0.25, 0.25)
    """

    factors: tuple[str, ...]
    options: Mapping[tuple[str, ...], tuple[str, ...]]

    def probabilities(self, values: tuple[str, ...]) -> tuple[float, ...]:
        """Give the probability of every option.

        Args:
            values: Of the slot's factors.
        """
        options = self.options[values]
        if options[0] or len(options) == 1:
            return (1 / len(options),) * len(options)
        return (0.5, *(0.5 / (len(options) - 1),) * (len(options) - 1))

    def entropy(self) -> float:
        """Nats of the choice, the mean over combinations of factors."""
        each = [
            -sum(p * math.log(p) for p in self.probabilities(values)) for values in self.options
        ]
        return sum(each) / len(each)


def parses(
    slots: tuple[Slot, ...], words: tuple[str, ...], known: Mapping[str, str]
) -> Iterator[tuple[dict[str, str], float]]:
    """Find every way in which slots give a sentence.

    Args:
        slots: In their order.
        words: Of the sentence.
        known: Factors that are settled already.

    Yields:
        The factors, and the probability of the sentence given them.
    """
    if not slots:
        if not words:
            yield dict(known), 1.0
        return
    first, *rest = slots
    for values, options in first.options.items():
        settled = dict(zip(first.factors, values, strict=True))
        if any(known.get(name, value) != value for name, value in settled.items()):
            continue
        for option, probability in zip(options, first.probabilities(values), strict=True):
            length = len(option.split())
            if words[:length] == tuple(option.split()):
                for factors, others in parses(tuple(rest), words[length:], {**known, **settled}):
                    yield factors, probability * others
