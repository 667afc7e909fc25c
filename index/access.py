"""Who uses an open library: threads that search it, list it, one that writes, and all at once.

Who writes is to who searches as another process would be: an `Opened` each. Who lists has a
connection of his own, too.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.opened import Opened
from index.store.database import writable
from index.store.lock import is_searched, write_lock
from ingest.errors import LibraryBusy, LibraryError

if TYPE_CHECKING:
    from index.store.listing import Listing

_T = TypeVar("_T")
_PAUSE = 10.0  # seconds until what couldn't be written is tried again
_PATIENCE = 1.0  # seconds to wait for a reader that makes derived files anew


class Access:
    """The library in a folder, opened to search with, and by the first who writes to write with.

    For several threads. Every method may raise LibraryError: when the disk fails, after `close`, in
    a forked process, and if the library was deleted or made anew with another embedder meanwhile.
    """

    def __init__(self, folder: Path, opened: Opened, open_again: Callable[[], Opened]) -> None:
        """Of what is ``opened``; ``open_again`` opens what the folder has by then."""
        self._folder = folder
        self._open_again = open_again
        self._writable = writable(folder)
        self._process = os.getpid()
        self._closed = False
        self._lock = threading.RLock()  # held by who uses what is opened to search
        self._opened = opened
        self._held = False  # whether who has that lock is within `in_one_state`
        self._try_again = 0.0  # when to write again what can't be: the disk is full, say
        self._write_lock = threading.RLock()  # the same to write
        self._opened_to_write: Opened | None = None
        self._listing_lock = threading.Lock()  # the same to list
        self._listing: Listing | None = None
        self._listed: Opened | None = None  # the library that this is the listing of

    def close(self) -> None:
        """Close the library's file. Who writes in another thread is told so, and stops."""
        if os.getpid() != self._process:  # SQLite's files aren't a forked process's to close
            return
        self._closed = True
        with self._write_lock:
            if self._opened_to_write:
                self._opened_to_write.close()
        with self._listing_lock:
            if self._listing:
                self._listing.close()
        with self._lock:
            self._opened.close()

    @property
    def is_searched(self) -> bool:
        """Whether anybody searches the library, here or in another process."""
        return is_searched(self._folder)

    def in_one_state(self, use: Callable[[], _T]) -> _T:
        """What ``use`` gives, with all that it searches and reads here being of one state of the
        library. Other threads wait meanwhile; and it may have to be called a second time.
        """

        def held(_: Opened) -> _T:
            before, self._held = self._held, True
            try:
                return use()
            finally:
                self._held = before

        return self.lexically(held)

    def lexically(self, use: Callable[[Opened], _T], *, current: bool = True) -> _T:
        """What the terms give; if they turn out to be damaged, what they give when made anew. If it
        needn't be ``current``: of what has been seen, if anything has.
        """
        seen = not current and self._opened.lexical.sequence
        with (self.reading if seen else self.current)() as opened:
            opened.tell_searched()
            try:
                return use(opened)
            except LibraryError:
                if opened.lexical.sequence or self._held:
                    raise
        with self.current() as opened:
            return use(opened)

    @contextmanager
    def reading(self) -> Iterator[Opened]:
        """What is opened to search with: of the library that the folder has now."""
        self.check()
        with self._lock:
            self.check()
            while not self._held and self._opened.outdated:
                anew = self._open_again()
                self._opened.close()
                self._opened = anew
                anew.follow()
            yield self._opened

    @contextmanager
    def current(self) -> Iterator[Opened]:
        """The same, having seen what has been written."""
        with self.reading() as opened:
            if self._held:
                yield opened
                return
            opened.follow()
            behind = self._writable and opened.behind
        if behind:  # without holding up other threads: they search what there is
            self._catch_up()
        with self.reading() as opened, opened.store.one_state():
            opened.follow()
            yield opened

    def _catch_up(self) -> None:
        """Write what is derived, unless somebody is writing, who will do it. If it can't be written
        now, and there are terms to search, that has to wait.
        """
        if time.monotonic() < self._try_again:
            return
        try:
            with self.writing(patience=0) as writing:
                writing.save()
        except LibraryBusy:
            return
        except LibraryError:
            if not self._opened.lexical.sequence:
                raise
            self._try_again = time.monotonic() + _PAUSE

    @contextmanager
    def writing(self, *, patience: float = _PATIENCE) -> Iterator[Opened]:
        """What is opened to write with, for the one who may. Raises LibraryBusy."""
        self.check()
        with write_lock(self._folder, patience=patience), self._write_lock:
            self.check()
            if self._opened_to_write is None or self._opened_to_write.outdated:
                anew = self._open_again()
                if self._opened_to_write:
                    self._opened_to_write.close()
                self._opened_to_write = anew
            self._opened_to_write.writer.begin()
            yield self._opened_to_write

    @contextmanager
    def listing(self) -> Iterator[Listing]:
        """The articles to leaf through. Who searches doesn't wait for who makes a list."""
        with self._listing_lock:
            with self.reading() as opened:
                if self._listed is not opened:
                    anew = opened.open_listing()
                    if self._listing:
                        self._listing.close()
                    self._listing, self._listed = anew, opened
                assert self._listing is not None  # noqa: S101
            yield self._listing

    def check(self) -> None:
        """Raises LibraryError where this can't be used any more."""
        if os.getpid() != self._process:
            raise LibraryError(
                f"The library {self._folder} was opened before this process was forked: open it "
                "anew in this one.",
                f"文库 {self._folder} 是在本进程派生之前打开的：请在本进程中重新打开。",
            )
        if self._closed:
            raise LibraryError(
                f"The library {self._folder} has been closed: open it again.",
                f"文库 {self._folder} 已关闭：请重新打开。",
            )
