"""Where a training begins: anew, where it was stopped (``--resume``), or at a run (``--from``)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import Config, UsageError

if TYPE_CHECKING:
    from ..data import Corpora, Tokens, Vocabulary
    from ..runs import Run

__all__ = ["Assignment", "Start", "find_start"]

SETTLED = {"tokens", "max_vocabulary", "min_count"}
"""Options that the run decides which another starts from."""

BEGINNING = {"corpus", "recipe"}
"""What says that ``--resume`` may begin a run where there is none; other options change one."""


@dataclass(frozen=True)
class Start:
    """Where a training begins.

    Args:
        resumed: The run that is gone on with.
        source: The run whose parameters, vocabulary and settings are the first of a new one.
    """

    resumed: "Run | None" = None
    source: "Run | None" = None

    @property
    def run(self) -> "Run | None":
        """Either of the two, whose settings and text hold where no others are given."""
        return self.resumed or self.source

    @property
    def config(self) -> Config | None:
        """The settings to begin with."""
        return self.run.config if self.run else None

    def files(self, given: dict[str, str]) -> dict[str, str]:
        """Give the paths of the text by split: those given, or else those of the run."""
        return given or (self.run.corpus_files if self.run else {})

    def assign(self, config: Config, files: dict[str, str], out: Path) -> "Assignment":
        """Say what is to be trained; words are numbered as in the run it begins at.

        Args:
            config: The settings.
            files: Paths of the text by split.
            out: The folder of the run to be trained.
        """
        if self.run is None:
            return Assignment(config, files, out)
        same = config.data.tokens == self.run.config.data.tokens
        return Assignment(
            config,
            files,
            out,
            tokens=self.run.tokens if same else None,
            vocabulary=self.run.vocabulary,
            source=self.source.path if self.source else None,
        )


@dataclass(frozen=True)
class Assignment:
    """What is to be trained, in words that another process understands too.

    Args:
        config: The settings.
        files: Paths of the text by split.
        out: The folder of the run.
        tokens: How text is cut, where the settings only name it.
        vocabulary: The words, where they are settled.
        source: The folder of the run to start from.
    """

    config: Config
    files: dict[str, str]
    out: Path
    tokens: "Tokens | None" = None
    vocabulary: "Vocabulary | None" = None
    source: Path | None = None

    def read(self, progress: "Callable[[float], None] | None" = None) -> "Corpora":
        """Read the splits as the settings say."""
        from ..data import read_corpora

        return read_corpora(
            self.config.data,
            self.files,
            tokens=self.tokens,
            vocabulary=self.vocabulary,
            progress=progress,
        )


def find_start(resume: bool, out: Path | None, from_: Path | None, given: Collection[str]) -> Start:
    """Open the run that a training begins with, if there is one.

    Args:
        resume: Whether to go on with what is at ``out``.
        out: The folder of the run to be trained.
        from_: The folder of a run to start from.
        given: Names of what else was given: ``corpus`` or ``recipe`` say what to begin where
            ``out`` holds no run yet.

    Raises:
        UsageError: If what was given does not go together, or a folder holds no run.
    """
    from ..runs import load

    if resume and from_:
        raise UsageError("--resume goes on with a run, --from begins another: give one of the two")
    if from_ and SETTLED & set(given):
        raise UsageError("--from takes tokens and vocabulary of that run: leave those options out")
    if from_:
        return Start(source=load(from_))
    if resume and out and (out / "config.json").is_file():
        return Start(resumed=load(out))
    if resume and not BEGINNING & set(given):
        where = f"{out} holds no run" if out else "--out is missing"
        raise UsageError(
            f"{where}: give the folder of the run to go on with as --out, or CORPUS to begin one"
        )
    return Start()
