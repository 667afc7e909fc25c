"""Columns of which a row may have several values, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.types import BoolArray, IntArray

Integers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """The next ``counts[row]`` of ``values`` are those of the row: (rows,) and (values,)."""

    counts: Integers
    values: Integers

    @property
    def rows(self) -> IntArray:
        """(values,): the row of each."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def of(self, rows: BoolArray) -> Integers:
        """The values of these ``rows`` (rows,), in their order."""
        return self.values[np.repeat(rows, self.counts)]

    def rows_with(self, values: BoolArray) -> BoolArray:
        """(rows,): which have one of these ``values`` (values,)."""
        ends = np.cumsum(self.counts)
        found = np.zeros(len(ends), np.bool_)
        found[np.searchsorted(ends, np.flatnonzero(values), side="right")] = True
        return found

    def kept(self, rows: BoolArray) -> Ragged:
        """Of these ``rows`` (rows,) alone."""
        return Ragged(self.counts[rows], self.of(rows))

    def inserted(self, places: IntArray, more: Ragged) -> Ragged:
        """With the rows of ``more``, each before the row that was in its place of ``places``."""
        starts = np.concatenate([[0], np.cumsum(self.counts)])
        return Ragged(
            inserted(self.counts, places, more.counts),
            inserted(self.values, np.repeat(starts[places], more.counts), more.values),
        )


def inserted(
    column: npt.NDArray[Any], places: IntArray, more: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """``column`` (n,) with ``more`` (m,), each before what was in its place of ``places`` (m,)."""
    if not len(places) or places[0] == len(column):  # mostly, what is new comes last
        return np.concatenate([column, more])
    return np.insert(column, places, more)
