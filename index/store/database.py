"""The library's SQLite file: its tables, how it is opened, and what its errors mean."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.store.generations import Recipe, wenjin_version
from ingest.errors import LibraryError, LibraryMismatch, LibraryNotFound

FILE_NAME = "library.sqlite3"
SCHEMA_VERSION = 3
_OLDEST = 2  # that can be upgraded
BUSY_SECONDS = 30.0  # writers hold SQLite's own lock for one short transaction

# Articles that are reprints have no passages. Only articles that aren't have a signature. The file
# with the path '' stands for no file at all.
_SCHEMA_2 = """
CREATE TABLE library (
    id TEXT NOT NULL, schema INTEGER NOT NULL, sequence INTEGER NOT NULL,
    embedder TEXT NOT NULL, dimension INTEGER NOT NULL
) STRICT;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    title TEXT, authors TEXT NOT NULL, affiliation TEXT, source TEXT, page TEXT, published TEXT,
    language TEXT NOT NULL, text TEXT NOT NULL, path TEXT NOT NULL,
    subtitle TEXT, notes TEXT NOT NULL DEFAULT '[]', guessed TEXT NOT NULL DEFAULT '[]',
    reprint_of INTEGER REFERENCES articles
) STRICT;
CREATE INDEX reprints ON articles (reprint_of) WHERE reprint_of IS NOT NULL;
CREATE TABLE headings (
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    position INTEGER NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, level INTEGER NOT NULL,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, heading TEXT, sequence INTEGER NOT NULL
) STRICT;
CREATE INDEX passages_of_article ON passages (article);
CREATE INDEX passages_by_sequence ON passages (sequence);
CREATE TABLE vectors (
    number INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE, vector BLOB NOT NULL
) STRICT;
CREATE TABLE removed (number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX removed_by_sequence ON removed (sequence);
CREATE TABLE signatures (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL UNIQUE REFERENCES articles ON DELETE CASCADE, bands BLOB NOT NULL
) STRICT;
CREATE TABLE files (
    number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    digest TEXT NOT NULL, jumps INTEGER NOT NULL
) STRICT;
CREATE TABLE gives (
    file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    path TEXT NOT NULL, sequence INTEGER NOT NULL, UNIQUE (file, article)
) STRICT;
CREATE INDEX givers ON gives (article);
"""
# See `index.store.generations`. Vectors have two bytes a number. ``words`` are the lines of the
# user's dictionary. Articles carry the number of the transaction that filed them last, and removed
# ones leave theirs behind.
_SINCE_3 = """
CREATE TABLE generations (
    number INTEGER PRIMARY KEY AUTOINCREMENT, embedder TEXT NOT NULL, dimension INTEGER NOT NULL,
    splitting INTEGER NOT NULL, wenjin TEXT NOT NULL
) STRICT;
INSERT INTO generations SELECT 1, embedder, dimension, 1, '' FROM library;
ALTER TABLE library DROP COLUMN embedder;
ALTER TABLE library DROP COLUMN dimension;
ALTER TABLE library ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
ALTER TABLE library ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE passages ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
DROP INDEX passages_of_article;
CREATE INDEX passages_of_article ON passages (article, generation);
DROP INDEX passages_by_sequence;
CREATE INDEX passages_by_sequence ON passages (generation, sequence);
ALTER TABLE articles ADD COLUMN sequence INTEGER NOT NULL DEFAULT 1;
CREATE INDEX articles_by_sequence ON articles (sequence, reprint_of);
CREATE TABLE gone (article INTEGER PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX gone_by_sequence ON gone (sequence);
UPDATE vectors SET vector = halved(vector);
UPDATE library SET schema = 3;
"""


def open_database(folder: Path, *, new: Recipe | None = None) -> sqlite3.Connection:
    """Open the library in ``folder``; with ``new`` make one of that recipe if there is none.

    Raises LibraryNotFound, LibraryMismatch (another schema) and LibraryError (a damaged file, no
    permission).
    """
    if new:
        _make_folder(folder)
    with _connected(folder, create=new is not None) as connection:
        if new and not _has_tables(connection):
            _make_tables(connection, new)
        schema = _schema(connection, folder)
        if schema < SCHEMA_VERSION:
            raise LibraryMismatch(
                f"The library {folder} was made by an older version of Wenjin: `wenjin reindex` "
                "brings it up to date.",
                f"文库 {folder} 由旧版本的问津建立：请用 `wenjin reindex` 更新。",
            )
    return connection


def is_older(folder: Path) -> bool:
    """Whether the library in ``folder`` has an older schema, that `upgrade` knows.

    Raises LibraryNotFound, LibraryMismatch (no schema that can be upgraded) and LibraryError.
    """
    with _connected(folder) as connection:
        schema = _schema(connection, folder)
    connection.close()
    return schema < SCHEMA_VERSION


def upgrade(folder: Path) -> None:
    """Bring an older library to this version's schema: all of it or nothing, in one transaction.

    Only for who holds its write lock. Raises as `is_older`.
    """
    with _connected(folder) as connection:
        if _schema(connection, folder) < SCHEMA_VERSION:
            with transaction(connection):
                _run(connection, _SINCE_3)
    connection.close()


def writable(folder: Path) -> bool:
    """Whether this process may write in ``folder``."""
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


@dataclass(frozen=True, slots=True)
class Content:
    """What tells one content of a library's file from another."""

    modified: int
    """When it was changed last (ns)."""
    size: int


def content(folder: Path) -> Content | None:
    """That of the library in ``folder``; None if there is none."""
    try:
        status = (folder / FILE_NAME).stat()
    except OSError:
        return None
    return Content(status.st_mtime_ns, status.st_size)


def frozen(folder: Path) -> Content | None:
    """The same if it is read as what never changes, as nothing may be written here, and nobody else
    is writing; None if SQLite itself sees what others write.
    """
    if writable(folder) or _log(folder / FILE_NAME).exists():
        return None
    return content(folder)


@contextmanager
def transaction(connection: sqlite3.Connection, mode: str = "IMMEDIATE") -> Iterator[None]:
    """All that is done within, or nothing. "DEFERRED" for reading what is one state."""
    connection.execute(f"BEGIN {mode}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself undoes what a full disk stopped
            connection.execute("ROLLBACK")
        raise


@contextmanager
def clear_errors(folder: Path) -> Iterator[None]:
    """Say in one line what the system or SQLite failed at. Raises LibraryError."""
    try:
        yield
    # Of a damaged file, sqlite3 may fail to decode even what SQLite says.
    except (OSError, sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise LibraryError(
            f"The library file {folder / FILE_NAME} can't be used ({error}): check the disk and "
            "permissions, or bring the file back from a copy.",
            f"文库文件 {folder / FILE_NAME} 无法使用（{error}）：请检查磁盘和权限，或恢复备份。",
        ) from error


@contextmanager
def _connected(folder: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """The library's file, which is closed if anything goes wrong within. Raises LibraryNotFound."""
    path = folder / FILE_NAME
    with clear_errors(folder):
        if not create and not path.is_file():
            raise _not_found(folder)
        connection = _connect(path)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise


def _connect(path: Path) -> sqlite3.Connection:
    if not writable(path.parent):
        return _connect_read_only(path)
    connection = _connection(path, uri=False)
    connection.execute("PRAGMA journal_mode = WAL")  # readers never wait
    connection.execute("PRAGMA synchronous = FULL")  # what is confirmed survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """Where nothing may be written, SQLite can't make the file that a log is shared through: a
    library without an unfinished log is read as one that never changes, until it has one.
    """
    while True:
        has_log = _log(path).exists()
        mode = "mode=ro" if has_log else "immutable=1"
        connection = _connection(f"{path.resolve().as_uri()}?{mode}", uri=True)
        try:
            connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
            return connection
        except sqlite3.OperationalError:
            connection.close()
            if _log(path).exists() == has_log:  # else somebody has just begun or ended writing
                raise


def _connection(database: Path | str, *, uri: bool) -> sqlite3.Connection:
    return sqlite3.connect(
        database,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions begin where `transaction` says
        check_same_thread=False,  # the index has one lock over all threads
        uri=uri,
    )


def _log(path: Path) -> Path:
    """What SQLite writes before it writes it to the file ``path``."""
    return path.with_name(f"{path.name}-wal")


def _has_tables(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_schema WHERE name = 'library'"
    return connection.execute(query).fetchone() is not None


def _make_tables(connection: sqlite3.Connection, recipe: Recipe) -> None:
    with transaction(connection):
        if _has_tables(connection):  # another process was faster
            return
        _run(connection, _SCHEMA_2)
        connection.execute(
            "INSERT INTO library VALUES (?, 2, 0, ?, ?)",
            (secrets.token_hex(8), recipe.embedder, recipe.dimension),
        )
        _run(connection, _SINCE_3)
        connection.execute(
            "UPDATE generations SET splitting = ?, wenjin = ?",
            (recipe.splitting, wenjin_version()),
        )


def _run(connection: sqlite3.Connection, statements: str) -> None:
    connection.create_function("halved", 1, _halved, deterministic=True)
    for statement in statements.split(";"):
        connection.execute(statement)


def _halved(vector: bytes) -> bytes:
    return np.frombuffer(vector, "<f4").astype("<f2").tobytes()


def _schema(connection: sqlite3.Connection, folder: Path) -> int:
    """Raises LibraryNotFound, and LibraryMismatch if there is no road from it to ours."""
    if not _has_tables(connection):
        raise _not_found(folder)
    [[schema]] = connection.execute("SELECT schema FROM library").fetchall()
    if schema > SCHEMA_VERSION:
        raise LibraryMismatch(
            f"The library {folder} was made by a newer version of Wenjin: update Wenjin.",
            f"文库 {folder} 由更新版本的问津建立：请升级问津。",
        )
    if schema < _OLDEST:
        raise LibraryMismatch(
            f"The library {folder} was made by a version of Wenjin that is too old: ingest the "
            "files into a new library.",
            f"文库 {folder} 由过旧版本的问津建立：请将文件重新导入到新的文库。",
        )
    return int(schema)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The folder {folder} can't be made ({error.strerror}): choose another.",
            f"无法建立文件夹 {folder}（{error.strerror}）：请另选一个。",
        ) from error


def _not_found(folder: Path) -> LibraryNotFound:
    return LibraryNotFound(
        f"There is no library in {folder}: make one with `wenjin ingest`.",
        f"{folder} 中没有文库：请先用 `wenjin ingest` 建立。",
    )
