"""A change to the library, worked out before it is written, and the writing of it."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.types import SourceFile
from ingest.errors import ArticleNotFound
from ingest.types import Article, Passage

Vectors = Sequence[npt.NDArray[np.floating[Any]]] | npt.NDArray[np.floating[Any]]
VECTOR = "<f2"  # how a vector is stored: two bytes a number are as good as four
_FIELDS = (
    *("id", "title", "subtitle", "authors", "affiliation", "source", "page", "published"),
    *("language", "text", "path", "notes", "guessed", "reprint_of", "sequence"),
)
_INSERT_ARTICLE = (
    f"INSERT INTO articles (number, {', '.join(_FIELDS)}) VALUES (?{', ?' * len(_FIELDS)}) "
    f"ON CONFLICT DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _FIELDS)}"
)


@dataclass(frozen=True, slots=True)
class Filed:
    """An article as it is to be stored: searched by its passages, with a vector (dimension,) for
    each, and known to others like it by its ``bands``; or linked to the ``original`` that it
    repeats, by its id, and without all these.
    """

    article: Article
    passages: Sequence[Passage] = ()
    vectors: Vectors = ()
    bands: Sequence[int] = ()
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """That a file gives articles, each by its id and under the path that it has there.

    Once it is ``complete``, it gives no more what it only gave up to the transaction ``since``.
    """

    file: SourceFile
    paths: Sequence[tuple[str, str]]
    since: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """All that is done in one transaction: articles are ``filed``, new ones or once more; others
    (their numbers) are ``gone``; files give articles; others are ``forgotten``, and give none.
    """

    filed: Sequence[Filed] = ()
    gone: Sequence[int] = ()
    given: Sequence[Given] = ()
    forgotten: Sequence[Given] = ()


def write_edit(
    connection: sqlite3.Connection, edit: Edit, sequence: int, generation: int
) -> Sequence[int]:
    """Write it as the transaction ``sequence``, with passages of the ``generation``; give the
    numbers of these, in the order in which they are filed.
    """
    numbers = _file(connection, edit.filed, sequence)
    made = [
        (number, filed.passages, filed.vectors)
        for number, filed in zip(numbers, edit.filed, strict=True)
    ]
    passages = write_passages(connection, made, sequence, generation)
    # Read again what was removed by hand, should the file be given once more.
    _execute_for(
        connection,
        "UPDATE files SET digest = '' WHERE number IN (SELECT file FROM gives WHERE article = ?)",
        edit.gone,
    )
    _take_out(connection, edit.gone, sequence)
    for one in edit.given:
        _give(connection, one, sequence)
    for one in (*edit.given, *edit.forgotten):
        if one.complete:
            _withdraw(connection, one)
    for one in edit.forgotten:
        connection.execute("DELETE FROM files WHERE path = ?", (one.file.path,))
    return passages


def write_passages(
    connection: sqlite3.Connection,
    made: Iterable[tuple[int, Sequence[Passage], Vectors]],
    sequence: int,
    generation: int,
) -> Sequence[int]:
    """Write the passages of articles (their numbers) with a vector (dimension,) for each; give the
    passages' numbers.
    """
    last = _last_number(connection, "passages")
    passages, vectors = [], []
    for article, its_passages, its_vectors in made:
        for one, vector in zip(its_passages, its_vectors, strict=True):
            last += 1  # as SQLite would number them, so that no number is given twice
            passages.append((last, article, one.start, one.end, one.heading, sequence, generation))
            vectors.append((last, np.asarray(vector, VECTOR).tobytes()))
    connection.executemany(
        """
        INSERT INTO passages (number, article, start, "end", heading, sequence, generation)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        passages,
    )
    connection.executemany("INSERT INTO vectors VALUES (?, ?)", vectors)
    return [row[0] for row in vectors]


def find_article(connection: sqlite3.Connection, article_id: str) -> int:
    """The number of the article with this id, or of the only one whose id begins so.

    Raises ArticleNotFound.
    """
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


def _last_number(connection: sqlite3.Connection, table: str) -> int:
    """The last that was given in a table that never gives one twice."""
    query = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"
    return int(connection.execute(query, (table,)).fetchone()[0])


