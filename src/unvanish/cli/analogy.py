"""``unvanish analogy``: A is to B as C is to what?"""

from pathlib import Path

from .decoding_options import DecodingOptions
from .hints import give_hints
from .opening import open_run, warn_of_unknown_words
from .options import CommonOptions, RunOptions
from .output import write_text

__all__ = ["analogy"]


def analogy(
    run: Path,
    a: str,
    b: str,
    c: str,
    /,
    *,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    words: DecodingOptions = DecodingOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Write the sentence that is to C as B is to A.

    What is written comes from the latent vector c + (b - a). The most probable word is taken each
    time, unless another choice is given.

    For example: `unvanish analogy runs/mine "the film is bad" "the film is good" "my soup is bad"`

    Args:
        run: The folder that `unvanish train` wrote.
        a: A sentence.
        b: What it becomes.
        c: Another sentence, to be changed alike.
    """
    from ..runs import analogous_sentence

    opened = open_run(run, options, common)
    decoding = words.decoding("greedy", opened.longest)
    given = opened.read([a, b, c])
    seed = 1 if common.seed is None else common.seed
    written = analogous_sentence(opened, a, b, c, decoding, seed=seed)
    warn_of_unknown_words(given)
    give_hints(opened, [written], decoding, common)
    write_text(written, {"a": a, "b": b, "c": c, "text": written}, common)
