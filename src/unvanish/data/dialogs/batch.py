"""Contexts and responses, padded."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from numpy import ndarray
from torch import Tensor

from ..vocabulary import PAD
from .corpus import DialogCorpus, EncodedDialog

__all__ = ["DialogBatch", "collate_windows"]

_WINDOWS = 2**20
"""More than a dialog has utterances."""


@dataclass(frozen=True, eq=False)
class DialogBatch:
    """Responses, each with what came before it.

    Args:
        context: Ids of the utterances before, the earliest first, padding behind them,
            ``(batch, utterances, time)``.
        context_lengths: Tokens of each utterance; 0 where there is none, ``(batch, utterances)``.
        same_floor: True where an utterance is of the one who responds, ``(batch, utterances)``.
        responses: Ids of the responses: BOS, words, EOS, padding, ``(batch, time)``.
        lengths: Tokens of each response, BOS and EOS included, ``(batch,)``.
        topics: Numbers of the topics, ``(batch,)``.
        profiles: The one who responds, then the other, ``(batch, 8)``.
        indices: A number for every window of every dialog, ``(batch,)``.
    """

    context: Int64[Tensor, "batch utterances time"]
    context_lengths: Int64[Tensor, "batch utterances"]
    same_floor: Bool[Tensor, "batch utterances"]
    responses: Int64[Tensor, "batch words"]
    lengths: Int64[Tensor, " batch"]
    topics: Int64[Tensor, " batch"]
    profiles: Float[Tensor, "batch 8"]
    indices: Int64[Tensor, " batch"]

    def __len__(self) -> int:
        """Count the responses."""
        return len(self.responses)

    @property
    def targets(self) -> Int64[Tensor, "batch words-1"]:
        """What a decoder predicts: everything but BOS."""
        return self.responses[:, 1:]

    @property
    def mask(self) -> Bool[Tensor, "batch words-1"]:
        """True where the target is a word or EOS, false where it is padding."""
        places = torch.arange(1, self.responses.shape[1], device=self.responses.device)
        return places < self.lengths.to(self.responses.device).unsqueeze(1)

    @property
    def n_tokens(self) -> int:
        """Number of targets: words and EOS."""
        return int(self.lengths.sum()) - len(self)

    def to(self, device: torch.device | str) -> "DialogBatch":
        """Copy it to a device; lengths and indices stay in main memory.

        Args:
            device: Where the model is.
        """
        stay = ("context_lengths", "lengths", "indices")
        moved = {
            entry.name: getattr(self, entry.name).to("cpu" if entry.name in stay else device)
            for entry in fields(self)
        }
        return DialogBatch(**moved)


def collate_windows(corpus: DialogCorpus, windows: Sequence[tuple[int, int, int]]) -> DialogBatch:
    """Cut windows out of dialogs and pad them.

    Args:
        corpus: Where they are.
        windows: Number of the dialog, first utterance, and the one behind the response; a dialog
            that has fewer utterances gives those it has. At least one.

    Raises:
        ValueError: If a window holds no context.
    """
    rows = [_row(corpus, *window) for window in windows]
    context, context_lengths, same_floor = _contexts(rows)
    responses, lengths = _responses(rows)
    return DialogBatch(
        torch.from_numpy(context),
        torch.from_numpy(context_lengths),
        torch.from_numpy(same_floor),
        torch.from_numpy(responses),
        torch.from_numpy(lengths),
        torch.tensor([row.dialog.topic for row in rows]),
        torch.from_numpy(np.stack([_profiles(row) for row in rows])),
        torch.tensor([_number(*window) for window in windows]),
    )


class _Row(NamedTuple):
    """A dialog, the first utterance of the context and the response behind its last."""

    dialog: EncodedDialog
    start: int
    response: int


def _row(corpus: DialogCorpus, number: int, start: int, end: int) -> _Row:
    dialog = corpus.dialogs[number]
    end = min(end, len(dialog))
    if end - start < 2:
        raise ValueError(f"dialog {number} has no context from {start} to {end}")
    return _Row(dialog, start, end - 1)


def _contexts(
    rows: Sequence[_Row],
) -> tuple[
    Int64[ndarray, "batch utterances time"],
    Int64[ndarray, "batch utterances"],
    Bool[ndarray, "batch utterances"],
]:
    """Pad the contexts; give their lengths too, and whose utterances they are."""
    most = max(row.response - row.start for row in rows)
    lengths = np.zeros((len(rows), most), dtype=np.int64)
    same_floor = np.zeros(lengths.shape, dtype=bool)
    for (dialog, start, response), own, same in zip(rows, lengths, same_floor, strict=True):
        own[: response - start] = dialog.lengths[start:response]
        same[: response - start] = dialog.floors[start:response] == dialog.floors[response]
    context = np.full((*lengths.shape, lengths.max()), PAD, dtype=np.int64)
    for (dialog, start, response), place in zip(rows, context, strict=True):
        _put(place[: response - start], dialog.tokens[start:response])
    return context, lengths, same_floor


def _responses(
    rows: Sequence[_Row],
) -> tuple[Int64[ndarray, "batch words"], Int64[ndarray, " batch"]]:
    """Pad the responses; give their lengths too."""
    lengths = np.array([row.dialog.lengths[row.response] for row in rows])
    responses = np.full((len(rows), lengths.max()), PAD, dtype=np.int64)
    for row, place in zip(rows, responses, strict=True):
        _put(place, row.dialog.tokens[row.response])
    return responses, lengths


def _profiles(row: _Row) -> Float[ndarray, "8"]:
    """Put the one who responds before the other."""
    floor = int(row.dialog.floors[row.response])
    return np.concatenate([row.dialog.profiles[floor], row.dialog.profiles[1 - floor]])


def _number(dialog: int, start: int, end: int) -> int:
    """Tell a window from all others of the corpus."""
    return (dialog * _WINDOWS + start) * _WINDOWS + end


def _put(place: ndarray, tokens: ndarray) -> None:
    """Write tokens whose padding may be longer or shorter than that of their place."""
    width = min(place.shape[-1], tokens.shape[-1])
    place[..., :width] = tokens[..., :width]
