"""What the catalogue is made of, as the store has it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np

from index.catalogue.entry import Entry
from index.store.store import Store
from index.types import IntArray

# Every article carries the number of the transaction that filed it, and removed ones leave theirs
# behind. While a generation is being made, passages may come later than their article.
_CHANGED = """
    WITH changed (number) AS (
        SELECT number FROM articles WHERE sequence > ?1
        UNION SELECT article FROM passages WHERE generation = ?2 AND sequence > ?1
    )
"""


class Entries:
    """What a store says of articles. Every method may raise LibraryError."""

    def __init__(self, store: Store) -> None:
        """Of this store."""
        self._store = store

    @property
    def stamp(self) -> str:
        """Changes when all passages do."""
        return self._store.stamp

    def snapshot(self) -> AbstractContextManager[int]:
        """Within, everything that is read is of one state: the one with the sequence given."""
        return self._store.snapshot()

    def entries_since(self, sequence: int) -> Iterator[Entry]:
        """The articles filed after that transaction and still there, by number."""
        query = f"""
            {_CHANGED}
            SELECT number, reprint_of, authors, source, published
            FROM changed JOIN articles USING (number) ORDER BY number
        """
        for rows in self._store.chunks(query, sequence, self._store.generation):
            for row in rows:
                yield Entry(*row)

    def passages_since(self, sequence: int) -> IntArray:
        """Their passages (n, 2): the number of the article of each, and its own."""
        query = f"""
            {_CHANGED}
            SELECT article, passages.number FROM changed
            JOIN passages ON article = changed.number AND generation = ?2
        """
        chunks = self._store.chunks(query, sequence, self._store.generation)
        flat = itertools.chain.from_iterable(itertools.chain.from_iterable(chunks))
        return np.fromiter(flat, np.int64).reshape(-1, 2)

    def gone_since(self, sequence: int) -> IntArray:
        """The numbers (n,) of the articles removed after that transaction."""
        query = "SELECT article FROM gone WHERE sequence > ?"
        return np.array([row[0] for row in self._store.rows(query, sequence)], np.int64)
