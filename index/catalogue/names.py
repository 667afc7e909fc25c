"""The names of authors and sources, as they are written and as they are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.catalogue.ragged import Ragged
from index.tokens import fold
from index.types import BoolArray, IntArray


class NameTable:
    """Names, known by the order in which they came. It only grows, so that whoever reads it needs
    no lock; one at a time may add.
    """

    def __init__(self, names: Iterable[str] = (), forms: Iterable[str | None] = ()) -> None:
        """Of these ``names``, with what `tokens.fold` makes of each; None where it is the same."""
        self.names: list[str] = []
        self.forms: list[str] = []
        """What `tokens.fold` makes of each, so that simplified and traditional are one."""
        self.firsts: list[int] = []
        """The number of the first name with the form of each."""
        self._first: dict[str, int] = {}
        self._others: dict[str, tuple[int, ...]] = {}  # the forms of several names are few
        for name, form in zip(names, forms, strict=True):
            self._add(name, form or name)

    def add(self, name: str) -> int:
        """The number of a name, that of a new one being the next."""
        form = fold(name)
        for number in self.spellings(form):
            if self.names[number] == name:
                return number
        return self._add(name, name if form == name else form)  # one string is enough

    def spellings(self, form: str) -> tuple[int, ...]:
        """The names that ``form`` is made of."""
        first = self._first.get(form)
        return () if first is None else (first, *self._others.get(form, ()))

    def _add(self, name: str, form: str) -> int:
        number = len(self.names)
        self.names.append(name)
        self.forms.append(form)
        first = self._first.setdefault(form, number)
        self.firsts.append(first)
        if first != number:
            self._others[form] = (*self._others.get(form, ()), number)
        return number


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """How many names some articles have, and those that most of them have; among equals what came
    to the library first.
    """

    total: int
    names: Sequence[str]
    counts: IntArray
    """(names,): how many of the articles have each."""
    rows: IntArray
    """(names,): the first article that has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Who wrote articles, or where these appeared, in one state of the library."""

    table: NameTable
    """Maybe with names that only other states know."""
    column: Ragged
    """(articles,): the numbers of the names of each."""
    tallies: IntArray
    """(names,): how many articles have each."""

    def having(self, name: str) -> BoolArray:
        """(articles,): which have this name, however it is written."""
        named = np.zeros(len(self.column.values), np.bool_)
        for number in self.table.spellings(fold(name)):
            named |= self.column.values == number
        return self.column.rows_with(named)

    def spelling(self, form: str) -> str | None:
        """How most articles write the name of which `tokens.fold` makes ``form``; None if no
        article has it.
        """
        spellings = self.table.spellings(form)
        if not spellings:
            return None
        known = [one for one in spellings if one < len(self.tallies)]
        best = max(known, key=lambda one: int(self.tallies[one]), default=None)
        return self.table.names[best] if best is not None and self.tallies[best] else None

    def counted(self, articles: BoolArray, most: int) -> Counted:
        """The names of these ``articles`` (articles,), of which at most so many are listed."""
        chosen = np.repeat(articles, self.column.counts)
        firsts = np.array(self.table.firsts, np.int64)[self.column.values[chosen]]
        found, places, counts = np.unique(firsts, return_index=True, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:most]
        rows = self.column.rows[chosen][places]
        spellings = [self.spelling(self.table.forms[one]) or "" for one in found[order].tolist()]
        return Counted(len(found), spellings, counts[order], rows[order])


def names_of(table: NameTable, column: Ragged) -> Names:
    """The names that the articles of ``column`` have by their numbers in ``table``."""
    return Names(table, column, np.bincount(column.values, minlength=len(table.names)))
