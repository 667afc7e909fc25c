"""The articles as people leaf through them: searched by title, filtered, sorted, counted.

The store's table holds the texts, too, so that to go through it is to read the whole library. What
a list needs is kept in a small database in memory that follows the store.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from index.store.store import Store, strings
from index.tokens import normalise
from ingest.types import UNTITLED_LABEL_CHARACTERS

LENGTHS = (0, 500, 1000, 1500, 2000, 3000, 5000)  # characters: where the bars of a plot begin
TOP = 200  # of sources and authors, those with the most articles

_BETWEEN = "\x1e"  # articles
_FEW = 5_000  # articles that are sorted sooner than found in their order

_TABLES = """
CREATE TABLE listed (
    number INTEGER PRIMARY KEY, words TEXT NOT NULL, sorted BLOB NOT NULL,
    source TEXT, published TEXT, characters INTEGER NOT NULL, reprint INTEGER NOT NULL
) STRICT;
CREATE TABLE wrote (
    number INTEGER NOT NULL, author TEXT NOT NULL, PRIMARY KEY (author, number)
) STRICT, WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX by_title ON listed (sorted, number);
CREATE INDEX by_date ON listed (published, number);
CREATE INDEX undated_last ON listed (published IS NULL, published, number);
CREATE INDEX by_length ON listed (characters, number);
CREATE INDEX by_source ON listed (source);
CREATE INDEX written ON wrote (number);
"""
# Articles without a date come last, whichever way the others go.
_ORDERS = {
    "newest": "published DESC, number DESC",
    "oldest": "published IS NULL, published, number",
    "title": "sorted, number",
    "length": "characters DESC, number DESC",
}
ORDERS = tuple(_ORDERS)
_SELECT = "SELECT number FROM listed WHERE {}"
_AMONG = "number IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles to list: those whose title, authors and source have all words of ``query``,
    by that author, from that source, published from ``since`` to ``until`` (ISO dates); in which of
    the ORDERS; and which of these, from ``offset`` on.
    """

    query: str = ""
    author: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    order: str = "newest"
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """How many articles are as wanted, and the numbers of those that were asked for."""

    total: int
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many articles have something."""

    name: str
    articles: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the library holds: articles by month (``2024-05``, in order), the ``sources`` and
    ``authors`` with the most, and articles by length, by the least of LENGTHS that they have.
    """

    articles: int
    reprints: int
    characters: int
    undated: int
    months: Sequence[Counted]
    sources: Sequence[Counted]
    authors: Sequence[Counted]
    lengths: Sequence[Counted]


