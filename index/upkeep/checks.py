"""Every row of the truth against the rules that it keeps. Nothing is written here.

Text that isn't UTF-8 any more is read with surrogates where it can't be, which no text has.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np

from index.store.edits import VECTOR
from index.types import BoolArray, IntArray
from ingest.dedupe import BANDS
from ingest.split import split_article
from ingest.types import Article, Heading, article_id

_CHUNK = 2048  # rows that are read at a time
_UNIT = 0.01  # how far from one the length of a vector may be: its numbers have two bytes
_INDEXES = re.compile(r"row \d+ missing from index|wrong # of entries in index|non-unique entry")
_MOST_LINES = 3  # of what SQLite says

# What a query can tell: the articles that break a rule.
_QUERIES = {
    "reprint": """
        SELECT linked.number FROM articles AS linked
        LEFT JOIN articles AS original ON original.number = linked.reprint_of
        WHERE linked.reprint_of IS NOT NULL AND (
            original.number IS NULL OR original.reprint_of IS NOT NULL
            OR EXISTS (SELECT 1 FROM passages WHERE article = linked.number)
            OR EXISTS (SELECT 1 FROM signatures WHERE article = linked.number)
        )
    """,
    "unsigned": f"""
        SELECT articles.number FROM articles LEFT JOIN signatures ON article = articles.number
        WHERE reprint_of IS NULL AND (bands IS NULL OR length(bands) != {4 * BANDS})
    """,
    "given": """
        SELECT number FROM articles
        WHERE NOT EXISTS (SELECT 1 FROM gives WHERE article = articles.number)
    """,
    "sequence": """
        SELECT article FROM passages WHERE sequence > (SELECT sequence FROM library)
        UNION SELECT article FROM gives WHERE sequence > (SELECT sequence FROM library)
        UNION SELECT number FROM articles WHERE sequence > (SELECT sequence FROM library)
    """,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that is broken, by the numbers of the articles (or, for what hangs on none, of the
    rows) that break it; ``told`` is what SQLite says of it.
    """

    kind: str
    numbers: tuple[int, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True)
class _Stored:
    """An article as it is stored, with what hangs on it; ``passages`` are (start, end, heading,
    generation), ``fields`` what else its row says, and the last three of these lists.
    """

    key: str
    title: str | None
    text: str
    headings: Sequence[tuple[str, int, int]]
    passages: Sequence[tuple[int, int, str | None, int]]
    is_reprint: bool
    fields: Sequence[str | None]


def check_file(connection: sqlite3.Connection) -> list[Fault]:
    """What SQLite itself finds wrong: pages, indexes, and rows that refer to none."""
    lines = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    faults = []
    if lines != ["ok"]:
        kind = "index" if all(map(_INDEXES.match, lines)) else "page"
        faults.append(Fault(kind, told="; ".join(lines[:_MOST_LINES])))
    lost = [row[:2] for row in connection.execute("PRAGMA foreign_key_check")]
    tables = sorted({table for table, _ in lost} - {"articles"})  # reprints of none are told apart
    if tables:
        faults.append(Fault("lost", tuple(row or 0 for _, row in lost), ", ".join(tables)))
    return faults


def check_rows(connection: sqlite3.Connection, progress: Callable[[int], None]) -> list[Fault]:
    """What is wrong with articles, their passages and vectors, if the file itself is whole.

    ``progress`` is told how many articles and vectors have been looked at since it was told last.
    """
    connection.text_factory = _decoded
    found: dict[str, set[int]] = {
        kind: {row[0] for row in connection.execute(query)} for kind, query in _QUERIES.items()
    }
    [[generation]] = connection.execute("SELECT generation FROM library").fetchall()
    for number, checked in _articles(connection, progress):
        for kind in _broken(checked, generation):
            found.setdefault(kind, set()).add(number)
    found["vector"] = _with_bad_vectors(connection, progress)
    return [Fault(kind, tuple(sorted(numbers))) for kind, numbers in found.items() if numbers]


def row_count(connection: sqlite3.Connection) -> int:
    """How much `check_rows` has to look at: articles and vectors."""
    query = "SELECT (SELECT count(*) FROM articles) + (SELECT count(*) FROM vectors)"
    return int(connection.execute(query).fetchone()[0])


