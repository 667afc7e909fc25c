"""Search by terms: what is derived from the texts of passages, and kept by tantivy."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from index import tokens
from index.derived import Source
from index.lexical import document
from index.lexical.asked import Asked, plain
from index.lexical.document import IndexedText, document_of
from index.lexical.files import clear_errors, create, damage, open_index, version_of
from index.lexical.state import PASSAGE, State
from index.types import FloatArray, IntArray, Ranking
from ingest.errors import LibraryError

_WRITER_BYTES = 64_000_000
_STALE_SHARE = 0.1
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
        self._version = b""  # of the files that were looked at last
        self._index: Any = None
        self._forget()
        self._look()

    @property
    def sequence(self) -> int:
        """The state of the source that it reflects; 0 for none."""
        return self._state.sequence

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
            if self._folder is None or not damage(self._folder):  # but the disk is full, say
                raise
            self._forget()
            self._catch_up(ready)

    def problems(self) -> list[str]:
        """What is wrong with its files, every byte of them read; empty if nothing is."""
        if self._folder is None:
            return []
        found = damage(self._folder)
        if found:
            return found
        self._look()
        with self._source.snapshot() as sequence:
            if (self.sequence, self._state.dictionary) != (sequence, self._source.words):
                return [f"{self._folder.name} isn't up to date"]
            wanted = sorted(number for number, _ in self._source.texts_since(0))
        with clear_errors():
            if self._state.numbers().tolist() != wanted:
                return [f"{self._folder.name} doesn't hold the passages of the library"]
        return []

    def plain(self, question: str) -> list[Asked]:
        """The terms of ``question``, cut by the dictionary that the passages were cut by."""
        return plain(question, self._state.dictionary)

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
        if self._folder is None or version_of(self._folder) == self._version:
            return
        self._version = version_of(self._folder)
        try:
            if self._index is None:
                self._index = open_index(self._folder)
            self._read()
        except LibraryError:
            self._forget()

    def _read(self) -> None:
        with clear_errors():
            self._index.reload()
            self._state = State(self._index, self._stamp)

    def _forget(self) -> None:
        """Reflect nothing, until there are other files."""
        self._index = None
        self._state = State(create(None), self._stamp)

    def _catch_up(self, ready: Mapping[int, IndexedText]) -> None:
        if self._index is None:
            self._begin_anew()
        with self._source.snapshot() as sequence:
            words, since = self._source.words, self.sequence
            if 0 < since < sequence and self._state.dictionary == words:
                with self._writer(sequence, words) as writer:
                    for number in self._source.removed_since(since):
                        writer.delete_documents_by_term("number", number)
                    self._add(writer, self._source.texts_since(since), words, ready)
            state = self._state
            if (state.sequence, state.dictionary) != (sequence, words) or self._stale:
                with self._writer(sequence, words) as writer:
                    writer.delete_all_documents()
                    self._add(writer, self._source.texts_since(0), words, ready)

    def _begin_anew(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._index = create(self._folder)
        self._read()

    @property
    def _stale(self) -> bool:
        """Whether so many removed passages still count in its statistics that it is better made
        anew: that costs each of them a few others, however large the library is.
        """
        counted = self._state.counted
        return counted - self._state.present > _STALE_SHARE * counted

    @contextmanager
    def _writer(self, sequence: int, words: str) -> Iterator[Any]:
        """To write what leads to a state: all of it or nothing. Raises LibraryError."""
        import tantivy

        with clear_errors():
            writer = self._index.writer(_WRITER_BYTES, 1)
            try:
                writer.garbage_collect_files()  # else what a killed one left can be in the way
                yield writer
                writer.delete_documents_by_term("kind", self._stamp)
                text = words.encode()
                writer.add_document(
                    tantivy.Document(kind=self._stamp, sequence=sequence, text=text)
                )
                writer.commit()
            finally:
                writer.wait_merging_threads()  # and let others write
        self._read()
        self._version = version_of(self._folder) if self._folder else b""

    def _add(
        self,
        writer: Any,
        passages: Iterable[tuple[int, str]],
        words: str,
        ready: Mapping[int, IndexedText],
    ) -> None:
        import tantivy

        for number, text in passages:
            one = ready.get(number) or document_of(text, words)
            writer.add_document(
                tantivy.Document(
                    kind=PASSAGE,
                    number=number,
                    text=one.text.encode(),
                    words=one.words,
                    ngrams=one.chinese.split(),
                    words_length=one.words_length,
                    ngrams_length=one.ngrams_length,
                )
            )
