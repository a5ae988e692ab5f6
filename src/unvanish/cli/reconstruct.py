"""``unvanish reconstruct``: sentences through the latent variable and back."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .decoding_options import DecodingOptions
from .hints import give_hints
from .opening import counting, given, open_run, warn_of_unknown_words
from .options import CommonOptions, GivenFile, GivenSentences, RunOptions
from .output import write_text

__all__ = ["reconstruct"]


def reconstruct(
    run: Path,
    sentences: GivenSentences = (),
    /,
    *,
    file: GivenFile | None = None,
    sample_z: Annotated[bool, Parameter(negative="")] = False,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    words: DecodingOptions = DecodingOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Write sentences again from their latent vectors alone.

    A model whose latent variable has vanished writes the same sentence whatever it is given.
    Sentences come from the command line, from a file, or from standard input, one a line. The
    most probable word is taken each time, unless another choice is given.

    For example: `unvanish reconstruct runs/mine "the price rose" "he did not say why"`

    Args:
        run: The folder that `unvanish train` wrote.
        sentences: The sentences; `-` or none reads them from a pipe.
        file: A file of sentences instead, read as `unvanish train` reads one; `-` is a pipe.
        sample_z: Draw z from q(z|x) instead of taking its mean.
    """
    opened = open_run(run, options, common)
    decoding = words.decoding("greedy", opened.longest)
    originals = given(sentences, file)
    corpus = opened.read(originals)
    seed = 1 if common.seed is None else common.seed
    with counting("writing", common, len(corpus)) as progress:
        written = opened.reconstruct(
            corpus, decoding, use_mean=not sample_z, seed=seed, progress=progress
        )
    pairs = [(original.text, again) for original, again in zip(originals, written, strict=True)]
    text = "\n".join(f"  {original}\n> {again}" for original, again in pairs)
    warn_of_unknown_words(corpus)
    different = {original.text: again for original, again in zip(originals, written, strict=True)}
    give_hints(opened, list(different.values()), decoding, common)
    write_text(text, [{"text": a, "reconstruction": b} for a, b in pairs], common)