def _file(connection: sqlite3.Connection, filed: Sequence[Filed], sequence: int) -> list[int]:
    """Write articles and all that hangs on them but their passages; give their numbers."""
    ids = dict.fromkeys(one.article.id for one in filed)
    ids |= {one.original: None for one in filed if one.original}
    query = "SELECT id, number FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    numbers = dict(connection.execute(query, (_json(tuple(ids)),)).fetchall())
    for one in filed:
        if one.article.id in numbers:
            _forget_parts(connection, numbers[one.article.id], sequence)
    last = _last_number(connection, "articles")
    numbers |= zip((one for one in ids if one not in numbers), itertools.count(last + 1))
    rows = [
        (
            numbers[one.article.id],
            *_values(one.article),
            numbers[one.original] if one.original else None,
            sequence,
        )
        for one in filed
    ]
    connection.executemany(_INSERT_ARTICLE, rows)
    headings = [
        (numbers[one.article.id], position, heading.text, heading.start, heading.level)
        for one in filed
        for position, heading in enumerate(one.article.headings)
    ]
    connection.executemany("INSERT INTO headings VALUES (?, ?, ?, ?, ?)", headings)
    signatures = [
        (numbers[one.article.id], np.array(one.bands, "<u4").tobytes())
        for one in filed
        if one.original is None
    ]
    connection.executemany("INSERT INTO signatures VALUES (NULL, ?, ?)", signatures)
    return [numbers[one.article.id] for one in filed]


def _values(article: Article) -> tuple[str | None, ...]:
    """The first of the `_FIELDS`."""
    return (
        article.id,
        article.title,
        article.subtitle,
        _json(article.authors),
        article.affiliation,
        article.source,
        article.page,
        article.published,
        article.language,
        article.text,
        article.path,
        _json(article.notes),
        _json(article.guessed),
    )


def _take_out(connection: sqlite3.Connection, gone: Sequence[int], sequence: int) -> None:
    """Remove articles: those that are linked to another before that one."""
    _execute_for(connection, "UPDATE articles SET reprint_of = NULL WHERE number = ?", gone)
    for number in gone:
        _forget_parts(connection, number, sequence)
        connection.execute("DELETE FROM articles WHERE number = ?", (number,))
        connection.execute("INSERT INTO gone VALUES (?, ?)", (number, sequence))


def _forget_parts(connection: sqlite3.Connection, number: int, sequence: int) -> None:
    """Remove an article's passages, of all generations, which leave their numbers behind, headings
    and signature.
    """
    connection.execute(
        "INSERT INTO removed SELECT number, ? FROM passages WHERE article = ?", (sequence, number)
    )
    for table in ("passages", "headings", "signatures"):
        connection.execute(f"DELETE FROM {table} WHERE article = ?", (number,))


def _give(connection: sqlite3.Connection, given: Given, sequence: int) -> None:
    file = given.file
    digest = file.digest if given.complete else ""
    [[number]] = connection.execute(
        """
        INSERT INTO files (path, name, digest, jumps) VALUES (?, ?, ?, ?) ON CONFLICT (path)
        DO UPDATE SET name = excluded.name, digest = excluded.digest, jumps = excluded.jumps
        RETURNING number
        """,
        (file.path, file.name, digest, file.jumps),
    ).fetchall()
    connection.executemany(
        """
        INSERT INTO gives SELECT ?, number, ?, ? FROM articles WHERE id = ? ON CONFLICT DO UPDATE
        SET path = excluded.path, sequence = excluded.sequence
        """,
        [(number, path, sequence, article_id) for article_id, path in given.paths],
    )


def _withdraw(connection: sqlite3.Connection, given: Given) -> None:
    """Let go of what a file only gave up to ``since``; the next that gives it has it now."""
    articles = connection.execute(
        """
        DELETE FROM gives WHERE sequence <= ? AND file = (SELECT number FROM files WHERE path = ?)
        RETURNING article
        """,
        (given.since, given.file.path),
    ).fetchall()
    _execute_for(
        connection,
        """
        UPDATE articles SET path = coalesce(
            (SELECT path FROM gives WHERE article = ?1 ORDER BY rowid LIMIT 1), path
        ) WHERE number = ?1
        """,
        [number for (number,) in articles],
    )


def _execute_for(connection: sqlite3.Connection, statement: str, numbers: Iterable[int]) -> None:
    connection.executemany(statement, [(number,) for number in numbers])


def _json(texts: Sequence[str]) -> str:
    return json.dumps(texts, ensure_ascii=False) if texts else "[]"
