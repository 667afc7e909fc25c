"""What is under way has to end: it takes longer than it may, or the server stops."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from ingest.errors import ServerStopping, TimedOut

SECONDS = 120  # that an answer may take

T = TypeVar("T")


class Ending:
    """Tells those who wait for work when not to wait any longer. The work itself goes on: it is
    theirs to end.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        """An answer may take so many ``seconds``."""
        self.seconds = seconds
        self._stopping = False
        self._waiting: set[asyncio.Future[None]] = set()

    def stop(self) -> None:
        """The server stops: nobody waits any longer. To be called in its loop."""
        self._stopping = True
        for each in self._waiting:
            if not each.done():
                each.set_result(None)

    def until(self) -> float:
        """By when an answer that begins now has to be there, as the loop tells the time."""
        return asyncio.get_running_loop().time() + self.seconds

    async def wait(self, work: asyncio.Future[T], until: float | None = None) -> T:
        """What ``work`` gives. Raises TimedOut when it isn't done by ``until``, and ServerStopping
        when the server stops before.
        """
        loop = asyncio.get_running_loop()
        stopped: asyncio.Future[None] = loop.create_future()
        if self._stopping:
            stopped.set_result(None)
        left = None if until is None else max(0.0, until - loop.time())
        self._waiting.add(stopped)
        try:
            both: set[asyncio.Future[Any]] = {work, stopped}
            await asyncio.wait(both, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.discard(stopped)
        if work.done():
            return work.result()
        raise _stopping() if stopped.done() else self._late()

    def _late(self) -> TimedOut:
        seconds = f"{self.seconds:g}"
        return TimedOut(
            f"there was no answer within {seconds} s: ask again, or ask more precisely",
            f"{seconds} 秒内没有得出回答：请再问一次，或问得更具体些",
        )


def _stopping() -> ServerStopping:
    return ServerStopping(
        "the server is stopping: try again in a moment", "服务器正在停止：请稍后再试"
    )
