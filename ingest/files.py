"""Reads many files at once, in processes that a bad file can't take along.

Whatever looks at a file's bytes does so in a worker, but for the digest. A large file is read in
parts, by several workers at once.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from ingest.errors import ReadError
from ingest.formats import Options, Part
from ingest.types import Reading
from ingest.workers.pool import Pool
from ingest.workers.tasks import Job, Limits, Parts, Plan, Source, Whole

# What is read before it is asked for, for each worker: so many files or parts, of so many bytes.
AHEAD = 16
AHEAD_BYTES = 8 * 2**20
GROUP = 256  # articles of a very large reading that a worker is given at a time
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
    with (
        tempfile.TemporaryDirectory(prefix="wenjin-") as scratch,
        Pool(count, limits.memory // count) as pool,
    ):
        job = Job(make, options, is_known, limits, Path(scratch))
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
    """A file whose reading has begun; ``running`` are parts of it, in their order, and ``lost`` the
    errors of those that gave nothing. Its ``size``, in bytes, is that of what is read at once.
    """

    source: Source
    begun: Future[Any]
    size: float
    of: Plan | None = None
    parts: Iterator[Part] | None = None
    running: deque[Future[Any]] = field(default_factory=deque)
    lost: list[ReadError] = field(default_factory=list)

    @property
    def futures(self) -> list[Future[Any]]:
        """All that is done for it."""
        return [self.begun, *self.running]

    @property
    def weight(self) -> float:
        """How many bytes have been read ahead of it, or will have been."""
        return self.size if self.of is None else self.size * len(self.running)

    def next_part(self) -> tuple[Plan, Part] | None:
        """The next part to be read, if there is one and it is known by now."""
        if self.parts is None:
            if not self.begun.done() or self.begun.exception():
                return None
            begun = self.begun.result()
            self.parts = iter(())
            if isinstance(begun, Parts):
                self.of, self.parts = begun.plan, iter(begun.plan.parts)
                self.size = begun.plan.size / len(begun.plan.parts)
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
                yield from self._at_once(pending, digest, reading, made)
            case Parts(digest, plan) as parts:
                with closing(parts):
                    if plan.joined:
                        joined = yield from self._joined(pending, plan)
                        yield from self._at_once(pending, digest, *joined)
                    else:
                        yield from self._one_by_one(pending, digest, plan)
            case _:
                yield Unchanged(pending.source)

    def _at_once(
        self, pending: _Pending, digest: str, reading: Reading, made: _T | None
    ) -> Iterator[Given[_T] | None]:
        if made is None:
            given: Given[_T] = Given(pending.source, digest, reading, None, last=False)
            yield from self._in_groups(pending, given)
            yield self._end(pending, digest, 0.0)
            return
        reading = replace(reading, problems=(*reading.problems, *pending.lost))
        yield Given(pending.source, digest, reading, made, whole=not pending.lost)

    def _one_by_one(self, pending: _Pending, digest: str, plan: Plan) -> Iterator[Given[_T] | None]:
        missing = 0
        share = 1 / len(plan.parts)
        for _ in plan.parts:
            result = yield from self._part(pending)
            if isinstance(result, ReadError):
                pending.lost.append(result)
                missing += 1
                continue
            reading, made = result
            given: Given[_T] = Given(pending.source, digest, reading, made, share=share, last=False)
            if made is not None:
                yield given
            else:
                yield from self._in_groups(pending, given)
        if missing == len(plan.parts):
            raise pending.lost[0]
        yield self._end(pending, digest, share * missing)

    def _end(self, pending: _Pending, digest: str, share: float) -> Given[_T]:
        """What comes last of a file that was given piece by piece."""
        lost = tuple(pending.lost)
        end = Reading(problems=lost)
        return Given(pending.source, digest, end, None, share=share, whole=not lost)

    def _in_groups(self, pending: _Pending, given: Given[_T]) -> Iterator[Given[_T] | None]:
        """A very large reading, some articles at a time: workers make what there is to make."""
        articles = given.reading.articles
        yield replace(given, reading=Reading(problems=given.reading.problems), share=0.0)
        starts = range(0, len(articles), GROUP)
        groups = (Reading(articles[start : start + GROUP]) for start in starts)
        running: deque[tuple[Reading, Future[_T]]] = deque()
        while True:
            while len(running) < 2 * self._workers and (group := next(groups, None)):
                made = self._pool.submit(self._job.some, pending.source.name, group)
                running.append((group, made))
            if not running:
                return
            group, made = running.popleft()
            try:
                result = yield from self._result(made)
            except ReadError as error:
                pending.lost.append(error)
            else:
                share = given.share * len(group.articles) / len(articles)
                yield replace(given, reading=group, made=result, share=share)

    def _joined(
        self, pending: _Pending, plan: Plan
    ) -> Generator[None, None, tuple[Reading, _T | None]]:
        results: list[Any] = []
        for _ in plan.parts:
            result = yield from self._part(pending)
            (pending.lost if isinstance(result, ReadError) else results).append(result)
        if not results:
            raise pending.lost[0]
        joining = self._pool.submit(self._job.join, plan, results)
        joined: tuple[Reading, _T | None] = yield from self._result(joining)
        return joined

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
