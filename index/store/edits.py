"""A change to the library, worked out before it is written, and the writing of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.types import FloatArray, SourceFile
from ingest.errors import ArticleNotFound
from ingest.types import Article, Passage

VECTOR = "<f2"  # how a vector is stored: two bytes a number are as good as four
_FIELDS = (
    "id, title, subtitle, authors, affiliation, source, page, published, language, text, path, "
    "notes, guessed, reprint_of"
)


@dataclass(frozen=True, slots=True)
class Filed:
    """An article as it is to be stored: searched by its passages, with a vector (dimension,) for
    each, and known to others like it by its ``bands``; or linked to the ``original`` that it
    repeats, by its id, and without all these.
    """

    article: Article
    passages: Sequence[Passage] = ()
    vectors: Sequence[FloatArray] = ()
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


def write_edit(connection: sqlite3.Connection, edit: Edit, sequence: int) -> None:
    """Write it as the transaction ``sequence``."""
    for filed in edit.filed:
        _file(connection, filed, sequence)
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


def write_signatures(
    connection: sqlite3.Connection, signatures: Iterable[tuple[int, Sequence[int]]]
) -> None:
    """Write the bands of articles (their numbers)."""
    rows = ((number, np.array(bands, "<u4").tobytes()) for number, bands in signatures)
    connection.executemany("INSERT INTO signatures VALUES (NULL, ?, ?)", rows)


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


def _file(connection: sqlite3.Connection, filed: Filed, sequence: int) -> None:
    """Write an article and all that hangs on it."""
    article = filed.article
    original = filed.original and find_article(connection, filed.original)
    values = (
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
        original,
    )
    marks = ", ".join("?" * len(values))
    updates = ", ".join(f"{name} = excluded.{name}" for name in _FIELDS.split(", "))
    [[number]] = connection.execute(
        f"INSERT INTO articles ({_FIELDS}) VALUES ({marks}) "
        f"ON CONFLICT (id) DO UPDATE SET {updates} RETURNING number",
        values,
    ).fetchall()
    _forget_parts(connection, number, sequence)
    connection.executemany(
        "INSERT INTO headings VALUES (?, ?, ?, ?, ?)",
        [
            (number, position, heading.text, heading.start, heading.level)
            for position, heading in enumerate(article.headings)
        ],
    )
    for passage, vector in zip(filed.passages, filed.vectors, strict=True):
        cursor = connection.execute(
            "INSERT INTO passages SELECT NULL, ?, ?, ?, ?, ?, generation FROM library",
            (number, passage.start, passage.end, passage.heading, sequence),
        )
        connection.execute(
            "INSERT INTO vectors VALUES (?, ?)", (cursor.lastrowid, vector.astype(VECTOR).tobytes())
        )
    if original is None:
        write_signatures(connection, [(number, filed.bands)])


def _take_out(connection: sqlite3.Connection, gone: Sequence[int], sequence: int) -> None:
    """Remove articles: those that are linked to another before that one."""
    _execute_for(connection, "UPDATE articles SET reprint_of = NULL WHERE number = ?", gone)
    for number in gone:
        _forget_parts(connection, number, sequence)
        connection.execute("DELETE FROM articles WHERE number = ?", (number,))


def _forget_parts(connection: sqlite3.Connection, number: int, sequence: int) -> None:
    """Remove an article's passages, which leave their numbers behind, headings and signature."""
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
    return json.dumps(texts, ensure_ascii=False)
