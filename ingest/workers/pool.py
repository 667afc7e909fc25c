"""Worker processes that read files, and that may hang, crash or be killed without harm.

A worker is a process of its own, with nothing of its parent's but its search path: no threads or
models are copied into it, and the parent's main module isn't run again, as `multiprocessing` would.
It is started when it is needed first, and anew after it died.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self, TypeVar

from ingest.errors import DamagedFile, FileTooLarge, ReadError
from ingest.workers.worker import Uncaught

_T = TypeVar("_T")
_MB = 2**20
# Each worker has a core: what it calls shouldn't want them all.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"), "1"
)


class Pool:
    """At most ``count`` workers. Closing it ends them at once, whatever they are at."""

    def __init__(self, count: int, memory: int) -> None:
        """``memory`` is how many bytes of data each worker may hold."""
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reader")
        self._workers = [_Worker(memory) for _ in range(count)]
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def submit(self, task: Callable[..., _T], *arguments: Any) -> Future[_T]:
        """Run ``task(call, *arguments)`` in a thread that has a worker for itself:
        ``call(function, *arguments, name=…, seconds=…)`` has that call a function, which a process
        can find by its name, for the file ``name``, and raises ReadError if the worker dies of it.
        """
        return self._threads.submit(self._run, task, arguments)

    def map(
        self, task: Callable[..., _T], arguments: Iterable[tuple[Any, ...]], *, ahead: int
    ) -> Iterator[_T]:
        """What ``task`` gives for each of the arguments, in their order, up to so many ``ahead`` of
        whoever takes it; as `submit` runs it.
        """
        running: deque[Future[_T]] = deque()
        for one in arguments:
            running.append(self.submit(task, *one))
            if len(running) > ahead:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()

    def _run(self, task: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
        worker = self._idle.get()
        try:
            return task(worker.call, *arguments)
        finally:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()
        self._threads.shutdown()


class _Worker:
    """A process that is called by one thread at a time, and may be closed by another."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def call(self, function: Callable[..., _T], *arguments: Any, name: str, seconds: float) -> _T:
        """What ``function`` gives in the process. Raises ReadError, also if the process dies."""
        process, connection = self._started()
        try:
            connection.send((seconds, function, arguments))
            answer = connection.recv()
        except (EOFError, OSError) as error:
            raise _death(name, process.wait(), seconds, self._memory) from error
        if isinstance(answer, ReadError):
            raise answer
        if isinstance(answer, Uncaught):
            process.wait()
            raise _failure(name, answer, self._memory)
        return answer  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the process, and start no other."""
        with self._lock:
            self._closed = True
            if self._process:
                self._process.kill()
                self._process.wait()

    def _started(self) -> tuple[subprocess.Popen[bytes], Connection]:
        with self._lock:
            if self._closed:
                raise InterruptedError("the pool is closed")
            if not self._process or not self._connection or self._process.poll() is not None:
                self._process, self._connection = _start(self._memory)
            return self._process, self._connection


def _start(memory: int) -> tuple[subprocess.Popen[bytes], Connection]:
    ours, theirs = socket.socketpair()
    with theirs:
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; from ingest.workers.worker import serve; "
            f"serve({theirs.fileno()}, {memory})"
        )
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what libraries print there says nothing to people
            env={**os.environ, **_ONE_THREAD},
            pass_fds=[theirs.fileno()],
            process_group=0,  # Ctrl-C in a terminal is the parent's to deal with
        )
    return process, Connection(ours.detach())


def _death(name: str, code: int, seconds: float, memory: int) -> ReadError:
    """Why a worker that ended with ``code`` did so."""
    if code == -signal.SIGALRM:
        return FileTooLarge(
            f"{name} takes more than {seconds:g} s to read; split it, or save it in another format",
            f"读取 {name} 超过 {seconds:g} 秒；请拆分文件，或另存为其他格式",
        )
    if code == -signal.SIGKILL:
        return _out_of_memory(name, memory)
    ending = signal.Signals(-code).name if code < 0 else str(code)
    return DamagedFile(
        f"{name} stops its reader ({ending}): it is damaged, or needs more than {memory // _MB} MB "
        "of memory; open and save it anew in its program, or split it",
        f"{name} 使读取程序中止（{ending}）：文件已损坏，或所需内存超过 {memory // _MB} MB；"
        "请用原软件打开后重新保存，或拆分文件",
    )


def _failure(name: str, uncaught: Uncaught, memory: int) -> ReadError:
    if uncaught.kind == "MemoryError" or "bad_alloc" in uncaught.text:  # what C++ calls it
        return _out_of_memory(name, memory)
    return DamagedFile(
        f"{name} can't be understood by its reader ({uncaught.text}); open and save it anew in "
        "its program, or save it in another format",
        f"读取程序无法理解 {name}（{uncaught.text}）；请用原软件打开后重新保存，或另存为其他格式",
    )


def _out_of_memory(name: str, memory: int) -> ReadError:
    return FileTooLarge(
        f"{name} needs more than {memory // _MB} MB of memory to read; split it, or allow more "
        "with --memory",
        f"读取 {name} 所需内存超过 {memory // _MB} MB；请拆分文件，或用 --memory 放宽限制",
    )
