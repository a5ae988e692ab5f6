"""How words are chosen, for every command that writes sentences."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter

from ..config import Decoding, UsageError

__all__ = ["DecodingOptions"]

CHOICE = Group("How words are chosen", sort_key=50)


@Parameter(name="*", group=CHOICE)
@dataclass(frozen=True)
class DecodingOptions:
    """The strategy follows from what is given."""

    greedy: Annotated[bool, Parameter(negative="")] = False
    """Take the most probable word each time."""

    temperature: float | None = None
    """Sample words at this temperature: 1 follows the model's probabilities, lower values favour
    probable words, 0 is greedy."""

    top_k: int | None = None
    """Draw from this many of the most probable words."""

    top_p: float | None = None
    """Draw from the most probable words that together have this share of the probability, such as
    0.9 (the nucleus)."""

    beam: int | None = None
    """Look for the most probable whole sentence, with this many under way at a time."""

    length_penalty: float | None = None
    """With --beam: 0 compares plain probabilities, which favours short sentences; larger values,
    such as 0.6, favour longer ones."""

    max_words: Annotated[int | None, Parameter(show_default=False)] = None
    """Stop sentences that have not ended by then (default: the most that one in training could
    have)."""

    def decoding(self, usual: Literal["greedy", "sampling"], longest: int) -> Decoding:
        """Give the settings.

        Args:
            usual: The strategy where nothing asks for one.
            longest: Words a sentence may have where nothing is given.

        Raises:
            UsageError: If options of two strategies are given, or a value is not possible.

        Example:
            >>> DecodingOptions(top_p=0.9).decoding("greedy", 20).strategy
            'sampling'
            >>> DecodingOptions(beam=5, temperature=0.5).decoding("greedy", 20)
            Traceback (most recent call last):
            unvanish.config.errors.UsageError: --beam and --temperature exclude each other: ...
        """
        drawn = _given(temperature=self.temperature, top_k=self.top_k, top_p=self.top_p)
        beam = _given(beam=self.beam, length_penalty=self.length_penalty)
        asked = [
            (f"--{next(iter(names))}".replace("_", "-"), strategy)
            for strategy, names in (("beam", beam), ("sampling", drawn))
            if names
        ]
        asked = [("--greedy", "greedy"), *asked] if self.greedy else asked
        if len(asked) > 1:
            raise UsageError(f"{asked[0][0]} and {asked[1][0]} exclude each other: leave one out")
        if beam and self.beam is None:
            raise UsageError("--length-penalty needs --beam: give it, such as --beam 5")
        values: dict[str, Any] = drawn | beam
        if "beam" in values:
            values["beam_size"] = values.pop("beam")
        max_words = longest if self.max_words is None else self.max_words
        strategy: Any = asked[0][1] if asked else usual
        return Decoding(strategy, max_words=max_words, **values)


def _given(**values: float | None) -> dict[str, Any]:
    """Leave out what is not given."""
    return {name: value for name, value in values.items() if value is not None}
