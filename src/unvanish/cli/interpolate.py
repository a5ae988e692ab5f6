"""``unvanish interpolate``: the way from one sentence to another."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from .decoding_options import DecodingOptions
from .hints import give_hints
from .opening import open_run, warn_of_unknown_words
from .options import CommonOptions, RunOptions
from .output import write_text

__all__ = ["interpolate"]


def interpolate(
    run: Path,
    start: str,
    end: str,
    /,
    *,
    steps: int = 7,
    spherical: Annotated[bool, Parameter(negative="")] = False,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    words: DecodingOptions = DecodingOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Write sentences on the way from one sentence to another, one a line.

    Both are encoded; what is written comes from latent vectors at equal distances between theirs.
    The first and the last line are the model's reconstructions of the two. The most probable word
    is taken each time, unless another choice is given.

    For example: `unvanish interpolate runs/mine "the film was awful" "the book is lovely"`

    Args:
        run: The folder that `unvanish train` wrote.
        start: The first sentence.
        end: The last sentence.
        steps: Sentences written, both ends counted.
        spherical: Turn from one direction to the other instead of going straight, so that no
            vector is nearer to 0 than those of sentences are.
    """
    from ..runs import sentences_between

    opened = open_run(run, options, common)
    decoding = words.decoding("greedy", opened.longest)
    given = opened.read([start, end])
    kind: Literal["linear", "spherical"] = "spherical" if spherical else "linear"
    seed = 1 if common.seed is None else common.seed
    written = sentences_between(opened, start, end, steps, kind, decoding, seed=seed)
    warn_of_unknown_words(given)
    give_hints(opened, written, decoding, common)
    write_text("\n".join(written), [{"text": sentence} for sentence in written], common)
