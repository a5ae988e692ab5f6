"""``unvanish evaluate``: rec, KL and perplexity of a trained run on a text."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from ..config import UsageError
from .opening import counting, given, open_run
from .options import CommonOptions, GivenFile, RunOptions
from .output import write_arrays

if TYPE_CHECKING:
    from numpy import ndarray

    from ..data import Corpus
    from ..evaluation import Evaluation, ImportanceWeighted
    from ..runs import Run

__all__ = ["evaluate"]


def evaluate(
    run: Path,
    file: GivenFile | None = None,
    /,
    *,
    importance_samples: Annotated[int | None, Parameter(validator=Number(gte=1, lte=10**6))] = None,
    sentences: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    precision: Literal["auto", "bf16", "fp32"] = "fp32",
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Measure a trained run on a text: rec and kl in nats per sentence, elbo, perplexity.

    Everything is at beta = 1 with one draw of z a sentence, as `unvanish train` measures. `--out`
    writes rec, kl and elbo of every sentence measured to a `.npz` file, in the order of the text.
    Of FILE that is every sentence but those too long for training, so `places` says which of its
    sentences each is, counted from 0 and without blank lines. Without FILE the names begin with the
    split (valid_rec, test_rec, ...), and places are those in the split.

    With `--importance-samples` log p(x) itself is estimated, from so many draws of z a sentence:
    nats per sentence with the standard error over sentences, beside it the same from a tenth of
    the draws (what is between the two tells how much bias may be left), the perplexity and bits
    per character of this estimate, and how many draws count (effective sample size). It is a
    tighter bound than the elbo, so never compare one model's elbo with another's estimate. `--out`
    then has log_likelihood, log_likelihood_fewer and effective_sample_size too, and in
    log_likelihood_places the places of the sentences measured so. It takes about
    `--importance-samples` times as long; `--sentences` measures some of a text, `--precision bf16`
    is faster and less exact.

    For example: `unvanish evaluate runs/mine other-sentences.txt --importance-samples 500`

    Args:
        run: The folder that `unvanish train` wrote.
        file: The sentences, read as `unvanish train` reads them; `-` reads a pipe, one a line
            (default: the validation and the test text of the run, read again).
        importance_samples: Draws of z a sentence to estimate log p(x) from; 500 is usual.
        sentences: How many of each text these are drawn for, evenly spread (default: all).
        precision: Of the decoder's products for these draws: fp32, bf16, or auto, which is bf16
            where the processor has it. bf16 moved the bound of a sentence of Penn Treebank by up
            to 0.02 nats, the mean by 0.001.
    """
    from .likelihood_table import draws_in_words
    from .measured import figures, show

    if importance_samples is None and (sentences is not None or precision != "fp32"):
        raise UsageError("--sentences and --precision go with --importance-samples: give that too")
    opened = open_run(run, options, common)
    texts, places = _texts(opened, file, quiet=common.quiet)
    found: dict[str, Evaluation] = {}
    likelihoods: dict[str, ImportanceWeighted] = {}
    for name, corpus in texts.items():
        with counting(f"evaluating {name}", common, len(corpus)) as progress:
            found[name] = opened.evaluate(corpus, seed=common.seed, progress=progress)
        if importance_samples is None:
            continue
        n = len(corpus) if sentences is None else min(sentences, len(corpus))
        what = f"{draws_in_words(importance_samples)} of z for {name}"
        with counting(what, common, n) as progress:
            likelihoods[name] = opened.likelihood(
                corpus,
                samples=importance_samples,
                sentences=sentences,
                precision=precision,
                seed=common.seed,
                progress=progress,
            )
    if common.out is not None:
        write_arrays(_arrays(found, likelihoods, places, prefixed=file is None), common.out)
    show(opened, figures(opened, texts, found, likelihoods), as_json=common.json)


def _arrays(
    found: "dict[str, Evaluation]",
    likelihoods: "dict[str, ImportanceWeighted]",
    places: "dict[str, ndarray]",
    *,
    prefixed: bool,
) -> "dict[str, ndarray]":
    """Give what was measured of every sentence, by name."""
    of_likelihood = ("log_likelihood", "log_likelihood_fewer", "effective_sample_size")
    arrays: dict[str, ndarray] = {}
    for text, evaluation in found.items():
        before = f"{text}_" if prefixed else ""
        arrays |= {before + name: getattr(evaluation, name) for name in ("rec", "kl", "elbo")}
        arrays[f"{before}places"] = places[text]
        if text in likelihoods:
            likelihood = likelihoods[text]
            arrays |= {before + name: getattr(likelihood, name) for name in of_likelihood}
            arrays[f"{before}log_likelihood_places"] = places[text][likelihood.places]
    return arrays


def _texts(
    run: "Run", file: Path | None, *, quiet: bool
) -> "tuple[dict[str, Corpus], dict[str, ndarray]]":
    """Read what is to be measured, by name, and where each sentence of it stood."""
    import numpy as np

    from ..runs.text import kept_places

    if file is None:
        splits: dict[str, Corpus] = {"valid": run.corpora.valid, "test": run.corpora.test}
        return splits, {name: np.arange(len(split)) for name, split in splits.items()}
    sentences = given((), file)
    corpus = run.read(sentences, as_in_training=True)
    if not quiet:
        print(corpus.report, file=sys.stderr)
    name = "standard input" if str(file) == "-" else file.name
    return {name: corpus}, {name: kept_places(run, sentences)}
