"""Mends what `index.upkeep.doctor` finds, as far as it can be made from what is left.

An article's text is what all else of it is made of: passages, vectors, signature and terms. Where
one of these is wrong, the article is filed anew. What is derived is deleted, and made anew.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from index.derived import KINDS
from index.index import Index
from index.making import Made, with_vectors
from index.store import generations
from index.store.database import FILE_NAME, clear_errors, open_database, transaction
from index.store.edits import Edit, Filed
from index.store.generations import Recipe
from index.store.lock import write_lock
from index.store.store import ARTICLE, Store
from index.types import FloatArray
from index.upkeep.checks import Fault
from index.upkeep.doctor import (
    UNMENDABLE,
    Examination,
    Progress,
    derived_problems,
    examine,
    faults_of,
)
from ingest.prepare import prepare_article
from ingest.types import article_id

if TYPE_CHECKING:
    from index.embed import Embedder

_TOGETHER = 64  # articles that are filed anew in one transaction
_CLEARED = 1000  # passages that are deleted in one transaction

# Rows that belong to nothing. Passages leave their numbers behind, as always.
_LOST = """
    INSERT OR IGNORE INTO removed SELECT number, (SELECT sequence FROM library) FROM passages
        WHERE article NOT IN (SELECT number FROM articles);
    DELETE FROM passages WHERE article NOT IN (SELECT number FROM articles);
    DELETE FROM vectors WHERE number NOT IN (SELECT number FROM passages);
    DELETE FROM headings WHERE article NOT IN (SELECT number FROM articles);
    DELETE FROM signatures WHERE article NOT IN (SELECT number FROM articles);
    DELETE FROM gives WHERE article NOT IN (SELECT number FROM articles)
        OR file NOT IN (SELECT number FROM files)
"""
_SEQUENCE = """
    UPDATE library SET sequence = max(sequence,
        (SELECT coalesce(max(sequence), 0) FROM passages),
        (SELECT coalesce(max(sequence), 0) FROM gives))
"""


def repair(folder: Path, embedder: Embedder, progress: Progress) -> Examination:
    """Mend what is wrong with the library in ``folder``, and give what is found afterwards.

    Before anything of a damaged truth is changed, it is copied aside. Whatever stops it, nothing is
    worse than before. Raises LibraryBusy, LibraryMismatch (another embedder, older tables),
    LibraryError when the disk fails, and ModelError.
    """
    with write_lock(folder):
        with closing(open_database(folder)) as connection, clear_errors(folder):
            its = generations.searched(connection).recipe
            generations.check(folder, its, Recipe(embedder.name, embedder.dimension))
            faults = faults_of(connection, progress)
            if any(fault.kind in UNMENDABLE for fault in faults):
                return examine(folder, embedder, progress)
            if faults:
                _copy_aside(connection, folder)
                _mend_rows(connection, faults)
            _clear_left_over(connection)
        _file_anew(folder, embedder, [number for fault in faults for number in fault.numbers])
        if faults or derived_problems(folder, embedder.dimension):
            _delete_derived(folder)
    Index.open(folder, embedder).close()  # makes anew what is derived
    return examine(folder, embedder, lambda _done, _total: None)


def _copy_aside(connection: sqlite3.Connection, folder: Path) -> None:
    """Copy the file as it is, under a name that no other state of it has."""
    [[sequence]] = connection.execute("SELECT sequence FROM library").fetchall()
    path = folder / f"{FILE_NAME}.before-repair-{sequence}"
    new = folder / f"{FILE_NAME}.new"
    try:
        with closing(sqlite3.connect(new)) as copy:
            connection.backup(copy)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _mend_rows(connection: sqlite3.Connection, faults: Iterable[Fault]) -> None:
    """What is a row's own, in one transaction."""
    by_kind = {fault.kind: fault.numbers for fault in faults}
    if "index" in by_kind:
        connection.execute("REINDEX")
    with transaction(connection):
        connection.execute("UPDATE library SET sequence = sequence + 1")
        if "lost" in by_kind:
            for statement in _LOST.split(";"):
                connection.execute(statement)
        if "sequence" in by_kind:
            connection.execute(_SEQUENCE)
        for kind, mend in _ROWS.items():
            for number in by_kind.get(kind, ()):
                mend(connection, number)


