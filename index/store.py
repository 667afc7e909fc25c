"""The truth: articles, passages and vectors in one SQLite file.

Every write is one transaction that raises the library's sequence number. Passages carry the number
of the transaction that added them, and removed ones leave theirs behind, so that whatever is
derived from the library can ask what has changed since it was last brought up to date.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.catalogue import Catalogue, make_catalogue
from index.database import clear_errors, open_database, transaction
from index.types import FloatArray, IntArray
from ingest.errors import ArticleNotFound
from ingest.types import Article, Heading, Passage

_CHUNK = 2048  # rows that are read at a time
_ARTICLE = "number, id, title, authors, affiliation, source, page, published, language, text, path"


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article with its passages and a vector (dimension,) for each."""

    article: Article
    passages: Sequence[Passage]
    vectors: Sequence[FloatArray]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with all that it is searched by."""

    number: int
    title: str | None
    authors: tuple[str, ...]
    heading: str | None
    text: str


class Store:
    """An open library file, for one thread at a time. Every method may raise LibraryError."""

    def __init__(self, folder: Path, *, embedder: str, dimension: int, create: bool) -> None:
        """Open the library in ``folder``; see `open_database`."""
        self._folder = folder
        self._connection = open_database(
            folder, embedder=embedder, dimension=dimension, create=create
        )
        self.id = str(self._rows("SELECT id FROM library")[0][0])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def sequence(self) -> int:
        """How many write transactions there have been."""
        return int(self._rows("SELECT sequence FROM library")[0][0])

    @property
    def article_count(self) -> int:
        """How many articles there are."""
        return int(self._rows("SELECT count(*) FROM articles")[0][0])

    def add(self, articles: Iterable[NewArticle]) -> int:
        """Add, in one transaction, those whose id isn't here yet; give how many that were."""
        with self._write() as sequence:
            return sum(_add(self._connection, new, sequence) for new in articles)

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles, in one transaction; give how many. Raises ArticleNotFound."""
        with self._write() as sequence:
            numbers = {_find(self._connection, article_id) for article_id in ids}
            for number in numbers:
                self._connection.execute(
                    "INSERT INTO removed SELECT number, ? FROM passages WHERE article = ?",
                    (sequence, number),
                )
                self._connection.execute("DELETE FROM articles WHERE number = ?", (number,))
        return len(numbers)

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of ``ids`` that are in the library."""
        query = "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._rows(query, json.dumps(list(ids)))}

    def articles(self) -> list[Article]:
        """All articles by path, and those of one file in their order."""
        query = f"SELECT {_ARTICLE} FROM articles ORDER BY path, number"
        return [self._article(*row) for row in self._rows(query)]

    def article(self, article_id: str) -> Article:
        """The article with this id, or the only one whose id begins so. Raises ArticleNotFound."""
        with clear_errors(self._folder):
            number = _find(self._connection, article_id)
        query = f"SELECT {_ARTICLE} FROM articles WHERE number = ?"
        return self._article(*self._rows(query, number)[0])

    def passages(self, numbers: Sequence[int] | IntArray) -> list[Passage]:
        """The passages with these numbers, in this order. Raises ArticleNotFound."""
        query = """
            SELECT passages.number, id, start, "end", heading FROM passages
            JOIN articles ON articles.number = article
            WHERE passages.number IN (SELECT value FROM json_each(?))
        """
        wanted = [int(number) for number in numbers]
        found = {row[0]: Passage(*row[1:]) for row in self._rows(query, json.dumps(wanted))}
        gone = [number for number in wanted if number not in found]
        if gone:
            raise ArticleNotFound(
                f"Passage {gone[0]} isn't in the library any more: search again.",
                f"段落 {gone[0]} 已不在资料库中：请重新搜索。",
            )
        return [found[number] for number in wanted]

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """Within, everything that is read is of one state: the one with the sequence given."""
        with clear_errors(self._folder), transaction(self._connection, "DEFERRED"):
            yield self.sequence

    def removed_since(self, sequence: int) -> list[int]:
        """The numbers of the passages removed after that transaction."""
        query = "SELECT number FROM removed WHERE sequence > ?"
        return [row[0] for row in self._rows(query, sequence)]

    def passages_since(self, sequence: int) -> Iterator[StoredPassage]:
        """The passages added after that transaction and still there."""
        query = """
            SELECT number, article, start, "end", heading FROM passages
            WHERE sequence > ? ORDER BY number
        """
        of_article = "SELECT title, authors, text FROM articles WHERE number = ?"
        read = None
        for rows in self._chunks(query, sequence):
            for number, article, start, end, heading in rows:
                if article != read:
                    title, authors, text = self._rows(of_article, article)[0]
                    authors = tuple(json.loads(authors))
                    read = article
                yield StoredPassage(number, title, authors, heading, text[start:end])

    def vectors_since(self, sequence: int) -> Iterator[tuple[IntArray, FloatArray]]:
        """The same passages' numbers (n,) and vectors (n, dimension), in chunks."""
        query = """
            SELECT number, vector FROM passages JOIN vectors USING (number)
            WHERE sequence > ? ORDER BY number
        """
        for rows in self._chunks(query, sequence):
            numbers = np.array([row[0] for row in rows], dtype=np.int64)
            vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4")
            yield numbers, vectors.reshape(len(rows), -1).astype(np.float32)

    def catalogue(self) -> Catalogue:
        """Who wrote the articles, where they appeared and when."""
        with self.snapshot() as sequence:
            query = "SELECT number, authors, source, published FROM articles ORDER BY number"
            articles = self._rows(query)
            passages = self._rows("SELECT number, article FROM passages")
        return make_catalogue(sequence, articles, passages)

    @contextmanager
    def _write(self) -> Iterator[int]:
        with clear_errors(self._folder), transaction(self._connection):
            self._connection.execute("UPDATE library SET sequence = sequence + 1")
            yield self.sequence

    def _rows(self, query: str, *values: object) -> list[Any]:
        with clear_errors(self._folder):
            return self._connection.execute(query, values).fetchall()

    def _chunks(self, query: str, *values: object) -> Iterator[list[Any]]:
        with clear_errors(self._folder):
            cursor = self._connection.execute(query, values)
            while rows := cursor.fetchmany(_CHUNK):
                yield rows

    def _article(self, number: int, article_id: str, *rest: Any) -> Article:
        title, authors, affiliation, source, page, published, language, text, path = rest
        query = "SELECT text, start, level FROM headings WHERE article = ? ORDER BY position"
        return Article(
            id=article_id,
            title=title,
            authors=tuple(json.loads(authors)),
            affiliation=affiliation,
            source=source,
            page=page,
            published=published,
            language=language,
            headings=tuple(Heading(*row) for row in self._rows(query, number)),
            text=text,
            path=path,
        )


