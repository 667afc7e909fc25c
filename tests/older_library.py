"""A library as an earlier version made it, to be brought up to date."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
from conftest import BigramEmbedder

from ingest.prepare import below, prepare_article
from ingest.types import Article

# What schema 2 was: not to be changed.
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


def make_older_library(folder: Path, articles: Iterable[Article]) -> None:
    """A library of schema 2 with these articles, each by itself, and vectors of four bytes a
    number.
    """
    folder.mkdir()
    embedder = BigramEmbedder()
    with closing(sqlite3.connect(folder / "library.sqlite3")) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_SCHEMA_2)
        made_with = (embedder.name, embedder.dimension)
        connection.execute("INSERT INTO library VALUES ('0123', 2, 1, ?, ?)", made_with)
        connection.execute("INSERT INTO files VALUES (1, '', '', '', 0)")
        for article in articles:
            _add(connection, article, embedder)


def _add(connection: sqlite3.Connection, article: Article, embedder: BigramEmbedder) -> None:
    prepared = prepare_article(article)
    number = connection.execute(
        """
        INSERT INTO articles (id, title, authors, affiliation, published, language, text, path)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            article.id,
            article.title,
            json.dumps(article.authors, ensure_ascii=False),
            article.affiliation,
            article.published,
            article.language,
            article.text,
            article.path,
        ),
    ).lastrowid
    for position, heading in enumerate(article.headings):
        row = (number, position, heading.text, heading.start, heading.level)
        connection.execute("INSERT INTO headings VALUES (?, ?, ?, ?, ?)", row)
    for one in prepared.passages:
        text = below((article.title, one.heading), article.text[one.start : one.end])
        [vector] = embedder.encode_passages([text])
        passage = connection.execute(
            "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, 1)",
            (number, one.start, one.end, one.heading),
        ).lastrowid
        blob = vector.astype("<f4").tobytes()
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (passage, blob))
    bands = np.array(prepared.signature, "<u4").tobytes()
    connection.execute("INSERT INTO signatures VALUES (NULL, ?, ?)", (number, bands))
    connection.execute("INSERT INTO gives VALUES (1, ?, ?, 1)", (number, article.path))
