"""The labelled sentences of an experiment, and which of those that are tested are not new."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jaxtyping import Bool
from numpy import ndarray

from ...config import UsageError
from ...data import Corpora, Sentence, read_sentences
from ...evaluation import unseen_sentences

__all__ = ["LabelledText"]


@dataclass(frozen=True)
class LabelledText:
    """Sentences to learn labels from and to be tested on, read when they are needed.

    Args:
        files: Their paths by split.
    """

    files: Mapping[str, str]

    @cached_property
    def sentences(self) -> dict[str, list[Sentence]]:
        """Those of the splits ``train`` and ``test``."""
        return {split: list(read_sentences(self.files[split])) for split in ("train", "test")}

    @cached_property
    def unseen(self) -> Bool[ndarray, " tested"]:
        """Which test sentences do not occur in training."""
        train, test = (
            (sentence.text for sentence in self.sentences[split]) for split in ("train", "test")
        )
        return unseen_sentences(train, test)

    def require_whole(self, corpora: Corpora) -> None:
        """Check that a corpus holds every sentence, so that rows are those of the files.

        Args:
            corpora: The same text, read as a run reads it.

        Raises:
            UsageError: If reading left some out.
        """
        for split, corpus in (("train", corpora.train), ("test", corpora.test)):
            if len(corpus) != len(self.sentences[split]):
                raise UsageError(
                    f"{self.files[split]} has {len(self.sentences[split]):,} sentences, of which "
                    f"{len(corpus):,} were read: labels can be learnt from whole files alone"
                )
