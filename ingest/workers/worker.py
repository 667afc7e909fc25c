"""A process that calls functions for another one, within limits, and that may die of it.

`ingest.workers.pool` starts it. What it is sent are triples of seconds, a function and its
arguments; what it answers is what the function gave, the ReadError that it raised, or, before the
process ends, the `Uncaught` error that no reader should raise.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from ingest.errors import ReadError

LONGEST = 200  # characters of an error


@dataclass(frozen=True, slots=True)
class Uncaught:
    """An error as text: ``TypeError: … (table.py:12)``."""

    kind: str
    text: str


def serve(descriptor: int, memory: int) -> None:
    """Answer calls that come through the socket ``descriptor``, until its other end is closed.

    ``memory`` is how many bytes of data the process may hold, where the system knows such limits.
    """
    connection = Connection(descriptor)
    _limit_memory(memory)
    threading.Thread(target=_end_with, args=(descriptor,), daemon=True).start()

    def tell(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        connection.send(Uncaught(kind.__name__, _described(kind, error, place)))
        os._exit(1)  # a library's threads could keep the process from ending

    sys.excepthook = tell
    while True:
        try:
            seconds, function, arguments = connection.recv()
        except EOFError:
            return
        # Whoever waits for the answer need not keep the time: the system ends this process, even
        # in the middle of a library's work.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            answer = function(*arguments)
        except ReadError as error:
            answer = error
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send(answer)


def _limit_memory(size: int) -> None:
    limit = getattr(resource, "RLIMIT_DATA", None)
    if limit is None:
        return
    _, most = resource.getrlimit(limit)
    size = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(limit, (size, most))


def _end_with(descriptor: int) -> None:
    """End this process, whatever it is at, once nobody holds the other end of the socket."""
    poll = select.poll()
    poll.register(descriptor, 0)  # nothing but that it is closed
    poll.poll()
    os._exit(1)


def _described(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> str:
    *_, last = traceback.extract_tb(place)
    lines = str(error).strip().splitlines() or [""]
    text = lines[-1].strip()[-LONGEST:]  # those of others may have a traceback inside
    return f"{kind.__name__}: {text} ({Path(last.filename).name}:{last.lineno})"
