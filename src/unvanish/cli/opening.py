"""Runs to be used, and the sentences given to them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..config import UsageError
from .options import DeviceOptions, OutputOptions, RunOptions
from .output import require_new

if TYPE_CHECKING:
    from ..data import Corpus, Sentence
    from ..runs import Run

__all__ = ["counting", "given", "open_run", "warn_of_unknown_words"]


class Count(Protocol):
    """Told how many sentences are done."""

    def __call__(self, done: int, /) -> None:
        """Move the bar."""


def open_run(path: Path, options: RunOptions, common: DeviceOptions) -> "Run":
    """Open a run for a command that uses its model; what it is to write must not be there yet.

    Raises:
        UsageError: If it is no run, or the device or the parameters are not to be had.
    """
    from ..runs import load
    from ..training import resolve_device

    require_new(common.out)
    device = resolve_device(common.device)
    return load(path, parameters=options.parameters, device=device)


def given(sentences: Sequence[str], file: Path | None) -> "list[Sentence]":
    """Take sentences from the command line, from a file, or from standard input.

    Args:
        sentences: From the command line; a single ``-`` means standard input.
        file: A file; ``-`` means standard input.

    Raises:
        UsageError: If they were given in two places, or nowhere.
    """
    from ..data import Sentence, read_sentences

    if sentences and file is not None:
        raise UsageError("give sentences or --file, not both")
    if file is not None and str(file) != "-":
        return list(read_sentences(file))
    if sentences and list(sentences) != ["-"]:
        return [Sentence(text) for text in sentences]
    asked = file is not None or bool(sentences)
    if not asked and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("no sentences: give some, or a file, or pipe them in, one a line")
    return [Sentence(line) for line in _piped()]


def _piped() -> list[str]:
    """Read standard input, a sentence a line; warn where its lines seem to hold more than that.

    Raises:
        UsageError: If it holds none, or is not UTF-8.
    """
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 ({error.reason}); convert it") from error
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        raise UsageError("standard input holds no sentences; pipe some in, one a line")
    _warn_of_other_forms(lines)
    return [line.strip() for line in lines]


def _warn_of_other_forms(lines: Sequence[str]) -> None:
    """Say on standard error where a pipe looks like a file whose lines are no mere sentences."""
    if _all_are_objects(lines):
        what, read, ending = 'is a JSON object with the field "text"', "all of it", ".jsonl"
    elif _all_have_a_label(lines):
        what, read, ending = "has one TAB", "what is before the TAB too", ".tsv"
    else:
        return
    print(
        f"warning: every line of standard input {what}, as in a {ending} file; each was read as a "
        f"sentence, {read}: for labels and sentences give a file that ends in {ending}",
        file=sys.stderr,
    )


def _all_have_a_label(lines: Sequence[str]) -> bool:
    """Tell whether all lines have one TAB, and words stand on both sides of it in one of them."""
    within = any("\t" in line.strip() for line in lines)
    return within and all(line.count("\t") == 1 for line in lines)


def _all_are_objects(lines: Sequence[str]) -> bool:
    """Tell whether all lines are such as a ``.jsonl`` file of sentences has."""
    from ..data.reading import FileForm

    form = FileForm(".jsonl", compressed=False)
    try:
        for line in lines:
            form.sentence(line, "standard input")
    except UsageError:
        return False
    return True


def warn_of_unknown_words(corpus: "Corpus") -> None:
    """Say on standard error how many words the run has never seen, if any.

    A sentence of unknown words comes back as another one however alive z is.
    """
    report = corpus.report
    if report.unknown_words:
        message = f"{report.unknown_words:,} of {report.words:,} words are unknown to this run"
        print(f"warning: {message}; it reads them as <unk>", file=sys.stderr)


@contextmanager
def counting(what: str, common: OutputOptions, total: int | None = None) -> Iterator[Count]:
    """Show how many sentences are done and what time is left, on standard error to a person.

    Args:
        what: What is done with them.
        common: Whether progress is wanted.
        total: How many there are, if that is known.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    hidden = common.quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)
