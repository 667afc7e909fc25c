"""The truth: articles, passages and vectors in one SQLite file.

Every write is one transaction that raises the library's sequence number. Passages carry the number
of the transaction that added them, and removed ones leave theirs behind, so that whatever is
derived from the library can ask what has changed since it was last brought up to date.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.store.database import clear_errors, content, frozen, open_database, transaction
from index.store.edits import VECTOR, Edit, find_article, write_edit
from index.store.generations import Recipe, changed_meanwhile, check, find_generation, searched
from index.types import FloatArray, IntArray, Located
from ingest.errors import ArticleNotFound, LibraryError
from ingest.prepare import below
from ingest.types import Article, Heading, Passage

_CHUNK = 2048  # rows that are read at a time
ARTICLE = (
    "number, id, title, authors, affiliation, source, page, published, language, text, path, "
    "subtitle, notes, guessed"
)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with all that it is searched by."""

    number: int
    title: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    heading: str | None
    text: str


class Store:
    """An open library file, for one thread at a time. Every method may raise LibraryError."""

    def __init__(
        self,
        folder: Path,
        *,
        embedder: str,
        dimension: int,
        create: bool,
        generation: int | None = None,
    ) -> None:
        """Open the library in ``folder``, or with ``create`` make one if there is none.

        It reads and writes the generation that is searched now, or reads the ``generation`` given,
        whatever happens meanwhile. Raises as `open_database`, and LibraryMismatch if that is of
        another embedder.
        """
        self._folder = folder
        recipe = Recipe(embedder, dimension)
        self._frozen = frozen(folder)
        self._connection = open_database(folder, new=recipe if create else None)
        try:
            with clear_errors(folder):
                self.id = str(self.rows("SELECT id FROM library")[0][0])
                bound = (
                    searched(self._connection)
                    if generation is None
                    else find_generation(self._connection, generation)
                )
            check(folder, bound.recipe, recipe)
        except BaseException:
            self.close()
            raise
        self.generation = bound.number

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def sequence(self) -> int:
        """How many write transactions there have been."""
        return int(self.rows("SELECT sequence FROM library")[0][0])

    @property
    def outdated(self) -> bool:
        """Whether another generation is searched by now, or changes can't be seen here."""
        return self._frozen != frozen(self._folder) or self._is_past

    @property
    def stamp(self) -> str:
        """Changes when all passages do: what is derived from another one's is made anew."""
        return f"{self.id}-{self.generation}"

    @property
    def words(self) -> str:
        """The lines of the user's dictionary."""
        return str(self.rows("SELECT words FROM library")[0][0])

    def set_words(self, lines: str) -> None:
        """Have these lines in the user's dictionary, and no others."""
        with clear_errors(self._folder), transaction(self._connection):
            self.rows("UPDATE library SET sequence = sequence + 1, words = ?", lines)

    @property
    def article_count(self) -> int:
        """How many articles there are."""
        return int(self.rows("SELECT count(*) FROM articles")[0][0])

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        query = "SELECT count(*) FROM passages WHERE generation = ?"
        return int(self.rows(query, self.generation)[0][0])

    def write(self, edit: Edit) -> Sequence[int]:
        """Do all of it in one transaction, or nothing; give the numbers of the passages filed, in
        their order. Raises LibraryMismatch if another generation is searched by now.
        """
        with clear_errors(self._folder), transaction(self._connection):
            statement = """
                UPDATE library SET sequence = sequence + 1 WHERE generation = ? RETURNING sequence
            """
            sequences = self.rows(statement, self.generation)
            if not sequences:  # these vectors may be of another embedder
                raise changed_meanwhile(self._folder)
            return write_edit(self._connection, edit, sequences[0][0], self.generation)

    def number(self, article_id: str) -> int:
        """The article with this id, or the only one whose id begins so. Raises ArticleNotFound."""
        with clear_errors(self._folder):
            return find_article(self._connection, article_id)

    def stored(self, ids: Iterable[str]) -> dict[str, Article]:
        """Those of ``ids`` that are in the library, with their articles."""
        query = f"SELECT {ARTICLE} FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        found = self.read_articles(query, json.dumps(list(ids)))
        return {article.id: article for article in found}

    def article_numbers(self) -> list[int]:
        """The numbers of all articles by path, and those of one file in their order."""
        return [row[0] for row in self.rows("SELECT number FROM articles ORDER BY path, number")]

    def numbered(self, numbers: Iterable[int]) -> dict[int, Article]:
        """Those of the articles with these numbers that are there, by number."""
        query = f"""
            SELECT {ARTICLE} FROM articles WHERE number IN (SELECT value FROM json_each(?))
        """
        rows = self.rows(query, json.dumps(list(numbers)))
        return dict(zip((row[0] for row in rows), self._articles(rows), strict=True))

    def article(self, article_id: str) -> Article:
        """The article with this id, or the only one whose id begins so. Raises ArticleNotFound."""
        query = f"SELECT {ARTICLE} FROM articles WHERE number = ?"
        return self.read_articles(query, self.number(article_id))[0]

    def passages(self, numbers: Sequence[int] | IntArray) -> list[Passage]:
        """The passages with these numbers, in this order. Raises ArticleNotFound."""
        return [one.passage for one in self.located(numbers)]

    def located(self, numbers: Sequence[int] | IntArray) -> list[Located]:
        """The same, each with the article that it is in. No article's text is read for it."""
        query = """
            SELECT passages.number, article, language, id, start, "end", heading FROM passages
            JOIN articles ON articles.number = article
            WHERE passages.number IN (SELECT value FROM json_each(?))
        """
        wanted = [int(number) for number in numbers]
        rows = self.rows(query, json.dumps(wanted))
        found = {
            number: Located(Passage(*passage), article, language)
            for number, article, language, *passage in rows
        }
        gone = [number for number in wanted if number not in found]
        if gone:
            raise ArticleNotFound(
                f"Passage {gone[0]} isn't in the library any more: search again.",
                f"段落 {gone[0]} 已不在文库中：请重新搜索。",
            )
        return [found[number] for number in wanted]

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Within, everything that is read is of one state of the library."""
        if self._connection.in_transaction:  # and so it is already
            yield
            return
        with clear_errors(self._folder), transaction(self._connection, "DEFERRED"):
            yield
        if self._frozen and self._frozen != content(self._folder):
            raise LibraryError(
                f"The library {self._folder} was changed while it was read: try again.",
                f"读取文库 {self._folder} 时其内容发生了变化：请重试。",
            )

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """The same, with the sequence of that state. Raises LibraryMismatch if another generation
        is searched by now.
        """
        with self.one_state():
            if self._is_past:  # its passages are being deleted
                raise changed_meanwhile(self._folder)
            yield self.sequence

    def removed_since(self, sequence: int) -> list[int]:
        """The numbers of the passages removed after that transaction."""
        query = "SELECT number FROM removed WHERE sequence > ?"
        return [row[0] for row in self.rows(query, sequence)]

    def numbers_since(self, sequence: int) -> IntArray:
        """The numbers (n,) of the passages added after that transaction and still there."""
        query = "SELECT number FROM passages WHERE generation = ? AND sequence > ?"
        rows = self.rows(query, self.generation, sequence)
        return np.array([row[0] for row in rows], np.int64)

    def passages_since(self, sequence: int) -> Iterator[StoredPassage]:
        """The same passages."""
        query = """
            SELECT number, article, start, "end", heading FROM passages
            WHERE generation = ? AND sequence > ? ORDER BY sequence, number
        """
        of_article = "SELECT title, subtitle, authors, text FROM articles WHERE number = ?"
        read = None
        for rows in self.chunks(query, self.generation, sequence):
            for number, article, start, end, heading in rows:
                if article != read:
                    title, subtitle, authors, text = self.rows(of_article, article)[0]
                    authors = strings(authors)
                    read = article
                yield StoredPassage(number, title, subtitle, authors, heading, text[start:end])

    def texts_since(self, sequence: int) -> Iterator[tuple[int, str]]:
        """The same passages' numbers, and their texts below all that stands above them."""
        for stored in self.passages_since(sequence):
            above = (*stored.authors, stored.title, stored.subtitle, stored.heading)
            yield stored.number, below(above, stored.text)

    def vectors_since(self, sequence: int) -> Iterator[tuple[IntArray, FloatArray]]:
        """The same passages' numbers (n,) and vectors (n, dimension), in chunks."""
        query = """
            SELECT number, vector FROM passages JOIN vectors USING (number)
            WHERE generation = ? AND sequence > ? ORDER BY sequence, number
        """
        for rows in self.chunks(query, self.generation, sequence):
            yield _vectors(rows)

    def vectors(self, numbers: IntArray) -> tuple[IntArray, FloatArray]:
        """Those of the passages ``numbers`` (n,) that are there, (m,), and their vectors
        (m, dimension), by number.
        """
        query = """
            SELECT number, vector FROM vectors
            WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number
        """
        return _vectors(self.rows(query, json.dumps(numbers.tolist())))

    def rows(self, query: str, *values: object) -> list[Any]:
        """All rows that a query gives."""
        with clear_errors(self._folder):
            return self._connection.execute(query, values).fetchall()

    def chunks(self, query: str, *values: object) -> Iterator[list[Any]]:
        """The same, some at a time."""
        with clear_errors(self._folder):
            cursor = self._connection.execute(query, values)
            while rows := cursor.fetchmany(_CHUNK):
                yield rows

    def read_articles(self, query: str, *values: object) -> list[Article]:
        """The articles of a query for the columns `ARTICLE`."""
        chunks = self.chunks(query, *values)
        return [article for rows in chunks for article in self._articles(rows)]

    @property
    def _is_past(self) -> bool:
        """Whether another generation is searched by now."""
        return bool(self.rows("SELECT generation > ? FROM library", self.generation)[0][0])

    def _articles(self, rows: Sequence[Any]) -> list[Article]:
        """The articles of rows of the columns `ARTICLE`."""
        query = """
            SELECT article, text, start, level FROM headings
            WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article, position
        """
        headings: dict[int, list[Heading]] = {}
        for article, *heading in self.rows(query, json.dumps([row[0] for row in rows])):
            headings.setdefault(article, []).append(Heading(*heading))
        return [_article(row[1:], headings.get(row[0], ())) for row in rows]


@functools.lru_cache(maxsize=4096)
def strings(listed: str) -> tuple[str, ...]:
    """What a JSON list has: mostly nothing, or authors who wrote other articles, too."""
    return tuple(json.loads(listed))


def _article(row: Sequence[Any], headings: Iterable[Heading]) -> Article:
    article_id, title, authors, affiliation, source, page, published, *rest = row
    language, text, path, subtitle, notes, guessed = rest
    return Article(
        id=article_id,
        title=title,
        authors=strings(authors),
        affiliation=affiliation,
        source=source,
        page=page,
        published=published,
        language=language,
        headings=tuple(headings),
        text=text,
        path=path,
        subtitle=subtitle,
        notes=strings(notes),
        guessed=strings(guessed),
    )


def _vectors(rows: Sequence[tuple[int, bytes]]) -> tuple[IntArray, FloatArray]:
    numbers = np.array([row[0] for row in rows], dtype=np.int64)
    vectors = np.frombuffer(b"".join(row[1] for row in rows), VECTOR).astype(np.float32)
    return numbers, vectors.reshape(len(rows), -1 if rows else 0)
