"""``unvanish edit``: sentences moved to a label."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from .decoding_options import DecodingOptions
from .hints import give_hints
from .opening import counting, given, open_run, warn_of_unknown_words
from .options import CommonOptions, GivenFile, GivenSentences, RunOptions
from .output import write_text

if TYPE_CHECKING:
    from ..runs import Edited

__all__ = ["edit"]


def edit(
    run: Path,
    sentences: GivenSentences = (),
    /,
    *,
    toward: str,
    away: Annotated[str | None, Parameter(show_default=False)] = None,
    strength: float = 1.0,
    file: GivenFile | None = None,
    labelled: Annotated[Path | None, Parameter(show_default=False)] = None,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    words: DecodingOptions = DecodingOptions(),  # noqa: B008 - frozen
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Change sentences so that they get a label, such as a sentiment, and keep the rest.

    The direction of the label in the latent space is learnt from labelled text: the mean of the
    sentences that have it minus the mean of the others. Each sentence is encoded, moved along it
    and written anew, one a line: the sentence, ` -> `, and what it became.

    How well that works is told on standard error and in `--json`, shares with 95 % intervals
    (Wilson). A classifier of labels, which knows nothing of the model, says how many sentences have
    the label: now, before, and when they are only written again. Trust it only where its accuracy
    on held-out sentences is well above the share of the label that most of them have. A model that
    ignores z writes the same with and without a move.

    For example: `unvanish edit runs/mine "the film was awful" --toward positive`

    Args:
        run: The folder that `unvanish train` wrote.
        sentences: The sentences; `-` or none reads them from a pipe.
        toward: The label to move to.
        away: The label to move from (default: all others).
        strength: How far to go; 1 is as far as the means of the labels are apart.
        file: A file of sentences instead, read as `unvanish train` reads one; `-` is a pipe.
        labelled: A `.tsv` or `.jsonl` file of labelled sentences to learn from (default: the
            training text of the run, read again).
    """
    from ..runs import edit_sentences

    opened = open_run(run, options, common)
    decoding = words.decoding("greedy", opened.longest)
    sources = opened.read(given(sentences, file))
    with counting("writing", common, 2 * len(sources)) as progress:
        edited = edit_sentences(
            opened,
            sources,
            labelled,
            toward=toward,
            away=away,
            strength=strength,
            decoding=decoding,
            seed=1 if common.seed is None else common.seed,
            progress=progress,
        )
    pairs = list(zip(edited.sources, edited.sentences, strict=True))
    facts = {
        "sentences": [{"text": before, "edited": after} for before, after in pairs],
        "transfer": {"toward": toward, **asdict(edited.transfer)},
        "unmoved": asdict(edited.unmoved),
    }
    warn_of_unknown_words(sources)
    different = dict(zip(edited.sources, edited.sentences, strict=True))
    give_hints(opened, list(different.values()), decoding, common)
    write_text("\n".join(f"{before} -> {after}" for before, after in pairs), facts, common)
    if not common.quiet:
        print(told(edited, toward), file=sys.stderr)


def told(edited: "Edited", toward: str) -> str:
    """Say how well it worked, with what to compare it with."""
    transfer, unmoved = edited.transfer, edited.unmoved
    taken = _share(transfer.accuracy, transfer.accuracy_interval)
    before = _share(transfer.before, transfer.before_interval)
    again = _share(unmoved.accuracy, unmoved.accuracy_interval)
    right = _share(transfer.classifier_accuracy, transfer.classifier_interval)
    return (
        f"taken for {toward!r}, of {transfer.n_edited:,}: {taken}; before: {before}; written again "
        f"without a move: {again}\n"
        f"words kept: {transfer.words_in_common:.1%} (without a move: "
        f"{unmoved.words_in_common:.1%})\n"
        f"the classifier is right on {right} of {transfer.n_held_out:,} held-out sentences; always "
        f"their commonest label: {transfer.commonest_label:.1%}\n"
        "in brackets: 95 % intervals (Wilson)"
    )


def _share(share: float, interval: tuple[float, float]) -> str:
    """Write a share with its interval, in percent."""
    return f"{share:.1%} ({interval[0]:.1%} to {interval[1]:.1%})"
