"""``unvanish sample``: sentences from the prior of a trained run."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .decoding_options import DecodingOptions
from .hints import give_hints
from .opening import counting, open_run
from .options import CommonOptions, RunOptions
from .output import write_text

__all__ = ["sample"]


def sample(
    run: Path,
    /,
    *,
    n: Annotated[int, Parameter(name=["--n", "-n"])] = 10,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    words: DecodingOptions = DecodingOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Write sentences from the prior of a trained run, one a line.

    Words are drawn as probable as the model says, unless another choice is given. With `--greedy`
    sentences differ only as far as z makes them differ: where the latent variable has vanished,
    all are the same.

    For example: `unvanish sample runs/mine -n 5 --greedy`

    Args:
        run: The folder that `unvanish train` wrote.
        n: Number of sentences.
    """
    opened = open_run(run, options, common)
    decoding = words.decoding("sampling", opened.longest)
    seed = 1 if common.seed is None else common.seed
    with counting("writing", common, n) as progress:
        sentences = opened.generate(n, decoding, seed=seed, progress=progress)
    give_hints(opened, sentences, decoding, common)
    write_text("\n".join(sentences), [{"text": sentence} for sentence in sentences], common)
