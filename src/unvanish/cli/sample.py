"""``unvanish sample``: sentences from the prior of a trained run."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from .options import CommonOptions
from .output import write_text
from .writing import longest

__all__ = ["sample"]


def sample(
    run: Path,
    /,
    *,
    n: Annotated[int, Parameter(name=["--n", "-n"])] = 10,
    temperature: float = 1.0,
    max_words: Annotated[int | None, Parameter(show_default=False)] = None,
    which: Literal["last", "best"] = "last",
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Write sentences from the prior of a trained run, one a line.

    For example: `unvanish sample runs/mine -n 5 --temperature 0`

    Args:
        run: The folder that `unvanish train` wrote.
        n: Number of sentences.
        temperature: 1 draws words as probable as the model says; 0 takes the most probable one
            each time, so that sentences differ only as far as z makes them differ.
        max_words: Stop sentences that have not ended by then (default: the longest that the run
            would have been trained on).
        which: Parameters after the last epoch, or of the best one on the validation text.
    """
    from ..generation import sample as sample_sentences
    from ..runs import load
    from ..training import resolve_device

    opened = load(run)
    model = opened.model(which, device=resolve_device(common.device))
    sentences = sample_sentences(
        model,
        opened.vocabulary,
        n,
        tokens=opened.tokens,
        temperature=temperature,
        max_words=longest(opened.config, max_words),
        seed=1 if common.seed is None else common.seed,
    )
    write_text("\n".join(sentences), [{"text": sentence} for sentence in sentences], common)
