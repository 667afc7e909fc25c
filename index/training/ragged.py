"""Many token sequences of different lengths in one array, and cutting them up all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Ragged:
    """Row ``i`` is ``ids[starts[i]:starts[i + 1]]``."""

    ids: IntArray
    starts: IntArray

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        """Rows given one by one."""
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        ids = np.fromiter((i for row in rows for i in row), np.int64, int(lengths.sum()))
        return cls(ids, starts_of(lengths))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> IntArray:
        """Tokens in each row."""
        return np.diff(self.starts)

    @property
    def owners(self) -> IntArray:
        """Of every token, the row it is in."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def places(self) -> IntArray:
        """Of every token, its place in its row."""
        return np.arange(len(self.ids)) - np.repeat(self.starts[:-1], self.lengths)

    def take(self, rows: IntArray) -> Ragged:
        """The rows of those numbers."""
        return self.crop(rows, np.zeros_like(rows), self.lengths[rows])

    def crop(self, rows: IntArray, first: IntArray, lengths: IntArray) -> Ragged:
        """Of each of ``rows`` the ``lengths`` tokens from ``first`` on, which must be there."""
        starts = starts_of(lengths)
        shift = self.starts[rows] + first - starts[:-1]
        return Ragged(self.ids[np.arange(starts[-1]) + np.repeat(shift, lengths)], starts)

    def where(self, keep: BoolArray) -> Ragged:
        """Only the tokens marked in ``keep``; a row may become empty."""
        lengths = np.bincount(self.owners[keep], minlength=len(self))
        return Ragged(self.ids[keep], starts_of(lengths))

    def spread(self, parts: Ragged) -> Ragged:
        """Every token replaced by the tokens of ``parts``' row of the token's own place."""
        lengths = np.bincount(self.owners, weights=parts.lengths, minlength=len(self))
        return Ragged(parts.ids, starts_of(lengths.astype(np.int64)))

    def distinct(self) -> IntArray:
        """Numbers of the rows that aren't the same as an earlier one (by a checksum)."""
        checksums = np.bincount(self.owners, np.sqrt(self.ids + 2) * (self.places + 1), len(self))
        return np.sort(np.unique(checksums, return_index=True)[1])

    def stacked(self, other: Ragged) -> Ragged:
        """These rows, then the other's."""
        return Ragged(
            np.concatenate([self.ids, other.ids]),
            np.concatenate([self.starts, len(self.ids) + other.starts[1:]]),
        )

    def joined(self, other: Ragged) -> Ragged:
        """Each row continued by the other's of the same number."""
        alternating = np.arange(2 * len(self)).reshape(2, -1).T.ravel()
        taken = self.stacked(other).take(alternating)
        return Ragged(taken.ids, taken.starts[::2])

    def singles(self) -> Ragged:
        """Every token as a row of its own."""
        return Ragged(self.ids, np.arange(len(self.ids) + 1))


def starts_of(lengths: IntArray) -> IntArray:
    """Where rows of these ``lengths`` (n,) start, and where the last one ends: (n + 1,)."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
