"""Search by terms: what is derived from the texts of passages. Tantivy has what they are found by,
a file of records what they are scored by.

A commit of tantivy's tells how much of which file counts: so both change in one step.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from index import tokens
from index.derived import Source
from index.lexical import document
from index.lexical.asked import Asked, plain
from index.lexical.document import IndexedText, document_of
from index.lexical.files import (
    clear_errors,
    create,
    damage,
    is_small,
    open_index,
    share,
    version_of,
)
from index.lexical.links import Links
from index.lexical.records import RecordFiles, places
from index.lexical.state import State
from index.lexical.writing import Contents, Writing
from index.store.database import writable
from index.types import FloatArray, IntArray, Ranking
from ingest.errors import LibraryError

_WRITER_BYTES = 64_000_000
_BYTES_ANEW = 256_000_000  # to end with fewer and larger parts, which are quicker to search
_MANY = 20_000  # passages: for fewer, starting workers takes longer than it saves
_SOON = 1.0  # seconds in which who has just written terms will do so again, if there are more
_NONE: Mapping[int, IndexedText] = MappingProxyType({})


class LexicalIndex:
    """The terms of passages, in a folder or in memory. Not for several threads at once.

    Files that are missing, damaged, of another source or made by other rules are as good as none:
    then nothing is found, until `save` makes them anew. Whatever searches raises LibraryError when
    it meets damage, and takes the files for damaged from then on.

    Where nothing may be written, there are links to the files, beside which this process keeps what
    they lack; without any that can be used, all is in memory.
    """

    def __init__(
        self,
        source: Source,
        folder: Path | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        many: int = _MANY,
    ) -> None:
        """Of ``source``, with its files in ``folder``, or in memory alone; if there are ``many``
        passages to be cut, by all cores. Raises LibraryError.
        """
        self._source = source
        self._folder = folder
        self._may_write = folder is None or writable(folder.parent)
        self._links: Links | None = None  # that stand for the folder where it may not
        self._is_own = False  # whether it holds what nobody else has: the folder isn't written to
        self._many = many
        self._clock = clock
        self._awaited = 0.0  # the time up to which others are given to write that
        self._stamp = f"{source.stamp} {tokens.VERSION} {document.VERSION}"
        self._files = RecordFiles(folder)
        self._version = b""  # of the files that were looked at last
        self._index: Any = None
        self._forget()
        self._look()

    @property
    def sequence(self) -> int:
        """The state of the source that it reflects; 0 for none."""
        return self._state.contents.sequence

    def follow(self) -> None:
        """See what another process has written. Where this one can't write, in memory, too, see
        what has changed in the source, unless another is just writing it.
        """
        self._look()
        is_awaited = self.sequence and self._clock() < self._awaited
        if self._folder is None or not (self._may_write or is_awaited):
            self._catch_up(_NONE)

    def save(self, ready: Mapping[int, IndexedText] = _NONE) -> None:
        """Write what has changed in the source. Only for who holds the library's write lock.

        ``ready`` holds passages by number, made ahead of time with the source's words; it may lack
        some. Raises LibraryError.
        """
        self._look()
        try:
            self._catch_up(ready)
        except LibraryError:
            if not self._damage():  # but the disk is full, say
                raise
            self._forget()
            self._catch_up(ready)

    def problems(self) -> list[str]:
        """What is wrong with its files, every byte of them read; empty if nothing is, or if they
        are only behind.
        """
        if self._folder is None:
            return []
        if self._is_own:
            self._forget()
            self._version = b""
        self._look()
        if found := self._damage():
            return found
        with self._source.snapshot() as sequence, clear_errors():
            if self.sequence == 0 and self._state.counted == 0:  # the first `save` was stopped
                return []
            if not 0 < self.sequence <= sequence:
                return [f"{self._folder.name} isn't of the library as it is"]
            held, since = self._state.passages()[0], self.sequence
            held = np.setdiff1d(held, self._source.removed_since(since))
            wanted = np.setdiff1d(self._source.numbers_since(0), self._source.numbers_since(since))
        if not np.array_equal(held, wanted):
            return [f"{self._folder.name} doesn't hold the passages of the library"]
        return []

    def plain(self, question: str) -> list[Asked]:
        """The terms of ``question``, cut by the dictionary that the passages were cut by."""
        return plain(question, self._state.contents.dictionary)

    def search(self, asked: Sequence[Asked], k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` best of the passages that have a term of ``asked``; of the passages ``among``
        (n,), if these are given. Raises LibraryError.
        """
        with self._reading() as state:
            return state.search(asked, k, among)

    def scores(self, asked: Sequence[Asked], numbers: IntArray) -> FloatArray:
        """The scores (n,) of the passages ``numbers`` (n,); 0 for what it doesn't hold. Raises
        LibraryError.
        """
        with self._reading() as state:
            return state.scores(asked, numbers)

    def containing(self, phrase: str) -> IntArray:
        """The numbers (n,) of the passages in which ``phrase`` stands, normalised, in one piece.
        Raises LibraryError.
        """
        with self._reading() as state:
            return state.containing(phrase)

    def idf(self, word: str) -> float:
        """What a word (as `tokens.words` gives it) weighs in this library. Raises LibraryError."""
        with self._reading() as state:
            return state.idf(word)

    @contextmanager
    def _reading(self) -> Iterator[State]:
        try:
            with clear_errors():
                yield self._state
        except LibraryError:
            self._forget()
            raise

    def _look(self) -> None:
        """Reflect what is in the folder, or nothing if that can't be used."""
        while self._folder is not None:
            version = version_of(self._folder)
            if version is None or version == self._version:
                return
            self._awaited = self._clock() + _SOON if self._version else 0
            self._version = version  # if it fails by then being another: again
            try:
                is_new = self._index is None or self._is_own
                if is_new:
                    self._open(self._folder)
                elif self._links:
                    self._show(self._links)
                self._read()
                if is_new and is_small(self._folder):
                    self._check_records()
            except LibraryError:
                self._forget()

    def _open(self, folder: Path) -> None:
        if not self._may_write:
            with clear_errors():
                self._links = Links(folder)
            self._show(self._links)
            folder = self._links.folder
        self._files = RecordFiles(folder)
        self._index = open_index(folder)
        self._is_own = False

    def _show(self, links: Links) -> None:
        with clear_errors():
            links.show(self._version)

    def _read(self) -> None:
        with clear_errors():
            self._index.reload()
            self._state = State(self._index, self._stamp, self._files)

    def _forget(self) -> None:
        """Reflect nothing, until there are other files."""
        self._index = None
        self._state = State(create(None), self._stamp, self._files)

    def _damage(self) -> list[str]:
        """What is damaged in its folder, every byte of it read."""
        if self._folder is None:
            return []
        found = damage(self._folder)
        if found:
            return found
        with contextlib.suppress(LibraryError):
            if self._index is not None:
                self._check_records()
                return []
        return [f"{self._folder.name} lacks records, or has damaged ones"]

    def _check_records(self) -> None:
        """Raises LibraryError if one isn't as it was written, or not where it should be."""
        contents = self._state.contents
        if self._folder is None or contents.sequence == 0:
            return
        with clear_errors():
            begin, sizes = places(self._folder / contents.file, contents.size)
            _, place, size = self._state.passages()
            row = np.searchsorted(begin, place)
            same = (np.append(begin, -1)[row] == place) & (np.append(sizes, -1)[row] == size)
            if not same.all():
                raise ValueError("a record isn't where it should be")

    def _catch_up(self, ready: Mapping[int, IndexedText]) -> None:
        if self._index is None or self.sequence == 0:
            self._begin_anew()
        with self._source.snapshot() as sequence:
            held = self._state.contents
            # All that others have, they make anew themselves.
            words = held.dictionary if self._links else self._source.words
            if 0 < held.sequence < sequence and held.dictionary == words:
                removed = self._source.removed_since(held.sequence)
                with self._writing(held, sequence, words) as writing:
                    writing.remove(removed, **self._state.lengths(removed))
                    self._add(writing, held.sequence, ready, words)
            held = self._state.contents
            is_stale = self._state.is_stale and not self._links
            if (held.sequence, held.dictionary) != (sequence, words) or is_stale:
                with self._writing(held.anew(), sequence, words) as writing:
                    self._add(writing, 0, ready, words)

    def _begin_anew(self) -> None:
        folder = self._folder if self._may_write else None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        self._links = None
        self._is_own = not self._may_write
        self._files = RecordFiles(folder)
        self._index = create(folder)
        self._read()

    @contextmanager
    def _writing(self, begin: Contents, sequence: int, words: str) -> Iterator[Writing]:
        """To write what leads on from ``begin``: all of it or nothing. Raises LibraryError."""
        self._is_own = not self._may_write
        with clear_errors():
            writer = self._index.writer(_WRITER_BYTES if begin.size else _BYTES_ANEW, 1)
            try:
                writer.garbage_collect_files()  # else what a killed one left can be in the way
                self._files.keep({self._state.contents.file})
                if begin.size == 0:
                    writer.delete_all_documents()
                with self._files.append(begin.file, begin.size) as records:
                    writing = Writing(writer, records, begin)
                    yield writing
                writing.end(self._stamp, sequence, words)
                writer.commit()
                self._share(begin.file)
            finally:
                writer.wait_merging_threads()  # and let others write
            self._share(begin.file)  # merging wrote it once more
        self._read()
        if self._folder and self._may_write:
            self._version = version_of(self._folder) or b""

    def _share(self, records: str) -> None:
        """Let others see what has been written, as they see the records. Raises OSError."""
        if self._folder and self._may_write:
            share(self._folder, like=records)

    def _add(
        self, writing: Writing, since: int, ready: Mapping[int, IndexedText], words: str
    ) -> None:
        """Add the passages that came after a transaction, cut by ``words``."""
        numbers = self._source.numbers_since(since).tolist()
        if all(number in ready for number in numbers):  # then no text has to be read
            for number in numbers:
                writing.add(number, ready[number])
            return
        texts = self._source.texts_since(since)
        if len(numbers) - len(ready) >= self._many:
            from index.lexical.cutting import cut_in_workers  # who only searches needs none of it

            for number, cut in cut_in_workers(texts, words):
                writing.add(number, cut)
            return
        for number, text in texts:
            writing.add(number, ready.get(number) or document_of(text, words))
