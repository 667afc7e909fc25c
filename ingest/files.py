"""Reads many files at once, in processes that a bad file can't take along.

Whatever looks at a file's bytes does so in a worker, but for the digest. A large file is read in
parts, by several workers at once.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from ingest.errors import ReadError
from ingest.formats import Options, Part
from ingest.types import Reading
from ingest.workers.pool import Pool
from ingest.workers.tasks import Job, Limits, Parts, Source, Whole

# What is read before it is asked for, for each worker: so many files or parts, of so many bytes.
AHEAD = 16
AHEAD_BYTES = 16 * 2**20
LEAST_MEMORY = 400 * 2**20  # bytes a worker needs to read a scan

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file that was skipped."""

    source: Source


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that gave nothing."""

    source: Source
    error: ReadError


@dataclass(frozen=True, slots=True)
class Given(Generic[_T]):
    """What a file gave, or a part of it; all of its parts come one after another.

    ``digest`` tells what the file holds and how it was read; ``made`` is what was made of the
    reading, None if that is empty; ``share`` is how much of the file this is, 0 to 1. After the
    ``last``, the file is ``whole`` unless a part of it was lost: then it is worth reading again.
    """

    source: Source
    digest: str
    reading: Reading
    made: _T | None
    share: float = 1.0
    last: bool = True
    whole: bool = True


Event = Unchanged | Failed | Given[_T]


def read_files(
    sources: Iterable[Source],
    make: Callable[[Reading], _T],
    options: Options = Options(),  # noqa: B008
    *,
    is_known: Callable[[str, str], bool] = lambda key, digest: False,  # noqa: ARG005
    workers: int | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> Iterator[Event[_T]]:
    """What the files give, in their order; of a large file one part after another.

    ``make`` is called on every reading in the worker, which finds it by its name. A file whose key
    and digest ``is_known`` (asked from other threads) isn't read. There are as many ``workers`` as
    cores unless said otherwise, but no more than the memory suffices for, which they share evenly;
    none is started before there is a file to read, and none is left when the iterator ends or is
    closed.
    """
    wish = workers or getattr(os, "process_cpu_count", os.cpu_count)() or 1
    count = max(1, min(wish, limits.memory // LEAST_MEMORY))
    with Pool(count, limits.memory // count) as pool:
        job = Job(make, options, is_known, limits)
        yield from _Ahead(pool, job, iter(sources), count).events()


@dataclass(slots=True)
class _Pending:
    """A file whose reading has begun; ``running`` are parts of it, in their order. Its ``size``, in
    bytes, is that of what is read at once.
    """

    source: Source
    begun: Future[Any]
    size: float
    of: Parts | None = None
    parts: Iterator[Part] | None = None
    running: deque[Future[Any]] = field(default_factory=deque)

    @property
    def futures(self) -> list[Future[Any]]:
        """All that is done for it."""
        return [self.begun, *self.running]

    @property
    def weight(self) -> float:
        """How many bytes have been read ahead of it, or will have been."""
        return self.size if self.of is None else self.size * len(self.running)

    def next_part(self) -> tuple[Parts, Part] | None:
        """The next part to be read, if there is one and it is known by now."""
        if self.parts is None:
            if not self.begun.done() or self.begun.exception():
                return None
            begun = self.begun.result()
            self.parts = iter(())
            if isinstance(begun, Parts):
                self.of, self.parts = begun, iter(begun.plan.parts)
                self.size /= len(begun.plan.parts)
        part = next(self.parts, None)
        return (self.of, part) if self.of and part else None


class _Ahead(Generic[_T]):
    """Reads ahead of whoever takes the results, what is wanted first first."""

    def __init__(self, pool: Pool, job: Job[_T], sources: Iterator[Source], workers: int) -> None:
        self._pool = pool
        self._job = job
        self._sources = sources
        self._workers = workers
        self._files: deque[_Pending] = deque()

    def events(self) -> Iterator[Event[_T]]:
        """What the files give."""
        self._begin_more()
        while self._files:
            pending = self._files[0]
            try:
                yield from self._file(pending)
            except ReadError as error:
                yield Failed(pending.source, error)
            self._files.popleft()
            self._begin_more()

    def _file(self, pending: _Pending) -> Iterator[Event[_T]]:
        """What a file gives. Raises ReadError if that is nothing."""
        match self._result(pending.begun):
            case Whole(digest, reading, made):
                yield Given(pending.source, digest, reading, made)
            case Parts() as of if of.plan.joined:
                yield self._joined(pending, of)
            case Parts() as of:
                yield from self._one_by_one(pending, of)
            case _:
                yield Unchanged(pending.source)

    def _one_by_one(self, pending: _Pending, of: Parts) -> Iterator[Given[_T]]:
        lost: list[ReadError] = []
        share = 1 / len(of.plan.parts)
        for result in self._parts(pending, of):
            if isinstance(result, ReadError):
                lost.append(result)
            else:
                reading, made = result
                yield Given(pending.source, of.digest, reading, made, share=share, last=False)
        if len(lost) == len(of.plan.parts):
            raise lost[0]
        end = Reading(problems=tuple(lost))
        yield Given(pending.source, of.digest, end, None, share=share * len(lost), whole=not lost)

    def _joined(self, pending: _Pending, of: Parts) -> Given[_T]:
        lost: list[ReadError] = []
        results: list[Any] = []
        for result in self._parts(pending, of):
            (lost if isinstance(result, ReadError) else results).append(result)
        if not results:
            raise lost[0]
        reading, made = self._result(self._pool.submit(self._job.join, of, results))
        reading = replace(reading, problems=(*reading.problems, *lost))
        return Given(pending.source, of.digest, reading, made, whole=not lost)

    def _parts(self, pending: _Pending, of: Parts) -> Iterator[Any]:
        """The results of the parts in their order, or the errors for which there is none."""
        for _ in of.plan.parts:
            self._begin_more()
            try:
                result = self._result(pending.running[0])
            except ReadError as error:
                result = error
            pending.running.popleft()
            yield result

    def _result(self, future: Future[Any]) -> Any:
        """What it gives. While it runs, parts of the files after it may begin. Raises ReadError."""
        while not future.done():
            unfinished = [each for one in self._files for each in one.futures if not each.done()]
            wait([future, *unfinished], return_when=FIRST_COMPLETED)
            self._begin_more()
        return future.result()

    def _begin_more(self) -> None:
        """Fill up what is read ahead. A file never waits for those after it."""
        for pending in self._files:
            while (self._has_room() or not pending.running) and (part := pending.next_part()):
                pending.running.append(self._pool.submit(self._job.part, *part))
        while self._has_room() and (source := next(self._sources, None)):
            begun = self._pool.submit(self._job.begin, source)
            self._files.append(_Pending(source, begun, source.size))

    def _has_room(self) -> bool:
        count = sum(len(pending.futures) for pending in self._files)
        size = sum(pending.weight for pending in self._files)
        return count < AHEAD * self._workers and size < AHEAD_BYTES * self._workers
