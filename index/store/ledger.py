"""What the library knows about where its articles come from, and which are like which."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from index.store.edits import Given
from index.store.store import ARTICLE, Store
from index.types import SourceFile
from ingest.types import Article


class Ledger:
    """Files, links and signatures in a store. Every method may raise LibraryError."""

    def __init__(self, store: Store) -> None:
        """Of this store."""
        self._store = store

    def files(self) -> dict[str, SourceFile]:
        """The files that gave articles, by their paths."""
        query = "SELECT path, name, digest, jumps FROM files WHERE path != '' ORDER BY path"
        return {
            path: SourceFile(path, name, digest, bool(jumps))
            for path, name, digest, jumps in self._store.rows(query)
        }

    def owners(self, ids: Iterable[str]) -> dict[str, str]:
        """The path of the first file that gives each of these articles, by the ids of these."""
        query = """
            SELECT id, files.path FROM articles JOIN gives ON article = articles.number
            JOIN files ON files.number = file
            WHERE id IN (SELECT value FROM json_each(?)) ORDER BY gives.rowid DESC
        """
        return dict(self._store.rows(query, _json(ids)))

    def given_no_more(self, files: Sequence[Given]) -> list[int]:
        """The numbers of the articles that no file will give any more once these files are written,
        and one of these gave.
        """
        query = """
            SELECT article FROM gives JOIN files ON files.number = file
            WHERE files.path = ? AND sequence <= ? AND article NOT IN (
                SELECT number FROM articles WHERE id IN (SELECT value FROM json_each(?))
            )
        """
        given = _json(key for one in files for key, _ in one.paths)
        withdrawn: dict[int, int] = {}
        for one in files:
            if one.complete:
                for (number,) in self._store.rows(query, one.file.path, one.since, given):
                    withdrawn[number] = withdrawn.get(number, 0) + 1
        query = """
            SELECT article, count(*) FROM gives WHERE article IN (SELECT value FROM json_each(?))
            GROUP BY article ORDER BY article
        """
        counts = self._store.rows(query, _json(withdrawn)) if withdrawn else []
        return [number for number, count in counts if count == withdrawn[number]]

    def originals(self) -> dict[str, str]:
        """The ids of all articles that are linked to another, with that one's."""
        return dict(self._store.rows(_ORIGINALS))

    def originals_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The same for those of these articles that are linked."""
        query = f"{_ORIGINALS} WHERE linked.id IN (SELECT value FROM json_each(?))"
        return dict(self._store.rows(query, _json(ids)))

    def reprint_titles(self) -> dict[int, str]:
        """The titles of all articles that are linked to another and have one, by number."""
        query = """
            SELECT number, title FROM articles
            WHERE reprint_of IS NOT NULL AND title IS NOT NULL
        """
        return dict(self._store.rows(query))

    def reprints(self, ids: Iterable[str]) -> dict[str, tuple[Article, ...]]:
        """The articles that are linked to these, by the ids of these, in the order they came in."""
        query = """
            SELECT original.id, linked.id FROM articles AS original
            JOIN articles AS linked ON linked.reprint_of = original.number
            WHERE original.id IN (SELECT value FROM json_each(?)) ORDER BY linked.number
        """
        pairs = self._store.rows(query, _json(ids))
        articles = self._store.stored(linked for _, linked in pairs) if pairs else {}
        found: dict[str, tuple[Article, ...]] = {}
        for original, linked in pairs:
            found[original] = (*found.get(original, ()), articles[linked])
        return found

    def linked_to(self, numbers: Sequence[int]) -> list[Article]:
        """The articles that are linked to these, and aren't among them."""
        query = f"""
            SELECT {ARTICLE} FROM articles WHERE reprint_of IN (SELECT value FROM json_each(?1))
            AND number NOT IN (SELECT value FROM json_each(?1)) ORDER BY number
        """
        return self._store.read_articles(query, _json(numbers)) if numbers else []

    def texts(self, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Ids and texts of those of these articles that are there, by number."""
        query = """
            SELECT number, id, text FROM articles
            WHERE number IN (SELECT value FROM json_each(?))
        """
        rows = self._store.rows(query, _json(numbers))
        return {number: (key, text) for number, key, text in rows}

    def signatures_since(
        self, number: int
    ) -> Iterator[tuple[int, list[int], npt.NDArray[np.uint32]]]:
        """The signatures after that number, in chunks: the number of the last, their articles (n,),
        and their bands (n, bands).
        """
        query = "SELECT number, article, bands FROM signatures WHERE number > ? ORDER BY number"
        for rows in self._store.chunks(query, number):
            bands = np.frombuffer(b"".join(row[2] for row in rows), "<u4")
            yield rows[-1][0], [row[1] for row in rows], bands.reshape(len(rows), -1)


_ORIGINALS = """
    SELECT linked.id, original.id FROM articles AS linked
    JOIN articles AS original ON original.number = linked.reprint_of
"""


def _json(values: Iterable[object]) -> str:
    return json.dumps(list(values))
