"""How words are chosen: settings only."""

from dataclasses import dataclass, fields
from typing import Literal

from .checking import Settings
from .errors import require

__all__ = ["Decoding"]

_BELONGS_TO = {
    "temperature": "sampling",
    "top_k": "sampling",
    "top_p": "sampling",
    "beam_size": "beam",
    "length_penalty": "beam",
}


@dataclass(frozen=True)
class Decoding(Settings):
    r"""How a sentence is written from a latent vector.

    ``"greedy"`` takes the most probable word each time. ``"sampling"`` draws words from
    softmax(logits / temperature), cut first to the ``top_k`` most probable words and then to the
    nucleus, the smallest set of words that together have at least ``top_p`` of what is left.
    ``"beam"`` looks for the most probable whole sentence, or, with a length penalty alpha, for
    the greatest

    .. math:: \frac{\log p(x|z)}{lp(x)}, \qquad
              lp(x) = \left(\frac{5 + |x|}{5 + 1}\right)^\alpha

    where x has \|x\| words, the end symbol included.

    Args:
        strategy: ``"greedy"``, ``"sampling"`` or ``"beam"``.
        temperature: Below 1 probable words become more probable; 0 is greedy.
        top_k: Draw from this many of the most probable words; ``None`` from all.
        top_p: Draw from the most probable words that together have this share of the
            probability, from above 0 to 1; ``None`` from all.
        beam_size: Unfinished sentences kept at a time, fewer as sentences finish; 1 is greedy.
        length_penalty: alpha; 0 compares plain sums of log-probabilities, larger values favour
            longer sentences.
        max_words: Words a sentence may have.

    Raises:
        UsageError: If a value is out of its range or belongs to another strategy.

    References:
        Holtzman et al., The Curious Case of Neural Text Degeneration, ICLR 2020,
        https://arxiv.org/abs/1904.09751 (nucleus).
        Fan et al., Hierarchical Neural Story Generation, ACL 2018,
        https://arxiv.org/abs/1805.04833 (top k).
        Wu et al., Google's Neural Machine Translation System, 2016,
        https://arxiv.org/abs/1609.08144, equation 14 (length penalty).

    Example:
        >>> Decoding("sampling", temperature=0.7, top_p=0.9).max_words
        100
        >>> Decoding("greedy", top_k=3)
        Traceback (most recent call last):
        unvanish.config.errors.UsageError: top_k=3 is not possible: it belongs to 'sampling', ...
    """

    strategy: Literal["greedy", "sampling", "beam"] = "greedy"
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    beam_size: int = 5
    length_penalty: float = 0.0
    max_words: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.temperature >= 0, "temperature", self.temperature, "give a number from 0 on")
        k, p = self.top_k, self.top_p
        require(k is None or k >= 1, "top_k", k, "give at least 1")
        require(p is None or 0 < p <= 1, "top_p", p, "give a share from above 0 to 1")
        require(self.beam_size >= 1, "beam_size", self.beam_size, "give at least 1")
        alpha = self.length_penalty
        require(alpha >= 0, "length_penalty", alpha, "give a number from 0 on")
        require(self.max_words >= 1, "max_words", self.max_words, "give at least 1")
        for entry in fields(self):
            value, owner = getattr(self, entry.name), _BELONGS_TO.get(entry.name, self.strategy)
            require(
                owner == self.strategy or value == entry.default,
                entry.name,
                value,
                f"it belongs to {owner!r}, the strategy is {self.strategy!r}; leave one out",
            )

    @property
    def draws(self) -> bool:
        """Whether chance has a part in the words."""
        return self.strategy == "sampling" and self.temperature > 0
