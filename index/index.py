"""The one face of all that is stored: open, add, remove, search.

SQLite holds the truth. What searching needs besides is derived from it: vectors, terms, and who
wrote what when. Each knows which state of the library it reflects, and is brought up to
date when the library is opened, after a write, and before a search when somebody has written
meanwhile. Who writes here is to who searches here as another process would be: an `Opened` each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np

from index.access import Access
from index.catalogue.catalogue import Catalogue
from index.dense.parameters import Parameters
from index.dictionary import user_words
from index.lexical.asked import Asked
from index.lexical.search import LexicalIndex
from index.opened import Opened
from index.store.batches import batches
from index.types import (
    FileChange,
    FloatArray,
    IntArray,
    Located,
    Ranking,
    SourceFile,
    Updated,
)
from ingest.prepare import below
from ingest.types import Article, Passage

if TYPE_CHECKING:
    from index.embed import Embedder
    from index.store.listing import Listed, Statistics, Wanted

__all__ = ["FloatArray", "Index", "IntArray", "Ranking", "below"]

_T = TypeVar("_T")
_FRESH = 0.5  # seconds after which the terms follow what has been confirmed, if anybody searches
_PENDING = 20_000  # passages that may be added before the terms follow, if nobody does
_READ = 256  # articles that are read at a time


class Index:
    """An open library. Safe to use from several threads, of which one at a time may write while the
    others search; not from a process that was forked from the one that opened it.

    Passages are known by their numbers, which are never given twice. Every method may raise
    LibraryError: when the disk fails, after `close`, and if the library was deleted or made anew
    with another embedder meanwhile.
    """

    def __init__(self, access: Access) -> None:
        """Use `open`."""
        self._access = access

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        create: bool = False,
        device: str = "cpu",
        dense: Parameters | None = None,
    ) -> Self:
        """Open the library in ``folder``; with ``create`` make one if there is none. ``dense`` is
        how its vectors are searched, if not as usual.

        Raises LibraryNotFound, LibraryMismatch (made with another embedder or by another version)
        and LibraryError (a damaged file, no permission).
        """
        open_again = partial(Opened, folder, embedder, device=device, dense=dense)
        index = cls(Access(folder, open_again(create=create), open_again))
        try:
            with index._access.current():
                return index
        except BaseException:
            index.close()
            raise

    def close(self) -> None:
        """Close the library's file. Who writes in another thread is told so, and stops."""
        self._access.close()

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

        Articles are confirmed some hundreds at a time; ``progress`` is told how many of those given
        have been. Whatever ends the process, what was confirmed stays. Raises LibraryBusy.
        """
        from index.store.writer import without_file  # who only searches needs nothing of it

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
        with self._access.writing() as opened:
            count = opened.writer.remove(article_ids)
            opened.save()
        return count

    def update(
        self,
        changes: Iterable[FileChange | None],
        *,
        progress: Callable[[Updated], None] | None = None,
    ) -> Updated:
        """Bring the library's articles up to date with files, and give what that changed.

        The changes are taken as they come, and confirmed some hundreds of articles at a time;
        ``progress`` is told what has been done so far. None says that no change has come for a
        while. Whatever ends the process, what was confirmed stays, and whoever searches meanwhile
        finds it within a second, as long as changes or None come. Raises LibraryBusy.
        """
        done, pending = Updated(), 0
        with self._access.writing() as opened:
            due = time.monotonic() + _FRESH
            for batch in batches(changes):
                self._access.check()
                if batch:
                    updated = opened.writer.update(batch)
                    done += updated
                    pending += updated.passages
                now = time.monotonic()
                if not batch or pending >= _PENDING or (now >= due and self._access.is_searched):
                    opened.save_terms()
                    ended = time.monotonic()
                    due = ended + max(_FRESH, 2 * (ended - now))  # a third of the time at most
                    pending = 0
                if batch and progress:
                    progress(done)
            opened.save()
        return done

    def forget(self, paths: Iterable[str]) -> int:
        """Remove files by their absolute paths, with the articles that no other file gives; give
        how many articles that were. Unknown paths don't matter. Raises LibraryBusy.
        """
        with self._access.writing() as opened:
            count = opened.writer.forget(list(paths))
            opened.save()
        return count

    @property
    def words(self) -> str:
        """The lines of the user's dictionary."""
        with self._access.reading() as opened:
            return opened.store.words

    def use_words(self, lines: str) -> None:
        """Have these lines in the user's dictionary: if they differ from those of the library, all
        terms are made anew, and nothing else. Raises LibraryBusy, and SettingError for a line that
        `index.dictionary.user_words` doesn't take.
        """
        user_words(lines)
        if lines != self.words:
            with self._access.writing() as opened:
                opened.store.set_words(lines)
                opened.save()

    def files(self) -> dict[str, SourceFile]:
        """The files that gave articles, or were found to have none, by their absolute paths."""
        with self._access.reading() as opened:
            return opened.ledger.files()

    def reprints(self, article_ids: Iterable[str]) -> Mapping[str, tuple[Article, ...]]:
        """The articles that are linked to each of these as its reprints, in the order in which they
        came; articles without any are left out.
        """
        with self._access.reading() as opened:
            return opened.ledger.reprints(article_ids)

    def originals(self) -> dict[str, str]:
        """The ids of all articles that are reprints, and the id of the one that each repeats."""
        with self._access.reading() as opened:
            return opened.ledger.originals()

    def originals_of(self, article_ids: Iterable[str]) -> dict[str, str]:
        """The same for those of these articles that are reprints."""
        with self._access.reading() as opened:
            return opened.ledger.originals_of(article_ids)

    def reprint_titles(self) -> dict[int, str]:
        """The titles of all reprints that have one, by the numbers that the catalogue has."""
        with self._access.reading() as opened:
            return opened.ledger.reprint_titles()

    def articles(self) -> list[Article]:
        """All articles by path, and those of one file in their order."""
        return list(self.each_article())

    def each_article(self) -> Iterator[Article]:
        """The same, one after another, so that few are in memory at once. What is removed before
        its turn is left out.
        """
        with self._access.reading() as opened:
            numbers = opened.store.article_numbers()
        for start in range(0, len(numbers), _READ):
            yield from self.numbered(numbers[start : start + _READ])

    def numbered(self, numbers: Sequence[int]) -> list[Article]:
        """The articles with these numbers of the catalogue, in this order, as far as they are still
        there.
        """
        with self._access.reading() as opened:
            found = opened.store.numbered(numbers)
        return [found[number] for number in numbers if number in found]

    def article(self, article_id: str) -> Article:
        """The article with this id, or the only one whose id begins so. Raises ArticleNotFound."""
        with self._access.reading() as opened:
            return opened.store.article(article_id)

    def listed(self, wanted: Wanted) -> Listed:
        """The articles that are ``wanted``, by the numbers of the catalogue."""
        with self._access.listing() as listing:
            return listing.find(wanted)

    def statistics(self) -> Statistics:
        """What the library holds, counted."""
        with self._access.listing() as listing:
            return listing.statistics()

    def passages(self, numbers: Sequence[int] | IntArray) -> list[Passage]:
        """The passages with these numbers, in this order. Raises ArticleNotFound."""
        with self._access.reading() as opened:
            return opened.store.passages(numbers)

    def located(self, numbers: Sequence[int] | IntArray) -> list[Located]:
        """The same, each with the article that it is in."""
        with self._access.reading() as opened:
            return opened.store.located(numbers)

    @property
    def article_count(self) -> int:
        """How many articles there are."""
        with self._access.reading() as opened:
            return opened.store.article_count

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        with self._access.current() as opened:
            return opened.dense.count

    def catalogue(self) -> Catalogue:
        """Who wrote the articles, where they appeared and when; made once for each state."""
        with self._access.current() as opened:
            return opened.catalogue.catalogue

    def search_lexical(self, question: str, k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` passages with the best `lexical_scores`, none of them 0; of the passages
        ``among`` (n,), if these are given.
        """
        return self._search_lexical(lambda terms: terms.plain(question), k, among)

    def search_translated(
        self, asked: Sequence[Asked], k: int, among: IntArray | None = None
    ) -> Ranking:
        """The same by `translated_scores`."""
        return self._search_lexical(lambda _: asked, k, among)

    def search_dense(self, vector: FloatArray, k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` passages nearest to the unit vector ``vector`` (dimension,), by cosine; of the
        passages ``among`` (n,), if these are given.
        """
        with self._access.current() as opened:
            return opened.dense.search(vector, k, among)

    def containing(self, phrase: str) -> IntArray:
        """The passages (n,) in which, or above which, ``phrase`` stands, whatever its script."""
        return self._access.lexically(lambda opened: opened.lexical.containing(phrase))

    def lexical_scores(self, question: str, numbers: IntArray) -> FloatArray:
        """How well the passages ``numbers`` (n,) match by terms: (n,) between 0 and 1."""
        return self._access.lexically(
            lambda opened: opened.lexical.scores(opened.lexical.plain(question), numbers),
            current=False,
        )

    def translated_scores(self, asked: Sequence[Asked], numbers: IntArray) -> FloatArray:
        """How well the passages ``numbers`` (n,) match what the terms of a question are in the
        other language, as `index.lexical.asked.translated` gives them: (n,) between 0 and 1.
        """
        return self._access.lexically(
            lambda opened: opened.lexical.scores(asked, numbers), current=False
        )

    def dense_scores(self, vector: FloatArray, numbers: IntArray) -> FloatArray:
        """The cosines (n,) of ``vector`` (dimension,) and the passages ``numbers`` (n,).

        Raises ArticleNotFound.
        """
        with self._access.reading() as opened:
            return opened.dense.scores(vector, numbers)

    def idf(self, term: str) -> float:
        """What a word of `tokens.words` weighs here, as of the last search: the most if no passage
        has it.
        """
        return self._access.lexically(lambda opened: opened.lexical.idf(term), current=False)

    def in_one_state(self, use: Callable[[], _T]) -> _T:
        """What ``use`` gives, with all that it searches and reads here being of one state of the
        library. Other threads wait meanwhile; and it may have to be called a second time.
        """
        return self._access.in_one_state(use)

    def _search_lexical(
        self, asked: Callable[[LexicalIndex], Sequence[Asked]], k: int, among: IntArray | None
    ) -> Ranking:
        def search(opened: Opened) -> Ranking:
            found = opened.lexical.search(asked(opened.lexical), k, among)
            if opened.lexical.sequence == opened.dense.sequence:
                return found
            # Another process is writing, and has yet to take these out of its terms.
            gone = opened.store.removed_since(opened.lexical.sequence)
            kept = ~np.isin(found.numbers, gone)
            return Ranking(found.numbers[kept], found.scores[kept])

        return self._access.lexically(search)
