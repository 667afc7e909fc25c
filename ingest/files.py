"""Reads many files at once, in processes that a bad file can't take along.

Whatever looks at a file's bytes does so in a worker, but for the digest. A large file is read in
parts, by several workers at once.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from ingest.errors import ReadError
from ingest.formats import Options, Part
from ingest.types import Reading
from ingest.workers.pool import Pool
from ingest.workers.tasks import Job, Limits, Parts, Source, Whole

# What is read before it is asked for, for each worker: so many files or parts, of so many bytes.
AHEAD = 16
AHEAD_BYTES = 8 * 2**20
LEAST_MEMORY = 400 * 2**20  # bytes a worker needs to read a scan
PAUSE = 0.5  # seconds without anything, after which that is told

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


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
class Given(Generic[_T_co]):
    """What a file gave, or a part of it; all of its parts come one after another.

    ``digest`` tells what the file holds and how it was read; ``made`` is what was made of the
    reading, None if that is empty; ``share`` is how much of the file this is, 0 to 1. After the
    ``last``, the file is ``whole`` unless a part of it was lost: then it is worth reading again.
    """

    source: Source
    digest: str
    reading: Reading
    made: _T_co | None
    share: float = 1.0
    last: bool = True
    whole: bool = True


Event = Unchanged | Failed | Given[_T]


def follow_files(
    sources: Iterable[Source],
    make: Callable[[Reading], _T],
    options: Options = Options(),  # noqa: B008
    *,
    is_known: Callable[[str, str], bool] = lambda key, digest: False,  # noqa: ARG005
    workers: int | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> Generator[Event[_T] | None, None, None]:
    """What the files give, in their order; of a large file one part after another. None whenever
    nothing has come for ``PAUSE`` seconds, so that whoever takes it can do something else.

    ``make`` is called on every reading in the worker, which finds it by its name. A file whose key
    and digest ``is_known`` (asked from other threads) isn't read. There are as many ``workers`` as
    cores unless said otherwise, but no more than the memory suffices for, which they share evenly;
    none is started before there is a file to read, and none is left when the iterator ends or is
    closed.
    """
    count = worker_count(workers, limits)
    with Pool(count, limits.memory // count) as pool:
        job = Job(make, options, is_known, limits)
        yield from _Ahead(pool, job, iter(sources), count).events()


def read_files(
    sources: Iterable[Source],
    make: Callable[[Reading], _T],
    options: Options = Options(),  # noqa: B008
    **how: Any,
) -> Iterator[Event[_T]]:
    """What `follow_files` gives, to which ``how`` goes, without its pauses."""
    with closing(follow_files(sources, make, options, **how)) as events:
        yield from filter(None, events)


def worker_count(wish: int | None, limits: Limits) -> int:
    """How many workers there may be: as many as cores unless wished otherwise, but no more than the
    memory suffices for.
    """
    wish = wish or getattr(os, "process_cpu_count", os.cpu_count)() or 1
    return max(1, min(wish, limits.memory // LEAST_MEMORY))


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

    def events(self) -> Iterator[Event[_T] | None]:
        """What the files give, and None for each pause."""
        self._begin_more()
        while self._files:
            pending = self._files[0]
            try:
                yield from self._file(pending)
            except ReadError as error:
                yield Failed(pending.source, error)
            self._files.popleft()
            self._begin_more()

    def _file(self, pending: _Pending) -> Iterator[Event[_T] | None]:
        """What a file gives. Raises ReadError if that is nothing."""
        match (yield from self._result(pending.begun)):
            case Whole(digest, reading, made):
                yield Given(pending.source, digest, reading, made)
            case Parts() as of if of.plan.joined:
                yield (yield from self._joined(pending, of))
            case Parts() as of:
                yield from self._one_by_one(pending, of)
            case _:
                yield Unchanged(pending.source)

    def _one_by_one(self, pending: _Pending, of: Parts) -> Iterator[Given[_T] | None]:
        lost: list[ReadError] = []
        share = 1 / len(of.plan.parts)
        for _ in of.plan.parts:
            result = yield from self._part(pending)
            if isinstance(result, ReadError):
                lost.append(result)
            else:
                reading, made = result
                yield Given(pending.source, of.digest, reading, made, share=share, last=False)
        if len(lost) == len(of.plan.parts):
            raise lost[0]
        end = Reading(problems=tuple(lost))
        yield Given(pending.source, of.digest, end, None, share=share * len(lost), whole=not lost)

    def _joined(self, pending: _Pending, of: Parts) -> Generator[None, None, Given[_T]]:
        lost: list[ReadError] = []
        results: list[Any] = []
        for _ in of.plan.parts:
            result = yield from self._part(pending)
            (lost if isinstance(result, ReadError) else results).append(result)
        if not results:
            raise lost[0]
        joining = self._pool.submit(self._job.join, of, results)
        reading, made = yield from self._result(joining)
        reading = replace(reading, problems=(*reading.problems, *lost))
        return Given(pending.source, of.digest, reading, made, whole=not lost)

    def _part(self, pending: _Pending) -> Generator[None, None, Any]:
        """The result of the next part, or the error for which there is none."""
        self._begin_more()
        try:
            result = yield from self._result(pending.running[0])
        except ReadError as error:
            result = error
        pending.running.popleft()
        return result

    def _result(self, future: Future[Any]) -> Generator[None, None, Any]:
        """What it gives. While it runs, parts of the files after it may begin. Raises ReadError."""
        until = time.monotonic() + PAUSE
        while not future.done():
            unfinished = [each for one in self._files for each in one.futures if not each.done()]
            left = max(0.0, until - time.monotonic())
            wait([future, *unfinished], timeout=left, return_when=FIRST_COMPLETED)
            self._begin_more()
            if time.monotonic() >= until:
                yield None
                until = time.monotonic() + PAUSE
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
