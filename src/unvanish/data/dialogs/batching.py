"""Windows of dialogs in batches: a context of utterances and the response to it.

Dialogs are sorted by length and cut into groups; what is left over is dropped. All dialogs of a
group are read at the same position at once, those that are over at their last utterance, with a
context that gets shorter. These are the batches of Zhao et al. (2017), which Fu et al. (2019) use
too, peculiarities included: the last utterance of a group's longest dialog is never a response, and
positions at which a context would begin behind the last but one utterance of the group's shortest
dialog are left out.

References:
    https://github.com/snakeztc/NeuralDialog-CVAE, data_apis/data_utils.py.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ...config import UsageError
from .batch import DialogBatch, collate_windows
from .corpus import DialogCorpus

__all__ = ["DialogBatches", "Window", "positions"]


class Window(NamedTuple):
    """Some utterances in a row; the last of them is the response.

    Args:
        start: Number of the first utterance.
        end: Number of the utterance behind the response.
    """

    start: int
    end: int


def positions(shortest: int, longest: int, context: int) -> list[Window]:
    """Give the windows in which the dialogs of a group are read.

    Args:
        shortest: Utterances of its shortest dialog, the begin utterance included.
        longest: Utterances of its longest dialog, the begin utterance included.
        context: Most utterances before a response.

    Example:
        >>> positions(4, 4, context=9)
        [Window(start=0, end=2), Window(start=0, end=3)]
        >>> [tuple(window) for window in positions(3, 7, context=2)]
        [(0, 2), (0, 3), (1, 4)]
    """
    windows = (Window(max(0, end - context - 1), end) for end in range(2, longest))
    return [window for window in windows if window.start < shortest - 1]


class DialogBatches:
    """The windows of a corpus, epoch after epoch.

    An epoch takes the groups in a new order, and the positions of each group too; the batches of a
    group come one after the other. All of it depends on the seed and the number of the epoch
    alone, so a run goes on from any batch of any epoch without a state to keep.

    Args:
        corpus: The dialogs.
        batch_size: Dialogs in a group, which is the number of responses in every batch.
        context: Most utterances before a response.
        seed: Chooses the order, at least 0.

    Raises:
        UsageError: If there are fewer dialogs than ``batch_size``, or a setting is out of range.
    """

    def __init__(
        self, corpus: DialogCorpus, *, batch_size: int = 30, context: int = 9, seed: int = 0
    ) -> None:
        for name, value, least in (
            ("batch_size", batch_size, 1),
            ("context", context, 1),
            ("seed", seed, 0),
        ):
            if value < least:
                raise UsageError(f"{name}={value} is not possible: give {least} or more")
        if len(corpus) < batch_size:
            raise UsageError(
                f"{len(corpus)} dialogs make no batch of {batch_size}: give more, or a smaller "
                "batch size"
            )
        self.corpus, self.batch_size, self.context, self.seed = corpus, batch_size, context, seed
        lengths = np.array([len(dialog) for dialog in corpus.dialogs])
        order = np.argsort(lengths, kind="stable")
        whole = len(order) // batch_size * batch_size
        self._groups = order[:whole].reshape(-1, batch_size)
        self.dropped = len(order) - whole
        self._positions = [
            positions(lengths[group[0]], lengths[group[-1]], context) for group in self._groups
        ]

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        return sum(map(len, self._positions))

    def epoch(self, n: int, start: int = 0) -> Iterator[DialogBatch]:
        """Give the batches in the order of one epoch.

        Args:
            n: Number of the epoch, from 0.
            start: Number of batches to skip.

        Raises:
            ValueError: If ``n`` or ``start`` is negative.
        """
        if n < 0 or start < 0:
            raise ValueError(f"n={n}, start={start} are not possible: give 0 or more")
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(n,)))
        order = [
            (group, self._positions[group][place])
            for group in rng.permutation(len(self._groups))
            for place in rng.permutation(len(self._positions[group]))
        ]
        return self._batches(order[start:])

    def in_order(self) -> Iterator[DialogBatch]:
        """Give the batches the same way every time, those of the shortest dialogs first."""
        return self._batches(
            [(group, window) for group, windows in enumerate(self._positions) for window in windows]
        )

    def windows(self) -> list[tuple[int, Window]]:
        """Give dialog and window of every response, in the order of :meth:`in_order`.

        A window that reaches behind the end of its dialog ends with it here.
        """
        return [
            (int(dialog), Window(window.start, min(window.end, len(self.corpus.dialogs[dialog]))))
            for group, windows in enumerate(self._positions)
            for window in windows
            for dialog in self._groups[group]
        ]

    def _batches(self, order: Sequence[tuple[int, Window]]) -> Iterator[DialogBatch]:
        for group, window in order:
            dialogs = self._groups[group].tolist()
            yield collate_windows(self.corpus, [(dialog, *window) for dialog in dialogs])
