"""How questions are answered over HTTP, whatever form the answer takes: step by step in threads, in
the room that there is, and only as long as someone listens and it may take.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

from anyio import CancelScope, create_task_group, to_thread
from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from chat.records import Record
from chat.web.errors import error_record, error_response
from chat.web.room import Room
from chat.web.streaming import Named
from ingest.errors import QuestionError, ServerStopping, TimedOut, WenjinError

Stream = Callable[[AsyncGenerator[Named]], Response]


class Reply(Response):
    """An answer, whole or as it comes. When the client goes away, the work ends.

    ``events`` end with ``done``, which has the whole answer, or raise WenjinError, which ends them
    with ``error``; others may come after ``done``. ``stream`` makes a response of all of them,
    without it ``whole`` makes one of the last record; ``failed`` makes one of an error that comes
    first.
    """

    def __init__(
        self,
        events: Generator[Named],
        room: Room,
        *,
        stream: Stream | None = None,
        whole: Callable[[Record], Response] = JSONResponse,
        failed: Callable[[Record], Response] = error_response,
    ) -> None:
        super().__init__()
        self._steps = _Steps(events, room)
        self._room = room
        self._stream = stream
        self._whole = whole
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work, and send what it gives. Raises ServerBusy before it begins."""
        with self._room.place():
            try:
                response = await _while_there(receive, self._begin)
                if response:
                    await response(scope, receive, send)
            finally:
                await self._steps.close()

    async def _begin(self) -> Response:
        """What can't be answered at all has a status of its own: a stream begins with an event."""
        steps = self._steps
        event = await (steps.next() if self._stream else steps.answer())
        assert event is not None  # noqa: S101  # there is always a last one
        name, record = event
        if name == "error":
            return self._failed(record)
        return self._stream(_all(event, steps)) if self._stream else self._whole(record)


class _Steps:
    """Takes a step after another in threads, of which there are only so many at a time."""

    def __init__(self, events: Generator[Named], room: Room) -> None:
        self._events = _to_an_end(events, room)
        self._room = room
        self._until = room.ending.until()
        self._place = CancelScope()
        self._step: asyncio.Future[Named | None] | None = None
        self._last = ""  # event

    async def next(self) -> Named | None:
        """The next event; None after the last. When it doesn't come in time, that is the last."""
        if self._last == "error":
            return None
        self._place = CancelScope()
        self._step = asyncio.ensure_future(self._take(self._place))
        event: Named | None
        try:
            event = await self._room.ending.wait(self._step, self._until)
        except (ServerStopping, TimedOut) as error:
            if self._last == "done":  # what may come after it is no loss
                return None
            self._room.note("failed")
            event = "error", error_record(error)
        self._last = event[0] if event else ""
        return event

    async def _take(self, place: CancelScope) -> Named | None:
        """Take the next step when there is a place for it, until which it can be given up."""
        limiter = self._room.wording if self._last else self._room.searching
        with place:
            return await to_thread.run_sync(next, self._events, None, limiter=limiter)
        return None

    async def answer(self) -> Named | None:
        """The event that has the whole answer, or says why there is none."""
        event = await self.next()
        while event and event[0] not in ("done", "error"):
            event = await self.next()
        return event

    async def close(self) -> None:
        """Stop the work, if there is any left. A model may need a moment for that."""
        with CancelScope(shield=True):
            if self._step and not self._step.done():
                self._place.cancel()
                await asyncio.wait({self._step})
            await to_thread.run_sync(self._events.close)


def _to_an_end(events: Generator[Named], room: Room) -> Generator[Named]:
    """The events; if they fail, that is the last. A question that can't be asked isn't the room's
    failure.
    """
    try:
        yield from events
    except WenjinError as error:
        if not isinstance(error, QuestionError):
            room.note("failed")
        yield "error", error_record(error)


async def _while_there(
    receive: Receive, work: Callable[[], Awaitable[Response]]
) -> Response | None:
    """What ``work`` gives; None if the client goes away before."""

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    given = None
    async with create_task_group() as group:
        group.start_soon(watch)
        given = await work()
        group.cancel_scope.cancel()
    return given


async def _all(event: Named | None, steps: _Steps) -> AsyncGenerator[Named]:
    """The first event, and those after it."""
    while event:
        yield event
        event = await steps.next()
