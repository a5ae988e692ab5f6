"""``unvanish evaluate``: rec, KL and perplexity of a trained run on a text."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .opening import counting, given, open_run
from .options import CommonOptions, GivenFile, RunOptions
from .output import write_arrays

if TYPE_CHECKING:
    from ..data import Corpus
    from ..runs import Run

__all__ = ["evaluate"]


def evaluate(
    run: Path,
    file: GivenFile | None = None,
    /,
    *,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Measure a trained run on a text: rec and kl in nats per sentence, elbo, perplexity.

    Everything is at beta = 1 with one draw of z a sentence, as `unvanish train` measures. `--out`
    writes rec, kl and elbo of every sentence to a `.npz` file, in the order of the text.

    For example: `unvanish evaluate runs/mine other-sentences.txt --out scores.npz`

    Args:
        run: The folder that `unvanish train` wrote.
        file: The sentences, read as `unvanish train` reads them; `-` reads a pipe, one a line
            (default: the validation and the test text of the run, read again).
    """
    from .measured import figures, show

    opened = open_run(run, options, common)
    texts = _texts(opened, file, quiet=common.quiet)
    found: dict[str, Any] = {}
    arrays = {}
    for name, corpus in texts.items():
        with counting(f"evaluating {name}", common, len(corpus)) as progress:
            found[name] = opened.evaluate(corpus, seed=common.seed, progress=progress)
        before = "" if file is not None else f"{name}_"
        for figure in ("rec", "kl", "elbo"):
            arrays[before + figure] = getattr(found[name], figure)
    if common.out is not None:
        write_arrays(arrays, common.out)
    show(opened, figures(opened, texts, found), as_json=common.json)


def _texts(run: "Run", file: Path | None, *, quiet: bool) -> "dict[str, Corpus]":
    """Read what is to be measured, by name."""
    if file is None:
        return {"valid": run.corpora.valid, "test": run.corpora.test}
    corpus = run.read(given((), file), as_in_training=True)
    if not quiet:
        print(corpus.report, file=sys.stderr)
    return {"standard input" if str(file) == "-" else file.name: corpus}
