"""``POST /api/ask``: a question's answer, as JSON or, to who accepts it, as an event stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager

from anyio import CancelScope, CapacityLimiter, create_task_group, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from chat import records
from chat.assistant import Assistant
from chat.questions.conversation import Exchange
from chat.types import Done, Found, Loading, Sentence
from chat.web.errors import error_record, error_response
from chat.web.streaming import STREAM, Named, event_stream
from ingest.errors import ServerBusy, WenjinError
from retriever.types import Hit

AT_ONCE = 8  # questions answered at the same time; the others wait
WAITING = 64  # so many at most: who comes later is asked to come again


class Former(BaseModel):
    """A question asked before, as the ``exchange`` of its answer tells it."""

    question: str
    articles: list[str] = []
    titles: list[str] = []


class Asked(BaseModel):
    """A question, what was asked before it, and the keys of filters that aren't wanted."""

    question: str
    history: list[Former] = []
    without: list[str] = Field(default=[], max_length=20)


def ask_routes(
    assistant: Assistant, *, at_once: int = AT_ONCE, waiting: int = WAITING
) -> APIRouter:
    """The routes that answer questions: so many ``at_once``, while so many may be ``waiting``."""
    router = APIRouter()
    room = _Room(at_once, waiting)

    @router.post("/api/ask")
    async def ask(asked: Asked, request: Request) -> Response:
        streamed = STREAM in request.headers.get("accept", "")
        events = _records(assistant, asked, lambda: room.is_idle)
        return _Reply(events, room, streamed=streamed)

    return router


class _Room:
    """Those who are answered now, and those who wait for that."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.limiter = CapacityLimiter(at_once)
        self._free = at_once + waiting

    @property
    def is_idle(self) -> bool:
        """Whether nobody but who asks that is answered."""
        return self.limiter.borrowed_tokens <= 1

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one. Raises ServerBusy when all are taken."""
        if not self._free:
            raise ServerBusy(
                "too many questions are waiting: ask again in a moment",
                "排队的问题太多：请稍后再问",
            )
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class _Steps:
    """Takes a step after another in threads, of which there are only so many at a time."""

    def __init__(self, events: Generator[Named], limiter: CapacityLimiter) -> None:
        self._events = events
        self._limiter = limiter

    async def next(self) -> Named | None:
        """The next event; None after the last. Cancelled in a step, it waits for its end."""
        return await to_thread.run_sync(next, self._events, None, limiter=self._limiter)

    async def answer(self) -> Named | None:
        """The event that has the whole answer, or says why there is none."""
        event = await self.next()
        while event and event[0] not in ("done", "error"):
            event = await self.next()
        return event

    async def close(self) -> None:
        """Stop the work, if there is any left. A model may need a moment for that."""
        with CancelScope(shield=True):
            await to_thread.run_sync(self._events.close)


class _Reply(Response):
    """An answer, whole or as it comes. When the client goes away, the work ends."""

    def __init__(self, events: Generator[Named], room: _Room, *, streamed: bool) -> None:
        super().__init__()
        self._steps = _Steps(events, room.limiter)
        self._room = room
        self._streamed = streamed

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
        event = await (steps.next() if self._streamed else steps.answer())
        assert event is not None  # noqa: S101  # there is always a last one
        name, record = event
        if name == "error":
            return error_response(record)
        if self._streamed:
            return event_stream(_all(event, steps))
        return JSONResponse(record)


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


def _records(assistant: Assistant, asked: Asked, is_idle: Callable[[], bool]) -> Generator[Named]:
    """The events of an answer: at its end is ``done``, or ``error`` when it fails. While nobody
    else waits, ``suggestions`` come after it.
    """
    history = [
        Exchange(each.question, (*each.articles,), (*each.titles,)) for each in asked.history
    ]
    hits: tuple[Hit, ...] = ()
    try:
        for event in assistant.stream(asked.question, history=history, without=asked.without):
            if isinstance(event, Found):
                hits = event.hits
                yield "found", records.found_record(event, assistant.article_count)
            else:
                yield _record(event, hits)
            if isinstance(event, Done) and is_idle():
                questions = assistant.suggestions(event.answer)
                yield "suggestions", {"questions": questions}
    except WenjinError as error:
        yield "error", error_record(error)


def _record(event: Loading | Sentence | Done, hits: tuple[Hit, ...]) -> Named:
    if isinstance(event, Loading):
        return "loading", {"what": event.model}
    if isinstance(event, Done):
        exchange = records.exchange_record(event.answer)
        return "done", {**records.answer_record(event.answer), "exchange": exchange}
    return "sentence", records.sentence_record(event, hits)
