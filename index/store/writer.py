"""Works out what new and changed articles mean for the library, and writes it.

An article that repeats another one of the library is linked to it, and not searched by itself. When
that one is removed, the articles linked to it are filed anew: the first takes its place.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.lexical.document import IndexedText
from index.making import Made, with_vectors
from index.store.batches import SIZE
from index.store.edits import Edit, Filed, Given
from index.store.ledger import Ledger
from index.store.likeness import MOST, Likeness, repeated
from index.store.store import Store
from index.types import FileChange, SourceFile, Updated
from ingest.dedupe import BANDS, LEAST_BANDS, are_reprints
from ingest.prepare import Prepared, prepare_article
from ingest.types import Article

if TYPE_CHECKING:
    from index.embed import Embedder

NO_FILE = SourceFile("", "", "")  # gives what is added without one, and is never complete


@dataclass(frozen=True, slots=True)
class _Placed:
    """An article to be searched, or linked to the ``original`` that it repeats, by its id."""

    prepared: Prepared
    original: str | None = None


class Writer:
    """Writes to a library. Only for who holds its write lock; one transaction a call."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        """Of this store, with the embedder that it was made with."""
        self._store = store
        self._ledger = Ledger(store)
        self._embedder = embedder
        self._likeness = Likeness()
        self._signature = 0  # the last that is among these
        self._began: dict[str, int] = {}  # after which transaction each file that isn't complete
        self._terms: dict[int, IndexedText] = {}

    def begin(self) -> None:
        """Others may have written, and been stopped in the middle of a file."""
        self._began.clear()

    def update(self, changes: Sequence[FileChange]) -> Updated:
        """Write what these say; a file may not come again after it was complete. Give what that
        changed.
        """
        given: dict[str, tuple[Prepared, SourceFile]] = {}
        for change in changes:
            for one in change.articles:
                given.setdefault(one.article.id, (one, change.file))
        stored = self._store.stored(given)
        new = [one for key, (one, _) in given.items() if key not in stored]
        owners = self._ledger.owners(stored)
        changed = [
            one
            for key, (one, file) in given.items()
            if key in stored
            and file != NO_FILE
            and owners.get(key, file.path) == file.path
            and one.article != stored[key]
        ]
        files = [self._given(change) for change in changes]
        gone = self._ledger.given_no_more(files)
        placed = self._placed(new, changed, gone)
        self._write(placed, gone, files)
        for each in files:
            if each.complete:
                del self._began[each.file.path]
        linked = sum(
            one.original is not None for one in placed if one.prepared.article.id not in stored
        )
        return Updated(
            files=sum(one.complete for one in files),
            added=len(new) - linked,
            linked=linked,
            replaced=len(changed),
            known=sum(len(one.articles) for one in changes) - len(new) - len(changed),
            removed=len(gone),
            passages=sum(len(one.prepared.passages) for one in placed if one.original is None),
        )

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles by id, or by its beginning; give how many. Raises ArticleNotFound."""
        gone = sorted({self._store.number(one) for one in ids})
        self._write(self._placed((), (), gone), gone)
        return len(gone)

    def forget(self, paths: Collection[str]) -> int:
        """Remove files, with the articles that no other gives; give how many articles."""
        since = self._store.sequence
        withdrawn = [
            Given(SourceFile(path, "", ""), (), since, complete=True) for path in paths if path
        ]
        gone = self._ledger.given_no_more(withdrawn)
        self._write(self._placed((), (), gone), gone, forgotten=withdrawn)
        return len(gone)

    def take_terms(self) -> dict[int, IndexedText]:
        """The terms of passages, by number, that were made before these were written; once."""
        taken, self._terms = self._terms, {}
        return taken

    def _given(self, change: FileChange) -> Given:
        since = self._began.setdefault(change.file.path, self._store.sequence)
        paths = [(one.article.id, one.article.path) for one in change.articles]
        complete = change.complete and change.file != NO_FILE
        return Given(change.file, paths, since, complete=complete)

    def _placed(
        self, new: Sequence[Prepared], changed: Sequence[Prepared], gone: Sequence[int]
    ) -> list[_Placed]:
        """All that has to be filed for this: what was linked to what is gone, too."""
        originals = self._ledger.originals_of(one.article.id for one in changed)
        orphans = {one.id: prepare_article(one) for one in self._ledger.linked_to(gone)}
        orphans |= {one.article.id: one for one in changed if one.article.id in orphans}
        placed = self._compared([*orphans.values(), *new], gone)
        for one in changed:
            original = originals.get(one.article.id)
            if original is None or one.article.id not in orphans:
                placed.append(_Placed(one, original))
        return placed

    def _compared(self, articles: Sequence[Prepared], gone: Collection[int]) -> list[_Placed]:
        """Each linked to one that it repeats, of the library or before it, if there is one."""
        if articles:
            self._see_signatures()
        bands = np.array([one.signature for one in articles], np.int64).reshape(-1, BANDS)
        alike = self._likeness.alike(bands)
        texts = self._ledger.texts({number for one in alike for number in one}.difference(gone))
        placed: list[_Placed] = []
        firsts: list[int] = []  # of those that others here may repeat
        may_repeat = repeated(bands)
        for place, one in enumerate(articles):
            others = [texts[number] for number in alike[place] if number in texts]
            if may_repeat[place]:
                common = (bands[firsts] == bands[place]).sum(axis=1)
                likeliest = np.argsort(-common, kind="stable")[:MOST]
                near = [articles[firsts[row]] for row in likeliest if common[row] >= LEAST_BANDS]
                others += [(other.article.id, other.article.text) for other in near]
            text = one.article.text
            original = next((key for key, other in others if are_reprints(text, other)), None)
            if original is None and may_repeat[place]:
                firsts.append(place)
            placed.append(_Placed(one, original))
        return placed

    def _write(
        self,
        placed: Sequence[_Placed],
        gone: Sequence[int],
        given: Sequence[Given] = (),
        forgotten: Sequence[Given] = (),
    ) -> None:
        searched = [one.prepared for one in placed if one.original is None]
        made = with_vectors(searched, self._embedder)
        remaining = iter(made)
        filed = [
            _searched(next(remaining))
            if one.original is None
            else Filed(one.prepared.article, original=one.original)
            for one in placed
        ]
        numbers = self._store.write(Edit(filed, gone, given, forgotten))
        words = self._store.words
        terms = itertools.chain.from_iterable(one.terms_with(words) for one in made)
        self._terms |= {number: one for number, one in zip(numbers, terms, strict=True) if one}

    def _see_signatures(self) -> None:
        for last, articles, bands in self._ledger.signatures_since(self._signature):
            self._likeness.add(articles, bands)
            self._signature = last


def _searched(one: Made) -> Filed:
    return Filed(one.article, one.passages, one.vectors.rows if one.vectors else (), one.signature)


def without_file(articles: Iterable[Article]) -> Iterator[FileChange]:
    """The articles as changes, some dozens at a time."""
    remaining = map(prepare_article, articles)
    while some := tuple(itertools.islice(remaining, SIZE)):
        yield FileChange(NO_FILE, some, complete=False)