class Listing:
    """What a store has, to be listed. For one thread at a time."""

    def __init__(self, store: Store) -> None:
        """Of this store, which is its own; nothing is read yet."""
        self._store = store
        self._sequence = 0
        self._statistics: Statistics | None = None
        self._memory = sqlite3.connect(":memory:", check_same_thread=False)
        self._memory.executescript(_TABLES)

    def close(self) -> None:
        """Close the store's file, and let go of the memory."""
        self._store.close()
        self._memory.close()

    def find(self, wanted: Wanted) -> Listed:
        """The articles that are as wanted. Raises KeyError for an unknown order."""
        order = _ORDERS[wanted.order]
        self._follow()
        where, values = _conditions(wanted)
        if wanted.query:  # to look for words is to read all rows: that is done once
            found = [number for (number,) in self._rows(_SELECT.format(where), *values)]
            total = len(found)
            if total <= _FEW:
                where, values = _AMONG, [json.dumps(found)]
                order = f"+{order}"  # so that no index is gone through for it
        else:
            [[total]] = self._rows(f"SELECT count(*) FROM listed WHERE {where}", *values)
        if total <= wanted.offset:
            return Listed(total, ())
        query = f"{_SELECT.format(where)} ORDER BY {order} LIMIT ? OFFSET ?"
        rows = self._rows(query, *values, wanted.limit, wanted.offset)
        return Listed(total, [number for (number,) in rows])

    def statistics(self) -> Statistics:
        """What the library holds; counted once for each state of it."""
        self._follow()
        if self._statistics is None:
            self._statistics = self._count()
        return self._statistics

    def _follow(self) -> None:
        """Have what has been written since the last time."""
        with self._store.one_state():
            sequence = self._store.sequence
            if sequence != self._sequence:
                self._read(anew=self._sequence == 0)
                self._sequence, self._statistics = sequence, None

    def _read(self, *, anew: bool) -> None:
        """Read what has been written since the last time; ``anew`` if nothing has been read."""
        gone = "SELECT article FROM gone WHERE sequence > ?"
        query = """
            SELECT number, title, authors, source, published, length(text), substr(text, 1, ?),
                reprint_of IS NOT NULL
            FROM articles WHERE sequence > ?
        """
        with self._memory:
            for rows in () if anew else self._store.chunks(gone, self._sequence):
                self._drop(rows)
            for rows in self._store.chunks(query, UNTITLED_LABEL_CHARACTERS, self._sequence):
                if not anew:
                    self._drop([row[:1] for row in rows])
                self._take(rows)
        if anew:  # indexes are made sooner of all rows than row by row
            self._memory.executescript(_INDEXES)

    def _drop(self, numbers: Sequence[tuple[int]]) -> None:
        self._memory.executemany("DELETE FROM listed WHERE number = ?", numbers)
        self._memory.executemany("DELETE FROM wrote WHERE number = ?", numbers)

    def _take(self, rows: Sequence[Any]) -> None:
        self._memory.executemany("INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?, ?)", _listed(rows))
        wrote = [(row[0], author) for row in rows for author in set(strings(row[2]))]
        self._memory.executemany("INSERT INTO wrote VALUES (?, ?)", wrote)

    def _count(self) -> Statistics:
        whole = """
            SELECT count(*), coalesce(sum(reprint), 0), coalesce(sum(characters), 0),
                coalesce(sum(published IS NULL), 0) FROM listed
        """
        [[articles, reprints, characters, undated]] = self._rows(whole)
        months = """
            SELECT substr(published, 1, 7) AS month, count(*) FROM listed
            WHERE published IS NOT NULL GROUP BY month ORDER BY month
        """
        sources = """
            SELECT source, count(*) AS articles FROM listed
            WHERE source IS NOT NULL GROUP BY source ORDER BY articles DESC, source LIMIT ?
        """
        authors = """
            SELECT author, count(*) AS articles FROM wrote
            GROUP BY author ORDER BY articles DESC, author LIMIT ?
        """
        return Statistics(
            articles,
            reprints,
            characters,
            undated,
            months=self._counted(months),
            sources=self._counted(sources, TOP),
            authors=self._counted(authors, TOP),
            lengths=self._lengths(),
        )

    def _lengths(self) -> list[Counted]:
        query = "SELECT count(*) FROM listed WHERE characters >= ? AND characters < ?"
        return [
            Counted(str(least), self._rows(query, least, below)[0][0])
            for least, below in pairwise((*LENGTHS, 2**62))
        ]

    def _counted(self, query: str, *values: object) -> list[Counted]:
        return [Counted(name, count) for name, count in self._rows(query, *values)]

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self._memory.execute(query, values).fetchall()


def _listed(rows: Sequence[Any]) -> Iterator[tuple[object, ...]]:
    """The rows of the table, of those of the store."""
    said = []
    for _, title, authors, source, _, _, start, _ in rows:
        label = title or start.split("\n")[0]
        said.append("\n".join([label, *strings(authors), source or ""]).replace(_BETWEEN, " "))
    together = normalise(_BETWEEN.join(said)).split(_BETWEEN)  # a call costs more than a title
    for row, words in zip(rows, together, strict=True):
        number, _, _, source, published, characters, _, reprint = row
        yield number, words, _sorted(words), source, published, characters, reprint


def _sorted(words: str) -> bytes:
    """What titles, which come first, are sorted by: in GB 18030 most Chinese characters stand in
    order of their pronunciation, behind what is Latin.
    """
    return words.encode("gb18030", "replace")


def _conditions(wanted: Wanted) -> tuple[str, list[object]]:
    """What is wanted as a condition on a row of the table, and its values."""
    known = [
        ("number IN (SELECT number FROM wrote WHERE author = ?)", wanted.author),
        ("source = ?", wanted.source),
        ("published >= ?", wanted.since),
        ("published <= ?", wanted.until),
    ]
    known += [("instr(words, ?)", word) for word in normalise(wanted.query).split()]
    used = [(condition, value) for condition, value in known if value]
    where = " AND ".join(condition for condition, _ in used) or "TRUE"
    return where, [value for _, value in used]
