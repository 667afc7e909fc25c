"""Brings a library up to date with files and folders."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Protocol

from index.files.plan import Work, plan, with_neighbours
from index.index import Index
from index.making import Maker
from index.types import FileChange, SourceFile, Updated
from ingest.errors import LibraryNotFound, ReadError, UnknownFormat
from ingest.files import Event, Failed, Given, Unchanged, follow_files
from ingest.folders import join_folders
from ingest.formats import File, Options
from ingest.prepare import Prepared
from ingest.workers.tasks import Limits, Source


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, and why nothing of it was read, or not all."""

    file: str
    error: ReadError


@dataclass(frozen=True, slots=True)
class Report:
    """What an update did, and what the library holds after it."""

    files: int
    """Found; each was read, unchanged, passed over or failed, unless it was stopped before."""
    read: int
    unchanged: int
    passed_over: int
    """Of no kind that is read, in a folder."""
    failed: tuple[Problem, ...]
    partly: tuple[Problem, ...]
    """What was left out of files that were read."""
    forgotten: int
    """Files that are there no more."""
    updated: Updated
    """What became of the articles that the files gave."""
    library_articles: int
    library_passages: int
    seconds: float
    stopped: bool
    """Before all was done."""


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """How files are read and what becomes of those that are gone.

    With ``sync``, files that the library took from the folders and that are there no more are
    forgotten; what can't be read now, or stands in a folder that can't be, is not. The folder
    ``leave_out`` isn't walked. ``model`` is the folder of the library's embedder if it is of
    Wenjin's own format, so that the workers can have it; None leaves embedding to this process.
    Once ``stopped`` is set, no more is read; what has been read is stored.
    """

    read: Options = field(default_factory=Options)
    sync: bool = False
    leave_out: Path | None = None
    model: Path | None = None
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)
    stopped: threading.Event = field(default_factory=threading.Event)


class Listener(Protocol):
    """Whoever wants to know how an update gets on."""

    def begin(self, sources: Sequence[Source]) -> None:
        """These files will be read, if they have changed."""

    def take(self, event: Event[tuple[Prepared, ...]]) -> None:
        """That came of a file, and what it gave has been taken, if not confirmed."""

    def tell(self, problem: Problem) -> None:
        """That couldn't be read."""


class Opener(Protocol):
    """Opens a library; raises LibraryNotFound if there is none and it isn't to be made."""

    def __call__(self, *, create: bool) -> Index:
        """The library, which the caller closes."""


def update_library(
    open_index: Opener,
    paths: Sequence[Path | File],
    listener: Listener,
    options: UpdateOptions = UpdateOptions(),
) -> Report:
    """Put what the files say, and those in the folders, into the library, which is made if there is
    none and anything to put in it.

    Files that haven't changed since the library took their articles aren't read. Ctrl-C ends it
    early; what was confirmed stays. Raises LibraryError.
    """
    with ExitStack() as stack:
        index = None
        with suppress(LibraryNotFound):
            index = stack.enter_context(open_index(create=False))
        update = Update(index, listener, options)
        return update.run(
            update.plan(paths), create=lambda: stack.enter_context(open_index(create=True))
        )


class Update:
    """One run over some files, and what has become of it so far."""

    def __init__(self, index: Index | None, listener: Listener, options: UpdateOptions) -> None:
        self._started = time.perf_counter()
        self._index = index
        self._listener = listener
        self._options = options
        self._make = Maker(options.model, index.words if index else "")
        self.known = index.files() if index else {}
        self._files = self._read = self._unchanged = self._passed_over = self._forgotten = 0
        self._failed: list[Problem] = []
        self._partly: list[Problem] = []
        self._updated = Updated()

    def plan(self, paths: Sequence[Path | File]) -> Work:
        """What there is to do about files and folders."""
        options = self._options
        return plan(paths, self.known, options.read, sync=options.sync, leave_out=options.leave_out)

    def run(self, work: Work, create: Callable[[], Index]) -> Report:
        """Do the work. A library is made only for articles."""
        stopped = False
        try:
            work = with_neighbours(work, self.known, self._options.read)
            self._files = len(work.sources)
            self._listener.begin(work.sources)
            with closing(self._changes(work)) as changes:
                self._store(changes, create)
            stopped = self._options.stopped.is_set()
            if not stopped:
                self._forget(work)
        except KeyboardInterrupt:
            stopped = True
        return self._report(stopped=stopped)

    def _store(self, changes: Iterator[FileChange | None], create: Callable[[], Index]) -> None:
        if self._index is None:
            first = next((change for change in changes if change and change.articles), None)
            if first is None:
                return
            self._index = create()
            changes = chain([first], changes)
        self._updated = self._index.update(changes, progress=self._confirmed)

    def _confirmed(self, updated: Updated) -> None:
        self._updated = updated

    def _forget(self, work: Work) -> None:
        if self._index and work.gone:
            removed = self._index.forget(work.gone)
            self._forgotten = len(work.gone)
            self._updated = replace(self._updated, removed=self._updated.removed + removed)

    def _changes(self, work: Work) -> Generator[FileChange | None, None, None]:
        """What of the files the library doesn't know, and None for each pause; all that comes of
        them is counted.
        """
        events = follow_files(
            work.sources,
            self._make,
            self._options.read,
            is_known=lambda key, digest: (
                key not in work.again and key in self.known and self.known[key].digest == digest
            ),
            workers=self._options.workers,
            limits=self._options.limits,
        )
        jumping = {key for key, file in self.known.items() if file.jumps}
        for event in join_folders(events, work.sources, self._make, jumping):
            if self._options.stopped.is_set():
                return
            match event:
                case None:
                    yield None
                    continue
                case Given(source, digest, reading, made, _, last, whole):
                    self._read += last
                    for error in reading.problems:
                        self._tell(self._partly, source, error)
                    file = SourceFile(source.key, source.name, digest, bool(reading.jumps))
                    yield FileChange(file, made or (), complete=last and whole)
                case Failed(source, UnknownFormat()) if source.key not in work.named:
                    self._passed_over += 1
                case Failed(source, error):
                    self._tell(self._failed, source, error)
                case Unchanged():
                    self._unchanged += 1
            self._listener.take(event)

    def _tell(self, problems: list[Problem], source: Source, error: ReadError) -> None:
        problems.append(Problem(source.name, error))
        self._listener.tell(problems[-1])

    def _report(self, *, stopped: bool) -> Report:
        index = self._index
        return Report(
            files=self._files,
            read=self._read,
            unchanged=self._unchanged,
            passed_over=self._passed_over,
            failed=tuple(self._failed),
            partly=tuple(self._partly),
            forgotten=self._forgotten,
            updated=self._updated,
            library_articles=index.article_count if index else 0,
            library_passages=index.passage_count if index else 0,
            seconds=time.perf_counter() - self._started,
            stopped=stopped,
        )
