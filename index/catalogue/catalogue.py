"""What a search can be narrowed down to: one state of the library, and how the next is made of it.

Both are read by several threads at once, and never change.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from index.catalogue.names import Names, NameTable, names_of
from index.catalogue.ragged import Ragged, inserted
from index.types import BoolArray, IntArray

DayArray = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What is known of each article, ordered by their numbers: a row each."""

    numbers: IntArray
    """(articles,): rising."""
    originals: IntArray
    """(articles,): the number of the one that a reprint repeats; its own for all others."""
    published: DayArray
    """(articles,): NaT where it isn't known."""
    authors: Ragged
    """(articles,): by their numbers in a `NameTable`."""
    sources: Ragged
    """(articles,): the same; none or one of each."""
    passages: Ragged
    """(articles,): the numbers of the passages; reprints have none."""

    def edited(self, gone: IntArray, new: Columns) -> Columns:
        """Without the articles ``gone`` (n,), with ``new`` ones or what is new of those here."""
        kept = np.ones(len(self.numbers), np.bool_)
        kept[rows_of(np.concatenate([gone, new.numbers]), self.numbers)] = False
        places = np.searchsorted(self.numbers[kept], new.numbers)
        columns: list[Any] = []
        for name in (field.name for field in fields(self)):
            column, more = getattr(self, name), getattr(new, name)
            if isinstance(column, Ragged):
                left = column if kept.all() else column.kept(kept)
                columns.append(left.inserted(places, more))
            else:
                columns.append(inserted(column[kept], places, more))
        return Columns(*columns)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """One state of the library. Articles are known here by their row, 0 to ``articles`` - 1."""

    sequence: int
    columns: Columns
    authors: Names
    sources: Names
    linked: IntArray
    """(reprints,): the rows of all reprints."""
    repeated: IntArray
    """(reprints,): the row of the article that each repeats."""
    held: BoolArray
    """(articles,): which have passages, or repeat an article that has."""
    newest: date | None
    """The last day on which one of them was published; None if none has a date."""

    @property
    def numbers(self) -> IntArray:
        """(articles,): rising, and never given twice."""
        return self.columns.numbers

    @property
    def published(self) -> DayArray:
        """(articles,): NaT where it isn't known."""
        return self.columns.published

    def written_by(self, author: str) -> BoolArray:
        """(articles,): which are by ``author``, alone or with others."""
        return self.authors.having(author)

    def appeared_in(self, source: str) -> BoolArray:
        """(articles,): which are of ``source``."""
        return self.sources.having(source)

    def published_between(self, first: date | None, last: date | None) -> BoolArray:
        """(articles,): which were published on these days or between them; None is no limit."""
        found = ~np.isnat(self.published)
        if first:
            found &= self.published >= np.datetime64(first)
        if last:
            found &= self.published <= np.datetime64(last)
        return found

    def undated(self) -> BoolArray:
        """(articles,): which don't say when they were published."""
        return np.isnat(self.published)

    def passages_of(self, articles: BoolArray) -> IntArray:
        """The numbers (n,), rising, of the passages of these ``articles`` (articles,); those of
        reprints are the passages of the articles that they repeat.
        """
        searched = articles.copy()
        searched[self.repeated[articles[self.linked]]] = True
        passages = self.columns.passages.of(searched).astype(np.int64, copy=False)
        if (passages[1:] < passages[:-1]).any():  # some article was filed once more
            passages = np.sort(passages)
        return passages

    def shares(self, passages: IntArray) -> npt.NDArray[np.float64]:
        """(articles,): which share of the passages of each is among ``passages`` (n,)."""
        column = self.columns.passages
        found = np.bincount(
            column.rows[np.isin(column.values, passages)], minlength=len(self.numbers)
        )
        shares: npt.NDArray[np.float64] = found / np.maximum(column.counts, 1)
        shares[self.linked] = shares[self.repeated]
        return shares

    def firsts(self) -> IntArray:
        """(articles,): the row of the article that a reprint repeats; its own for all others."""
        rows = np.arange(len(self.numbers))
        rows[self.linked] = self.repeated
        return rows


def catalogue_of(
    sequence: int, columns: Columns, authors: NameTable, sources: NameTable
) -> Catalogue:
    """The catalogue of ``columns``, which have the numbers of names in these tables."""
    linked = np.flatnonzero(columns.originals != columns.numbers)
    repeated = np.searchsorted(columns.numbers, columns.originals[linked])
    held = columns.passages.counts > 0
    held[linked] = held[repeated]
    days = columns.published[held]
    newest = np.fmax.reduce(days) if len(days) else np.datetime64("NaT")
    return Catalogue(
        sequence,
        columns,
        names_of(authors, columns.authors),
        names_of(sources, columns.sources),
        linked,
        repeated,
        held,
        newest.item(),  # None for NaT
    )


def rows_of(numbers: IntArray, column: IntArray) -> IntArray:
    """The places (m,) in ``column`` (n,), which rises, of those of ``numbers`` that are in it."""
    places = np.searchsorted(column, numbers)
    inside = places < len(column)
    places, numbers = places[inside], numbers[inside]
    found: IntArray = places[column[places] == numbers]
    return found