def _decoded(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


def _articles(
    connection: sqlite3.Connection, progress: Callable[[int], None]
) -> Iterator[tuple[int, _Stored]]:
    """All articles, by number."""
    query = """
        SELECT number, id, title, text, reprint_of IS NOT NULL, subtitle, affiliation, source, page,
            published, language, path, authors, notes, guessed
        FROM articles ORDER BY number
    """
    of_passages = 'SELECT article, start, "end", heading, generation FROM passages'
    of_headings = "SELECT article, text, start, level FROM headings"
    for rows in _chunks(connection, query):
        between = (rows[0][0], rows[-1][0])
        passages = _by_article(connection, of_passages, between)
        headings = _by_article(connection, of_headings, between)
        for number, key, title, text, is_reprint, *fields in rows:
            parts = headings.get(number, ()), passages.get(number, ())
            yield number, _Stored(key, title, text, *parts, bool(is_reprint), fields)
        progress(len(rows))


def _by_article(
    connection: sqlite3.Connection, query: str, between: tuple[int, int]
) -> dict[int, list[Any]]:
    rows = connection.execute(f"{query} WHERE article BETWEEN ? AND ? ORDER BY article", between)
    return {
        number: [row[1:] for row in group] for number, group in groupby(rows, key=itemgetter(0))
    }


def _broken(stored: _Stored, generation: int) -> Iterator[str]:
    """Which rules an article breaks by itself."""
    text = stored.text
    if not _is_text(stored.title, text) or article_id(stored.title, text) != stored.key:
        yield "content"
    if not _is_text(*stored.fields) or not all(map(_is_list, stored.fields[-3:])):
        yield "field"
    if not all(start >= 0 and text.startswith(line, start) for line, start, _ in stored.headings):
        yield "heading"
    if not all(_is_passage(text, *passage) for passage in stored.passages):
        yield "span"
    if not stored.is_reprint and _is_left_out(stored, generation):
        yield "passage"


def _is_text(*texts: str | None) -> bool:
    try:
        "".join(filter(None, texts)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_list(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), list)
    except ValueError:
        return False


def _is_passage(text: str, start: int, end: int, heading: str | None, _generation: int) -> bool:
    inside = 0 <= start < end <= len(text)
    return inside and bool(text[start:end].strip()) and _is_text(heading)


def _is_left_out(stored: _Stored, generation: int) -> bool:
    """Whether something of an article stands in none of its passages of the ``generation``, and is
    no heading.
    """
    text = stored.text
    spans = [(start, end) for start, end, _, of in stored.passages if of == generation]
    spans += [(start, start + len(line)) for line, start, _ in stored.headings]
    covered = 0
    for start, end in sorted([*spans, (len(text), len(text))]):
        if text[covered:start].strip():
            return any(split_article(_article(stored)))
        covered = max(covered, end)
    return False


def _article(stored: _Stored) -> Article:
    """As far as is needed to split it."""
    headings = tuple(sorted((Heading(*one) for one in stored.headings), key=attrgetter("start")))
    nothing = (None, (), None, None, None, None, "")
    return Article(stored.key, *nothing, headings=headings, text=stored.text, path="")


def _with_bad_vectors(connection: sqlite3.Connection, progress: Callable[[int], None]) -> set[int]:
    """The articles of which a passage has no vector, or one that no embedder gives."""
    dimensions = dict(connection.execute("SELECT number, dimension FROM generations"))
    query = "SELECT number, article, generation FROM passages ORDER BY number"
    numbers, articles, generations = _columns(connection.execute(query), 3)
    sizes = np.array([dimensions.get(one, 0) for one in range(max(dimensions, default=0) + 1)])
    known = np.isin(generations, list(dimensions))  # others are left over
    wanted = np.where(known, sizes[np.where(known, generations, 0)], 0)
    good = np.zeros(len(numbers), np.bool_)
    for rows in _chunks(connection, "SELECT number, vector FROM vectors ORDER BY number"):
        of = np.array([row[0] for row in rows], np.int64)
        places = np.searchsorted(numbers, of)
        there = np.flatnonzero(np.isin(of, numbers[places[places < len(numbers)]]))
        good[places[there]] = _are_good([rows[row][1] for row in there], wanted[places[there]])
        progress(len(rows))
    return set(articles[known & ~good].tolist())


def _are_good(blobs: Sequence[bytes], dimensions: IntArray) -> BoolArray:
    """(n,): which of these vectors are finite, of their dimension (n,), and of length one or 0."""
    numbers = np.dtype(VECTOR).itemsize
    lengths = np.array([len(blob) for blob in blobs], np.int64)
    good = np.zeros(len(blobs), np.bool_)
    for dimension in np.unique(dimensions).tolist():
        rows = np.flatnonzero((dimensions == dimension) & (lengths == numbers * dimension))
        joined = np.frombuffer(b"".join(blobs[row] for row in rows.tolist()), VECTOR)
        vectors = joined.reshape(len(rows), dimension).astype(np.float32)
        sizes = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
        good[rows] = (np.abs(sizes - 1) <= _UNIT) | (sizes == 0)  # NaN is neither
    return good


def _columns(rows: Iterable[Sequence[int]], count: int) -> list[IntArray]:
    flat = np.fromiter((value for row in rows for value in row), np.int64)
    return list(flat.reshape(-1, count).T)


def _chunks(connection: sqlite3.Connection, query: str) -> Iterator[list[Any]]:
    cursor = connection.execute(query)
    while rows := cursor.fetchmany(_CHUNK):
        yield rows