def _add(connection: sqlite3.Connection, new: NewArticle, sequence: int) -> bool:
    """Whether the article was new."""
    article = new.article
    cursor = connection.execute(
        "INSERT INTO articles VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            article.id,
            article.title,
            json.dumps(article.authors, ensure_ascii=False),
            article.affiliation,
            article.source,
            article.page,
            article.published,
            article.language,
            article.text,
            article.path,
        ),
    )
    if not cursor.rowcount:
        return False
    number = cursor.lastrowid
    connection.executemany(
        "INSERT INTO headings VALUES (?, ?, ?, ?, ?)",
        [
            (number, position, heading.text, heading.start, heading.level)
            for position, heading in enumerate(article.headings)
        ],
    )
    for passage, vector in zip(new.passages, new.vectors, strict=True):
        cursor = connection.execute(
            "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?)",
            (number, passage.start, passage.end, passage.heading, sequence),
        )
        connection.execute(
            "INSERT INTO vectors VALUES (?, ?)", (cursor.lastrowid, vector.astype("<f4").tobytes())
        )
    return True


def _find(connection: sqlite3.Connection, article_id: str) -> int:
    """The number of the article with this id, or of the only one whose id begins so."""
    rows = connection.execute(
        "SELECT id, number FROM articles WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT 2",
        (article_id,),
    ).fetchall()
    if not rows or not article_id:
        raise ArticleNotFound(
            f'No article has the id "{article_id}": `wenjin articles` lists them.',
            f"没有编号为“{article_id}”的文章：`wenjin articles` 可列出全部。",
        )
    if len(rows) > 1 and rows[0][0] != article_id:
        raise ArticleNotFound(
            f'The ids of several articles begin with "{article_id}": give more of it.',
            f"有多篇文章的编号以“{article_id}”开头：请多写几位。",
        )
    return int(rows[0][1])
