"""The synthetic corpus: its settings, its sentences and everything there is to know of them."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from ...config import UsageError
from ...config.errors import require
from ..reading import Sentence
from .english import FACTORS, Factors, english
from .slots import Slot, parses

__all__ = ["SyntheticText"]


@dataclass(frozen=True)
class SyntheticText:
    """Sentences that say a topic, a mood, a tense and a number, each in words chosen at random.

    The factors are independent and uniform, and the choice of words is independent given them, so
    a model can reach ``entropy`` nats per sentence and no better, of which ``information`` is
    what a latent variable has to carry and ``noise_entropy`` what the decoder may leave to
    chance. Every sentence tells its factors. With all topics and choices there are 7 million
    sentences, so 10,000 of them hardly repeat and splits carved by their text are like drawn
    anew; the fewer there are, the more sentences are met again, which carving puts into one split.

    Args:
        n: Number of sentences.
        topics: Topics, 1 to 8.
        choices: Options that a place in a sentence has at most, 1 (no noise) to 6 (all).
        seed: Everything random depends on it alone.

    Raises:
        UsageError: If a setting is out of range.

    Example:
        >>> text = SyntheticText(n=2)
        >>> for sentence in text.sentences():
        ...     print(sentence.text, "|", sentence.label)
        honestly our essay seems simply poor today | negative
        clearly their final at the club is simply poor these days | negative
        >>> text.factors("the soups were quite awful")
        Factors(topic='food', mood='negative', tense='past', number='plural')
        >>> round(text.information, 3), round(text.noise_entropy, 3)
        (4.564, 10.777)
        >>> text.log_probability("the soups was quite awful")
        -inf
    """

    n: int = 10_000
    topics: int = 8
    choices: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        topics = len(FACTORS["topic"])
        require(self.n >= 1, "n", self.n, "give at least 1")
        require(1 <= self.topics <= topics, "topics", self.topics, f"give 1 to {topics}")
        require(1 <= self.choices <= 6, "choices", self.choices, "give 1 to 6")

    def __str__(self) -> str:
        return (
            f"{self.n:,} sentences of {self.entropy:.2f} nats: {self.information:.2f} of topic, "
            f"mood, tense and number, {self.noise_entropy:.2f} of chance"
        )

    def sentences(self) -> list[Sentence]:
        """Write the corpus; the label of a sentence is its mood."""
        return [Sentence(text, factors.mood) for factors, text in self.draw()]

    def draw(self) -> Iterator[tuple[Factors, str]]:
        """Draw the sentences of the corpus one after the other, each with its factors."""
        generator = random.Random(self.seed)
        for _ in range(self.n):
            drawn = Factors(*(_pick(values, generator) for values in self.values.values()))
            yield drawn, self._write(drawn, generator)

    def factors(self, sentence: str) -> Factors:
        """Read what a sentence says.

        Args:
            sentence: One that this grammar writes.

        Raises:
            UsageError: If it is not.
        """
        for found, _ in parses(self.slots, tuple(sentence.split()), {}):
            return Factors(**found)
        raise UsageError(f"{sentence!r} is no synthetic sentence; give one of these settings")

    def log_probability(self, sentence: str) -> float:
        """Logarithm of the probability of a sentence, minus infinity if it is never written.

        Args:
            sentence: Any text.
        """
        found = parses(self.slots, tuple(sentence.split()), {})
        total = math.fsum(probability for _, probability in found)
        return math.log(total) - self.information if total else -math.inf

    def support(self) -> Iterator[tuple[Factors, str]]:
        """Give every sentence there is with its factors: 7 million with all topics and choices."""
        for values in product(*self.values.values()):
            factors = Factors(*values)
            for words in product(*(slot.options[_key(slot, factors)] for slot in self.slots)):
                yield factors, " ".join(filter(None, words))

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The values of every factor."""
        return {**FACTORS, "topic": FACTORS["topic"][: self.topics]}

    @property
    def factor_entropies(self) -> dict[str, float]:
        """Nats of every factor."""
        return {name: math.log(len(values)) for name, values in self.values.items()}

    @property
    def information(self) -> float:
        """Nats of the factors of a sentence."""
        return math.fsum(self.factor_entropies.values())

    @property
    def noise_entropy(self) -> float:
        """Nats of a sentence once its factors are known."""
        return math.fsum(slot.entropy() for slot in self.slots)

    @property
    def entropy(self) -> float:
        """Nats of a sentence: the least that any model needs on average."""
        return self.information + self.noise_entropy

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The places of a sentence in their order."""
        return english(self.topics, self.choices)

    def _write(self, factors: Factors, generator: random.Random) -> str:
        words = []
        for slot in self.slots:
            key = _key(slot, factors)
            words.append(_pick(slot.options[key], generator, slot.probabilities(key)))
        return " ".join(filter(None, words))


def _key(slot: Slot, factors: Factors) -> tuple[str, ...]:
    return tuple(getattr(factors, name) for name in slot.factors)


def _pick(
    options: Sequence[str],
    generator: random.Random,
    probabilities: Sequence[float] | None = None,
) -> str:
    """Choose by one draw of ``random()``, the only one that Python keeps the same for ever."""
    point = generator.random()
    if probabilities is None:
        return options[int(point * len(options))]
    for option, probability in zip(options, probabilities, strict=True):
        point -= probability
        if point < 0:
            return option
    return options[-1]
