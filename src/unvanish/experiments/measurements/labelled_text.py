"""The labelled sentences of an experiment, and which of those that are tested are not new."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jaxtyping import Bool
from numpy import ndarray

from ...data import Sentence, read_sentences
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
