"""Makes a library anew: for another embedder, other rules of splitting, or a newer schema.

The next generation of passages is made beside the one that is searched, some dozens of articles a
transaction, so that whatever stops it, the next run goes on. People may ingest and remove between
the runs: articles that were removed took their passages with them, and those that came have none
yet. When all have theirs, what is derived from them is made, in folders of its own; then one
transaction has the new generation searched, and the old one is deleted.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.derived import KINDS, derived_folder
from index.embed import BuiltinEmbedder
from index.making import Made, Maker, made_in_workers, with_vectors
from index.opened import Opened
from index.store.database import clear_errors, is_older, open_database, transaction, upgrade
from index.store.edits import write_passages
from index.store.generations import (
    Generation,
    Recipe,
    begin,
    clear,
    forget_unfinished,
    left_over,
    searched,
    switch,
    unfinished,
)
from index.store.lock import write_lock
from index.store.store import ARTICLE, Store
from ingest.prepare import Prepared, prepare_article
from ingest.types import Article

if TYPE_CHECKING:
    from index.embed import Embedder

SIZE = 128  # articles that are embedded together, and written in one transaction
_FEW = 500  # articles, for which starting workers takes longer than it saves
_TOGETHER = 5000  # passages that are deleted in one transaction

Stage = Literal["schema", "articles", "files", "leftovers"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: ``done`` of the ``total`` articles or passages of a stage; 0 of 0 if it is one
    of which no more can be told.
    """

    stage: Stage
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What a run did."""

    upgraded: bool
    """Whether the library had an older schema."""
    anew: bool
    """Whether there is a new generation; there is nothing to do for one of the same recipe."""
    articles: int = 0
    """Those that it was made of, reprints left out."""
    kept: int = 0
    """Those of them that an earlier run had come to before it was stopped."""
    passages: int = 0
    """Those of the new generation."""


Progress = Callable[[Step], None]


def reindex(
    folder: Path,
    embedder: Embedder,
    *,
    force: bool = False,
    workers: int | None = None,
    device: str = "cpu",
    progress: Progress = lambda _step: None,
) -> Reindexed:
    """Bring the library in ``folder`` up to date with ``embedder`` and this version of Wenjin; with
    ``force`` make it anew though it is.

    It can be searched as before until it is done. Raises LibraryNotFound, LibraryBusy,
    LibraryMismatch (no schema that can be upgraded), LibraryError (no permission, a full disk) and
    ModelError. Whatever ends it, what was made is kept.
    """
    older = is_older(folder)
    with write_lock(folder):
        if older:
            progress(Step("schema"))
            upgrade(folder)
        with closing(open_database(folder)) as connection:
            work = _Work(folder, connection, progress)
            following = work.begin(Recipe(embedder.name, embedder.dimension), force=force)
            work.clear()
            if following is None:
                return Reindexed(older, anew=False)
            articles, kept = work.make(following, embedder, workers)
            passages = work.finish(following, embedder, device)
            work.clear()
    return Reindexed(older, anew=True, articles=articles, kept=kept, passages=passages)


class _Work:
    """The steps of it, for who holds the write lock."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, progress: Progress) -> None:
        self._folder = folder
        self._connection = connection
        self._progress = progress

    def begin(self, recipe: Recipe, *, force: bool) -> Generation | None:
        """The generation to make, or to go on with; None if there is nothing to do."""
        with clear_errors(self._folder), transaction(self._connection):
            begun = unfinished(self._connection)
            if begun and begun.recipe == recipe:
                return begun
            forget_unfinished(self._connection)
            if force or searched(self._connection).recipe != recipe:
                return begin(self._connection, recipe)
            return None

    def make(
        self, following: Generation, embedder: Embedder, workers: int | None
    ) -> tuple[int, int]:
        """Give passages to all articles that have none of that generation; give how many articles
        there are, and how many of them had.
        """
        with closing(_open_store(self._folder, embedder, following)) as store:
            total, lacking = _articles(store, following.number)
            kept = done = total - len(lacking)
            self._progress(Step("articles", done, total))
            made = zip(lacking, _made(store, lacking, embedder, workers), strict=True)
            while some := list(itertools.islice(made, SIZE)):
                self._write(some, following)
                done += len(some)
                self._progress(Step("articles", done, total))
        return total, kept

    def _write(self, made: Sequence[tuple[int, Made]], following: Generation) -> None:
        rows = [
            (number, one.passages, one.vectors.rows)
            for number, one in made
            if one.vectors is not None
        ]
        with clear_errors(self._folder), transaction(self._connection):
            [[sequence]] = self._connection.execute("SELECT sequence FROM library").fetchall()
            write_passages(self._connection, rows, sequence, following.number)

    def finish(self, following: Generation, embedder: Embedder, device: str) -> int:
        """Have the generation searched from now on; give how many passages it has."""
        self._progress(Step("files"))
        number = following.number
        with closing(Opened(self._folder, embedder, device=device, generation=number)) as opened:
            opened.save()  # so that searching it is quick at once
            with clear_errors(self._folder), transaction(self._connection):
                switch(self._connection, number)
            opened.save()
            return opened.store.passage_count

    def clear(self) -> None:
        """Delete what is of no generation, and what is derived from none that is searched."""
        with clear_errors(self._folder):
            for number in left_over(self._connection):
                self._clear(number)
            now = searched(self._connection).number
            kept = {derived_folder(self._folder, kind, now) for kind in KINDS}
            for kind in KINDS:
                for folder in (self._folder / kind, *self._folder.glob(f"{kind}-*")):
                    if folder not in kept and folder.is_dir():
                        shutil.rmtree(folder)

    def _clear(self, generation: int) -> None:
        query = "SELECT count(*) FROM passages WHERE generation = ?"
        [[total]] = self._connection.execute(query, (generation,)).fetchall()
        for done in range(0, total, _TOGETHER):
            self._progress(Step("leftovers", done, total))
            with transaction(self._connection):
                clear(self._connection, generation, _TOGETHER)


