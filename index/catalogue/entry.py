"""What the catalogue takes from the library, and the columns made of it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from index.catalogue.catalogue import Columns
from index.catalogue.names import NameTable
from index.catalogue.ragged import Ragged
from index.types import IntArray


@dataclass(frozen=True, slots=True)
class Entry:
    """An article, as far as it is in the catalogue.

    ``original`` is the number of the article that it repeats, ``authors`` are a JSON list, and
    ``published`` may be anything: an article made by other programs may say so.
    """

    number: int
    original: int | None
    authors: str
    source: str | None
    published: str | None


class Articles(Protocol):
    """Where the catalogue comes from: the store. Every change raises the sequence."""

    @property
    def stamp(self) -> str:
        """Changes when all passages do: the catalogue is made anew."""

    def snapshot(self) -> AbstractContextManager[int]:
        """Within, everything that is read is of one state: the one with the sequence given."""

    def entries_since(self, sequence: int) -> Iterator[Entry]:
        """The articles filed after that transaction and still there, by number."""

    def passages_since(self, sequence: int) -> IntArray:
        """Their passages (n, 2): the number of the article of each, and its own."""

    def gone_since(self, sequence: int) -> IntArray:
        """The numbers (n,) of the articles removed after that transaction."""


def columns_of(
    entries: Iterable[Entry], passages: IntArray, authors: NameTable, sources: NameTable
) -> Columns:
    """The columns of articles, given by number, with their ``passages`` (n, 2).

    Names that the tables don't have yet are added to them.
    """
    numbers: list[int] = []
    originals: list[int] = []
    published: list[int] = []
    written: list[int] = []
    counts: list[int] = []
    appeared: list[int] = []

    @functools.lru_cache(maxsize=4096)
    def those_of(names: str) -> list[int]:
        return [authors.add(name) for name in json.loads(names)]

    source_of = functools.lru_cache(maxsize=4096)(sources.add)
    for entry in entries:
        numbers.append(entry.number)
        originals.append(entry.number if entry.original is None else entry.original)
        published.append(_day(entry.published))
        theirs = those_of(entry.authors)
        counts.append(len(theirs))
        written += theirs
        appeared.append(source_of(entry.source) if entry.source else -1)
    known = np.array(numbers, np.int64)
    found = np.array(appeared, np.int32)
    passages = passages[np.lexsort((passages[:, 1], passages[:, 0]))]
    ends = np.searchsorted(passages[:, 0], known, side="right")
    return Columns(
        known,
        np.array(originals, np.int64),
        np.array(published, np.int64).view("datetime64[D]"),
        Ragged(np.array(counts, np.int32), np.array(written, np.int32)),
        Ragged((found >= 0).astype(np.int32), found[found >= 0]),
        Ragged(np.diff(ends, prepend=0).astype(np.int32), passages[:, 1]),
    )


@functools.lru_cache(maxsize=4096)
def _day(published: str | None) -> int:
    """As NumPy counts days; NaT where there is no date."""
    try:
        return date.fromisoformat(published).toordinal() - _EPOCH if published else _NAT
    except ValueError:
        return _NAT


_EPOCH = date(1970, 1, 1).toordinal()
_NAT = int(np.iinfo(np.int64).min)