def _make_readable(connection: sqlite3.Connection, number: int) -> None:
    """Make text of what an article's row says, and give it the id of what it says by now. Its files
    are read again when they are given once more: that brings back what it was.
    """
    columns = [name for name in ARTICLE.split(", ") if name not in ("number", "id")]
    casts = ", ".join(f"CAST({name} AS BLOB)" for name in columns)
    query = f"SELECT {casts} FROM articles WHERE number = ?"
    [row] = connection.execute(query, (number,)).fetchall()
    texts = [content and content.decode(errors="replace") for content in row]
    said = dict(zip(columns, texts, strict=True))
    said["id"] = article_id(said["title"], said["text"])
    for column in ("authors", "notes", "guessed"):
        said[column] = said[column] if _is_list(said[column]) else "[]"
    connection.execute(
        "UPDATE files SET digest = '' WHERE number IN (SELECT file FROM gives WHERE article = ?)",
        (number,),
    )
    # An id that another article has stays: that one has the same text, and this one is removed.
    for column, value in said.items():
        connection.execute(
            f"UPDATE OR IGNORE articles SET {column} = ? WHERE number = ?", (value, number)
        )


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def _keep_headings(connection: sqlite3.Connection, number: int) -> None:
    """Remove the headings that don't stand in the text."""
    connection.execute(
        """
        DELETE FROM headings WHERE article = ?1 AND (start < 0 OR text != substr(
            (SELECT text FROM articles WHERE number = ?1), start + 1, length(text)
        ))
        """,
        (number,),
    )


def _give_by_none(connection: sqlite3.Connection, number: int) -> None:
    """As if the article had been added without a file."""
    connection.execute(
        "INSERT OR IGNORE INTO files (path, name, digest, jumps) VALUES ('', '', '', 0)"
    )
    connection.execute(
        """
        INSERT INTO gives SELECT files.number, articles.number, articles.path, library.sequence
        FROM files, articles, library WHERE files.path = '' AND articles.number = ?
        """,
        (number,),
    )


_ROWS: dict[str, Callable[[sqlite3.Connection, int], None]] = {
    "content": _make_readable,
    "field": _make_readable,
    "heading": _keep_headings,
    "given": _give_by_none,
}


def _file_anew(folder: Path, embedder: Embedder, numbers: Iterable[int]) -> None:
    """Split, sign and embed articles anew, each as one of its own; some in a transaction."""
    remaining = iter(sorted(set(numbers)))
    query = f"SELECT {ARTICLE} FROM articles WHERE number IN (SELECT value FROM json_each(?))"
    store = Store(folder, embedder=embedder.name, dimension=embedder.dimension, create=False)
    with closing(store):
        while some := list(islice(remaining, _TOGETHER)):
            articles = store.read_articles(query, json.dumps(some))
            twice = [one for one in articles if one.id != article_id(one.title, one.text)]
            made = with_vectors(
                [prepare_article(one) for one in articles if one not in twice], embedder
            )
            filed = [Filed(one.article, one.passages, _rows(one), one.signature) for one in made]
            store.write(Edit(filed, gone=[store.number(one.id) for one in twice]))


def _rows(made: Made) -> Sequence[FloatArray]:
    return list(made.vectors.rows) if made.vectors else ()


def _delete_derived(folder: Path) -> None:
    for kind in KINDS:
        for path in (folder / kind, *folder.glob(f"{kind}-*")):
            if path.is_dir():
                shutil.rmtree(path)


def _clear_left_over(connection: sqlite3.Connection) -> None:
    """Delete what a stopped reindex left to be deleted."""
    for number in generations.left_over(connection):
        while generations.clear(connection, number, _CLEARED):
            pass
