"""The one face of all that is stored: open, add, remove, search.

SQLite holds the truth. What searching needs besides is derived from it: vectors in memory, terms
in the folder ``lexical``. Each knows which state of the library it reflects, and is brought up to
date when the library is opened, after a write, and before a search when another process has
written meanwhile.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from index.dense.search import DenseIndex
from index.derived import Derived
from index.lexical.asked import Asked, plain, translated
from index.lexical.search import LexicalIndex
from index.store.batches import batches
from index.store.catalogue import Catalogue
from index.store.database import writable
from index.store.ledger import Ledger
from index.store.lock import write_lock
from index.store.store import Store
from index.store.writer import Writer, without_file
from index.types import (
    FileChange,
    FloatArray,
    IntArray,
    Ranking,
    SourceFile,
    Translation,
    Updated,
)
from ingest.errors import LibraryBusy
from ingest.prepare import below
from ingest.types import Article, Passage

if TYPE_CHECKING:
    from index.embed import Embedder

__all__ = ["FloatArray", "Index", "IntArray", "Ranking", "below"]

_PENDING = 10_000  # passages that may be added before the terms follow


class Index:
    """An open library. Safe to use from several threads; one at a time may write.

    Passages are known by their numbers, which are never given twice. Every method may raise
    LibraryError when the disk fails.
    """

    def __init__(self, folder: Path, embedder: Embedder, store: Store, device: str) -> None:
        """Use `open`."""
        self._folder = folder
        self._embedder = embedder
        self._store = store
        self._ledger = Ledger(store)
        self._writer = Writer(store, embedder)
        self._lock = threading.RLock()
        self._device = device
        self._writable = writable(folder)
        self._catalogue: Catalogue | None = None
        self._stamp = ""
        self._open_derived()

    @classmethod
    def open(
        cls, folder: Path, embedder: Embedder, *, create: bool = False, device: str = "cpu"
    ) -> Self:
        """Open the library in ``folder``; with ``create`` make one if there is none.

        Raises LibraryNotFound, LibraryMismatch (made with another embedder or by another version)
        and LibraryError (a damaged file, no permission).
        """
        store = Store(folder, embedder=embedder.name, dimension=embedder.dimension, create=create)
        try:
            index = cls(folder, embedder, store, device)
            index._refresh()
        except BaseException:
            store.close()
            raise
        return index

    def close(self) -> None:
        """Close the library's file."""
        with self._lock:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def add(
        self, articles: Iterable[Article], *, progress: Callable[[int], None] | None = None
    ) -> int:
        """Add articles and give how many were new: one whose id is here already is passed over.

        Articles are confirmed some dozens at a time; ``progress`` is told how many of those given
        have been. Whatever ends the process, what was confirmed stays. Raises LibraryBusy.
        """
        updated = self.update(
            without_file(articles),
            progress=progress and (lambda updated: progress(updated.articles)),
        )
        return updated.added + updated.linked

    def remove(self, article_ids: Iterable[str]) -> int:
        """Remove articles by id (or its beginning, if unique) and give how many.

        Once it returns, no search here or in another process finds them. Raises LibraryBusy, and
        ArticleNotFound before anything is removed.
        """
        return self._write(lambda writer: writer.remove(article_ids))

    def update(
        self,
        changes: Iterable[FileChange],
        *,
        progress: Callable[[Updated], None] | None = None,
    ) -> Updated:
        """Bring the library's articles up to date with files, and give what that changed.

        The changes are taken as they come, and confirmed some dozens of articles at a time;
        ``progress`` is told what has been done so far. Whatever ends the process, what was
        confirmed stays. Raises LibraryBusy.
        """
        done, pending = Updated(), 0
        with write_lock(self._folder):
            with self._lock:
                self._writer.begin()
            for batch in batches(changes):
                with self._lock:
                    updated = self._writer.update(batch)
                    done += updated
                    pending += updated.passages
                    if pending >= _PENDING:
                        self._save()
                        pending = 0
                if progress:
                    progress(done)
            with self._lock:
                self._save()
        return done

    def forget(self, paths: Iterable[str]) -> int:
        """Remove files by their absolute paths, with the articles that no other file gives; give
        how many articles that were. Unknown paths don't matter. Raises LibraryBusy.
        """
        return self._write(lambda writer: writer.forget(list(paths)))

    def files(self) -> dict[str, SourceFile]:
        """The files that gave articles, or were found to have none, by their absolute paths."""
        with self._lock:
            return self._ledger.files()

    def reprints(self, article_ids: Iterable[str]) -> Mapping[str, tuple[Article, ...]]:
        """The articles that are linked to each of these as its reprints, in the order in which they
        came; articles without any are left out.
        """
        with self._lock:
            return self._ledger.reprints(article_ids)

    def originals(self) -> dict[str, str]:
        """The ids of all articles that are reprints, and the id of the one that each repeats."""
        with self._lock:
            return self._ledger.originals()

    def articles(self) -> list[Article]:
        """All articles by path, and those of one file in their order."""
        with self._lock:
            return self._store.articles()

    def article(self, article_id: str) -> Article:
        """The article with this id, or the only one whose id begins so. Raises ArticleNotFound."""
        with self._lock:
            return self._store.article(article_id)

    def passages(self, numbers: Sequence[int] | IntArray) -> list[Passage]:
        """The passages with these numbers, in this order. Raises ArticleNotFound."""
        with self._lock:
            return self._store.passages(numbers)

    @property
    def article_count(self) -> int:
        """How many articles there are."""
        with self._lock:
            return self._store.article_count

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        with self._lock:
            self._refresh()
            return self._dense.count

    def catalogue(self) -> Catalogue:
        """Who wrote the articles, where they appeared and when; made once for each state."""
        with self._lock:
            if self._catalogue is None or self._catalogue.sequence != self._store.sequence:
                self._catalogue = self._store.catalogue()
            return self._catalogue

    def search_lexical(self, question: str, k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` passages with the best `lexical_scores`, none of them 0; of the passages
        ``among`` (n,), if these are given.
        """
        return self._search_lexical(plain(question), k, among)

    def search_translated(
        self, question: Sequence[Sequence[Translation]], k: int, among: IntArray | None = None
    ) -> Ranking:
        """The same by `translated_scores`."""
        return self._search_lexical(translated(question), k, among)

    def search_dense(self, vector: FloatArray, k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` passages nearest to the unit vector ``vector`` (dimension,), by cosine; of the
        passages ``among`` (n,), if these are given.
        """
        with self._lock:
            self._refresh()
            return self._dense.search(vector, k, among)

    def containing(self, phrase: str) -> IntArray:
        """The passages (n,) in which, or above which, ``phrase`` stands, whatever its script."""
        with self._lock:
            self._refresh()
            return self._lexical.containing(phrase)

    def lexical_scores(self, question: str, numbers: IntArray) -> FloatArray:
        """How well the passages ``numbers`` (n,) match by terms: (n,) between 0 and 1."""
        with self._lock:
            return self._lexical.scores(plain(question), numbers)

    def translated_scores(
        self, question: Sequence[Sequence[Translation]], numbers: IntArray
    ) -> FloatArray:
        """How well the passages ``numbers`` (n,) match what the terms of a question, each of which
        is given as its translations, are in the other language: (n,) between 0 and 1.
        """
        with self._lock:
            return self._lexical.scores(translated(question), numbers)

    def dense_scores(self, vector: FloatArray, numbers: IntArray) -> FloatArray:
        """The cosines (n,) of ``vector`` (dimension,) and the passages ``numbers`` (n,).

        Raises ArticleNotFound.
        """
        with self._lock:
            return self._dense.scores(vector, numbers)

    def idf(self, term: str) -> float:
        """What a word of `tokens.words` weighs here: the most if no passage has it."""
        with self._lock:
            return self._lexical.idf(term)

    def _search_lexical(self, asked: Sequence[Asked], k: int, among: IntArray | None) -> Ranking:
        with self._lock:
            self._refresh()
            found = self._lexical.search(asked, k, among)
            if self._lexical.sequence == self._dense.sequence:
                return found
            # Another process is writing, and has yet to take these out of its terms.
            gone = self._store.removed_since(self._lexical.sequence)
            kept = ~np.isin(found.numbers, gone)
            return Ranking(found.numbers[kept], found.scores[kept])

    def _write(self, write: Callable[[Writer], int]) -> int:
        """Write once, and bring up to date what is derived; give what ``write`` does."""
        with write_lock(self._folder), self._lock:
            self._writer.begin()
            count = write(self._writer)
            self._save()
        return count

    def _open_derived(self) -> None:
        """Open what is derived from the generation of the library that is searched now."""
        self._stamp = self._store.stamp
        folders = [self._folder / name if self._writable else None for name in ("lexical", "dense")]
        self._lexical = LexicalIndex(self._store, folders[0])
        dimension = self._embedder.dimension
        self._dense = DenseIndex(self._store, folders[1], dimension, device=self._device)

    def _refresh(self) -> None:
        """See what other processes have written."""
        if self._store.stamp != self._stamp:
            self._open_derived()
        sequence = self._store.sequence
        for derived in self._derived():
            if derived.sequence != sequence:
                derived.follow()
        if self._writable and self._lexical.sequence != sequence:
            # Whoever is writing will do it.
            with contextlib.suppress(LibraryBusy), write_lock(self._folder):
                self._save()

    def _save(self) -> None:
        """Bring all that is derived up to date. Only who holds the write lock."""
        for derived in self._derived():
            derived.save()

    def _derived(self) -> tuple[Derived, ...]:
        return self._dense, self._lexical