def _open_store(folder: Path, embedder: Embedder, generation: Generation) -> Store:
    return Store(
        folder,
        embedder=embedder.name,
        dimension=embedder.dimension,
        create=False,
        generation=generation.number,
    )


def _articles(store: Store, generation: int) -> tuple[int, list[int]]:
    """How many articles are searched, and the numbers of those without such passages."""
    count = "SELECT count(*) FROM articles WHERE reprint_of IS NULL"
    lacking = """
        SELECT number FROM articles WHERE reprint_of IS NULL AND NOT EXISTS (
            SELECT 1 FROM passages WHERE article = articles.number AND generation = ?
        )
    """  # ordered by SQLite, it would read the texts
    numbers = sorted(row[0] for row in store.rows(lacking, generation))
    return int(store.rows(count)[0][0]), numbers


def _made(
    store: Store, numbers: Sequence[int], embedder: Embedder, workers: int | None
) -> Iterator[Made]:
    """What is made of the articles ``numbers``, in their order, with their vectors."""
    articles = _read(store, numbers)
    prepared: Iterator[Prepared]
    if len(numbers) <= _FEW:
        prepared = map(prepare_article, articles)
    else:
        model = embedder.folder.absolute() if isinstance(embedder, BuiltinEmbedder) else None
        prepared = made_in_workers(articles, Maker(model, words=None), workers=workers)
    while some := list(itertools.islice(prepared, SIZE)):
        yield from with_vectors(some, embedder)


def _read(store: Store, numbers: Sequence[int]) -> Iterator[Article]:
    query = f"""
        SELECT {ARTICLE} FROM articles WHERE number IN (SELECT value FROM json_each(?))
        ORDER BY number
    """
    for start in range(0, len(numbers), SIZE):
        yield from store.read_articles(query, json.dumps(numbers[start : start + SIZE]))
