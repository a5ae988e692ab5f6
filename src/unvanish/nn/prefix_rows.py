"""Rows of a batch that share what their sentences have in common at the beginning.

A recurrent layer's state after some words depends on these words alone. Sentences that begin alike
therefore need one row of a batch until they part. Rows are numbered in the order in which they are
needed, so that those of a time step are always the first ones, and a row that is new copies the
state of the row it parts from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from jaxtyping import Int64
from torch import Tensor

__all__ = ["PrefixRows", "Rows"]


@dataclass(frozen=True)
class Rows:
    """The rows that are computed at every time step.

    Args:
        counts: How many at every time step; never fewer than at the one before.
        parents: For every row that is not there from the beginning, the row it starts from.

    Example:
        >>> rows = Rows(counts=(1, 2, 2), parents=(0,))
        >>> rows.total, rows.begins, list(rows.born(1))
        (5, (0, 1, 3, 5), [(1, 0)])
    """

    counts: tuple[int, ...]
    parents: tuple[int, ...] = ()

    @staticmethod
    def separate(time: int, batch: int) -> "Rows":
        """Give the rows of a batch that shares nothing."""
        return Rows((batch,) * time)

    @property
    def total(self) -> int:
        """Rows of all time steps together."""
        return sum(self.counts)

    @property
    def begins(self) -> tuple[int, ...]:
        """Where each time step begins if they are written one after another, and the end."""
        return (0, *accumulate(self.counts))

    @property
    def after(self) -> tuple[int, ...]:
        """For every row the place of what it makes, where the next time step begins."""
        pairs = zip(self.begins[1:], self.counts, strict=True)
        return tuple(begin + row for begin, count in pairs for row in range(count))

    def born(self, time: int) -> Iterator[tuple[int, int]]:
        """Give the rows that are new at a time step, each with its parent; none at the first."""
        for row in range(self.counts[max(0, time - 1)], self.counts[time]):
            yield row, self.parents[row - self.counts[0]]


@dataclass(frozen=True, eq=False)
class PrefixRows:
    """Sentences laid out in shared rows.

    Args:
        tokens: The sentences.
        rows: How many rows there are at every time step, and where they come from.
        words: What each row reads, one time step after another.
        places: For every sentence and time step its place in ``words``.
    """

    tokens: Int64[Tensor, "batch time"]
    rows: Rows
    words: Int64[Tensor, " rows"]
    places: Int64[Tensor, "batch time"]

    @staticmethod
    def of(tokens: Int64[Tensor, "batch time"]) -> "PrefixRows":
        """Lay sentences out; padding is read like any word.

        Example:
            >>> shared = PrefixRows.of(torch.tensor([[2, 4, 5], [2, 4, 4], [2, 5, 5]]))
            >>> shared.rows.counts, shared.words.tolist()
            ((1, 2, 3), [2, 4, 5, 5, 5, 4])
        """
        current: list[int] = [-1] * len(tokens)
        counts: list[int] = []
        parents: list[int] = []
        words: list[int] = []
        places: list[list[int]] = []
        for column in tokens.T.tolist():
            count = counts[-1] if counts else 0
            current, new = _part(current, column, count)
            places.append([len(words) + row for row in current])
            read = dict(zip(current, column, strict=True))
            words += [read[row] for row in range(count + len(new))]
            parents += new if counts else []
            counts.append(count + len(new))
        device = tokens.device
        return PrefixRows(
            tokens=tokens.clone(),
            rows=Rows(tuple(counts), tuple(parents)),
            words=torch.tensor(words, device=device),
            places=torch.tensor(places, device=device).T,
        )


def _part(before: Sequence[int], words: Sequence[int], count: int) -> tuple[list[int], list[int]]:
    """Give every sentence its row after one more word, and the parents of the new rows.

    The first to go on from a row keeps it; whoever goes on otherwise gets a new one.
    """
    rows: dict[tuple[int, int], int] = {}
    kept: set[int] = set()
    parents: list[int] = []
    for key in zip(before, words, strict=True):
        parent = key[0]
        if key in rows:
            continue
        if parent >= 0 and parent not in kept:
            kept.add(parent)
            rows[key] = parent
        else:
            rows[key] = count + len(parents)
            parents.append(parent)
    return [rows[key] for key in zip(before, words, strict=True)], parents
