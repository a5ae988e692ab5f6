"""``unvanish diagnose``: is the latent variable alive?"""

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zipfile import BadZipFile, is_zipfile

from cyclopts import Parameter
from cyclopts.validators import Number

from ..config import UsageError
from .opening import counting, given, open_run
from .options import CommonOptions, GivenFile, RunOptions
from .output import require_new, write_text

if TYPE_CHECKING:
    from ..measures.diagnosis import Diagnosis

__all__ = ["diagnose"]

_ARRAYS = (
    *("mean", "logvar", "rec", "rec_other", "rec_same_length", "rec_prior", "rec_masked"),
    "rec_unigram",
)
_NUMBERS = ("beta", "beta_top", "steps", "complete")
_UNUSED = ("labels",)
"""Arrays that `unvanish encode` writes and no verdict needs."""


def diagnose(
    run_or_arrays: Path,
    file: GivenFile | None = None,
    /,
    *,
    sentences: Annotated[int | None, Parameter(validator=Number(gte=2))] = None,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Say whether the latent variable is alive, why, and what to try next.

    Of a run, posteriors of the test text are measured, and what it costs to decode sentences from
    another sentence's z. The verdict is one of alive, partly-collapsed, collapsed, paper-only (a
    KL without information), ignored (the decoder makes no use of z), holes (codes and prior
    are far from each other), unfinished and cannot-tell.

    Of any other VAE with a diagonal Gaussian q(z|x) and the prior N(0, I) give a `.npz` file with
    the arrays `mean` and `logvar` of q(z|x), a row a sentence, and as many as there are of: `rec`,
    the reconstruction loss of each sentence in nats, summed over its words; `rec_other`, the same
    with another sentence's z; `rec_same_length`, with that of one of the same length; `rec_prior`,
    with z of the prior; `rec_masked`, with its own z and the previous words masked; `rec_unigram`,
    what word frequencies alone need; and the numbers `beta`, `beta_top`, `steps` and `complete`
    (see `unvanish.diagnose`). What `unvanish encode` writes is such a file, whatever its name ends
    in. With a Gaussian prior p(z|c) give `(mean - prior_mean) / prior_std` as `mean` and
    `logvar - prior_logvar` as `logvar`.

    For example: `unvanish diagnose runs/mine`

    Args:
        run_or_arrays: The folder that `unvanish train` wrote, or a `.npz` file.
        file: Sentences to take instead of the run's test text; `-` reads a pipe, one a line.
        sentences: How many of them are decoded from another z (default 1000).
    """
    require_new(common.out)
    if _holds_arrays(run_or_arrays):
        if file is not None:
            raise UsageError(f"{run_or_arrays} holds arrays: leave out {file}")
        if options != RunOptions() or sentences is not None:
            raise UsageError("--parameters and --sentences are for a run: leave them out")
        found = _of_arrays(run_or_arrays, common.seed or 0)
    elif run_or_arrays.is_file():
        raise UsageError(f"{run_or_arrays} is neither a run's folder nor a .npz file of arrays")
    else:
        found = _of_run(run_or_arrays, file, sentences or 1_000, options, common)
    if common.out is not None or common.json:
        write_text(str(found), found.to_dict(), common)
    else:
        _show(found)


def _holds_arrays(path: Path) -> bool:
    """Tell a file of arrays from a folder by what it is; one that is not there by its name."""
    if path.is_dir():
        return False
    return path.suffix.lower() == ".npz" or (path.is_file() and is_zipfile(path))


def _of_run(
    path: Path,
    file: Path | None,
    sentences: int,
    options: RunOptions,
    common: CommonOptions,
) -> "Diagnosis":
    run = open_run(path, options, common)
    text = run.corpora.test if file is None else run.read(given((), file), as_in_training=True)
    with counting("decoding", common, min(len(text), sentences)) as progress:
        return run.diagnose(text, sentences=sentences, seed=common.seed, progress=progress)


def _of_arrays(file: Path, seed: int) -> "Diagnosis":
    """Judge what a file holds.

    Raises:
        UsageError: If it cannot be read, or holds something else.
    """
    from ..measures import PosteriorsWarning
    from ..measures.diagnosis import diagnose as diagnose_arrays

    arrays = _known(file, _read_arrays(file))
    numbers = {name: arrays.pop(name).item() for name in _NUMBERS if name in arrays}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PosteriorsWarning)
        try:
            found = diagnose_arrays(**arrays, **numbers, seed=seed)
        except (ValueError, TypeError) as error:
            raise UsageError(f"{file}: {error}") from error
        finally:
            for each in caught:
                print(f"warning: {_what_of(each, file)}{each.message}", file=sys.stderr)
    return found


def _what_of(warning: warnings.WarningMessage, file: Path) -> str:
    """Name the file before what is said of its arrays."""
    from ..measures import PosteriorsWarning

    return f"{file}: " if warning.category is PosteriorsWarning else ""


def _read_arrays(file: Path) -> dict[str, Any]:
    import numpy as np

    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except FileNotFoundError as error:
        raise UsageError(f"{file} does not exist: give a .npz file of numpy.savez") from error
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise UsageError(
            f"{file} cannot be read as arrays: give a .npz file of numpy.savez with the arrays "
            "mean and logvar"
        ) from error


def _known(file: Path, arrays: dict[str, Any]) -> dict[str, Any]:
    """Give those of the arrays that a verdict takes."""
    missing = [name for name in ("mean", "logvar") if name not in arrays]
    if missing:
        raise UsageError(f"{file} has no array {missing[0]}: it has {', '.join(arrays) or 'none'}")
    known = (*_ARRAYS, *_NUMBERS)
    arrays = {name: array for name, array in arrays.items() if name not in _UNUSED}
    for name in arrays.keys() - set(known):
        raise UsageError(f"{file} has an array {name}: give some of {', '.join(known)}")
    for name in _NUMBERS:
        if name in arrays and arrays[name].size != 1:
            raise UsageError(f"{file} has {arrays[name].size} numbers as {name}: give one")
    return arrays


def _show(found: "Diagnosis") -> None:
    """Print the verdict, the evidence, the advice and the figures of the dimensions."""
    from rich.console import Console

    from .diagnosed import dimensions_table, verdict_lines

    console = Console(highlight=False)
    if console.is_terminal:
        for line in verdict_lines(found):
            console.print(line)
    else:
        sys.stdout.write(f"{found}\n\n")
    console.print(dimensions_table(found.figures))
