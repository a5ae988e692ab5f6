"""``unvanish encode``: the latent vectors of a file of sentences."""

import json
import sys
from pathlib import Path

from ..config import UsageError
from ..schedules.wording import plural
from .opening import counting, given, open_run, warn_of_unknown_words
from .options import DeviceOptions, GivenFile, RunOptions
from .output import write_arrays

__all__ = ["encode"]


def encode(
    run: Path,
    file: GivenFile,
    /,
    *,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    common: DeviceOptions = DeviceOptions(),  # noqa: B008 - frozen
) -> None:
    """Write the posteriors q(z|x) of a file of sentences to a `.npz` file, which `--out` names.

    `--out` is required.

    The array `mean` has a row a sentence and a column a latent dimension, `logvar` the logarithms
    of the variances, and `labels` the labels where the file has any (empty where a sentence has
    none). Rows are in the order of the file, blank lines left out.

    For example: `unvanish encode runs/mine sentences.txt --out z.npz`

    Args:
        run: The folder that `unvanish train` wrote.
        file: The sentences, in a form that `unvanish train` reads, all of them however long; `-`
            reads a pipe, one a line.
    """
    import numpy as np

    if common.out is None:
        raise UsageError("say where the arrays are to go: --out z.npz")
    opened = open_run(run, options, common)
    corpus = opened.read(given((), file))
    with counting("encoding", common, len(corpus)) as progress:
        posteriors = opened.posteriors(corpus, progress=progress)
    arrays = {"mean": posteriors.mean.numpy()}
    if posteriors.logvar is not None:
        arrays["logvar"] = posteriors.logvar.numpy()
    if corpus.labels is not None:
        arrays["labels"] = np.array([label or "" for label in corpus.labels])
    warn_of_unknown_words(corpus)
    write_arrays(arrays, common.out)
    if common.json:
        facts = {name: {"shape": list(array.shape)} for name, array in arrays.items()}
        print(json.dumps({"out": str(common.out), "arrays": facts}, indent=1))
    elif not common.quiet:
        print(f"{plural(len(corpus), 'sentence')} encoded to {common.out}", file=sys.stderr)
