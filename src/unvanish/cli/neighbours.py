"""``unvanish neighbours``: sentences that are near in the latent space."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from .opening import counting, given, open_run, warn_of_unknown_words
from .options import DeviceOptions, GivenFile, GivenSentences, RunOptions
from .output import write_text

__all__ = ["neighbours"]


def neighbours(
    run: Path,
    sentences: GivenSentences = (),
    /,
    *,
    file: GivenFile | None = None,
    among: Annotated[Path | None, Parameter(show_default=False)] = None,
    k: Annotated[int, Parameter(name=["--k", "-k"])] = 5,
    metric: Literal["euclidean", "cosine"] = "euclidean",
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    common: DeviceOptions = DeviceOptions(),  # noqa: B008 - frozen
) -> None:
    """Find the sentences whose latent vectors are nearest to those of given sentences.

    One line a neighbour, the nearest first: the given sentence, a TAB, the distance, a TAB, the
    neighbour. Sentences come from the command line, from a file, or from standard input, one a
    line.

    For example: `unvanish neighbours runs/mine "the price rose" -k 3`

    Args:
        run: The folder that `unvanish train` wrote.
        sentences: The sentences; `-` or none reads them from a pipe.
        file: A file of sentences instead, read as `unvanish train` reads one; `-` is a pipe.
        among: The text to look in (default: the training text of the run, read again).
        k: Neighbours for each sentence; sentences that are the same count once.
        metric: How distance is measured between the means of q(z|x).
    """
    from ..runs import nearest_sentences

    opened = open_run(run, options, common)
    originals = given(sentences, file)
    queries = opened.read(originals)
    with counting("encoding", common) as progress:
        found = nearest_sentences(opened, queries, among, k=k, metric=metric, progress=progress)
    answers = list(zip([original.text for original in originals], found, strict=True))
    lines = [
        f"{text}\t{neighbour.distance:.4f}\t{neighbour.text}"
        for text, near in answers
        for neighbour in near
    ]
    facts = [
        {"text": text, "neighbours": [vars(neighbour) for neighbour in near]}
        for text, near in answers
    ]
    warn_of_unknown_words(queries)
    write_text("\n".join(lines), facts, common)
