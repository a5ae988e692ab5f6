"""Accuracies by number of labelled sentences, as they are kept in a file and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ...evaluation import LabelledAccuracy
from ...measures import Spread, summarize

__all__ = ["Readings"]


@dataclass(frozen=True)
class Readings:
    """Accuracies of one model after one seed, by number of labelled sentences.

    Args:
        frozen: Of a linear classifier on the means of q(z|x), the encoder as it is.
        tuned: With the encoder going on to learn too; nothing where there is none.
    """

    frozen: Sequence[LabelledAccuracy]
    tuned: Sequence[LabelledAccuracy] = ()

    def as_plain(self) -> dict[str, Any]:
        """Give them as plain values."""
        return {"frozen": _plain(self.frozen), "tuned": _plain(self.tuned)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what :meth:`as_plain` gave."""
        return cls(_read_back(plain["frozen"]), _read_back(plain["tuned"]))


def _plain(found: Sequence[LabelledAccuracy]) -> list[dict[str, Any]]:
    return [
        {
            "labelled": each.labelled,
            "accuracy": each.accuracy.values,
            "accuracy_unseen": each.accuracy_unseen.values if each.accuracy_unseen else None,
        }
        for each in found
    ]


def _read_back(stored: Sequence[Mapping[str, Any]]) -> list[LabelledAccuracy]:
    return [
        LabelledAccuracy(
            each["labelled"], summarize(each["accuracy"]), _spread(each["accuracy_unseen"])
        )
        for each in stored
    ]


def _spread(values: Sequence[float] | None) -> Spread | None:
    return None if values is None else summarize(values)
