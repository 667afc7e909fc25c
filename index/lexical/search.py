"""Search by terms: what is derived from the texts of passages. Tantivy has what they are found by,
a file of records what they are scored by.

A commit of tantivy's tells how much of which file counts: so both change in one step.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
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
from index.lexical.files import clear_errors, create, damage, is_small, open_index, version_of
from index.lexical.records import RecordFiles, places
from index.lexical.state import State
from index.lexical.writing import Contents, Writing
from index.types import FloatArray, IntArray, Ranking
from ingest.errors import LibraryError

_WRITER_BYTES = 64_000_000
_BYTES_ANEW = 256_000_000  # to end with fewer and larger parts, which are quicker to search
_NONE: Mapping[int, IndexedText] = MappingProxyType({})


class LexicalIndex:
    """The terms of passages, in a folder or in memory. Not for several threads at once.

    Files that are missing, damaged, of another source or made by other rules are as good as none:
    then nothing is found, until `save` makes them anew. Whatever searches raises LibraryError when
    it meets damage, and takes the files for damaged from then on.
    """

    def __init__(self, source: Source, folder: Path | None) -> None:
        """Of ``source``, with its files in ``folder``, or in memory where nothing may be written.

        Raises LibraryError.
        """
        self._source = source
        self._folder = folder
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
        """See what another process has written; in memory, what has changed in the source."""
        if self._folder is None:
            self._catch_up(_NONE)
        else:
            self._look()

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
        while self._folder is not None and version_of(self._folder) != self._version:
            self._version = version_of(self._folder)  # if it fails by then being another: again
            try:
                is_new = self._index is None
                if is_new:
                    self._index = open_index(self._folder)
                self._read()
                if is_new and is_small(self._folder):
                    self._check_records()
            except LibraryError:
                self._forget()

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
            words, held = self._source.words, self._state.contents
            if 0 < held.sequence < sequence and held.dictionary == words:
                removed = self._source.removed_since(held.sequence)
                with self._writing(held, sequence, words) as writing:
                    writing.remove(removed, **self._state.lengths(removed))
                    self._add(writing, held.sequence, ready)
            held = self._state.contents
            if (held.sequence, held.dictionary) != (sequence, words) or self._state.is_stale:
                with self._writing(held.anew(), sequence, words) as writing:
                    self._add(writing, 0, ready)

    def _begin_anew(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._index = create(self._folder)
        self._read()

    @contextmanager
    def _writing(self, begin: Contents, sequence: int, words: str) -> Iterator[Writing]:
        """To write what leads on from ``begin``: all of it or nothing. Raises LibraryError."""
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
            finally:
                writer.wait_merging_threads()  # and let others write
        self._read()
        self._version = version_of(self._folder) if self._folder else b""

    def _add(self, writing: Writing, since: int, ready: Mapping[int, IndexedText]) -> None:
        """Add the passages that came after a transaction."""
        words = self._source.words
        for number, text in self._source.texts_since(since):
            writing.add(number, ready.get(number) or document_of(text, words))
