"""``POST /api/ask``: a question's answer, as JSON or, to who accepts it, as an event stream."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from chat import records
from chat.assistant import Assistant
from chat.questions.conversation import Exchange
from chat.types import Done, Event, Found
from chat.web.errors import error_record
from ingest.errors import WenjinError
from retriever.types import Hit

AT_ONCE = 8  # questions answered at the same time; the others wait
_STREAM = "text/event-stream"
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


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


def ask_routes(assistant: Assistant) -> APIRouter:
    """The routes that answer questions."""
    router = APIRouter()
    limiter = CapacityLimiter(AT_ONCE)

    @router.post("/api/ask")
    async def ask(asked: Asked, request: Request) -> Response:
        events = _records(assistant, asked)
        step = _Steps(events, limiter)
        first = await step()  # what can't be answered at all has a status of its own
        if _STREAM in request.headers.get("accept", ""):
            return StreamingResponse(_stream(first, step), 200, _STREAM_HEADERS, _STREAM)
        async with aclosing(step):
            last = first
            while record := await step():
                last = record
        return JSONResponse(last[1])

    return router


Named = tuple[str, records.Record]  # an event's name and its record


class _Steps:
    """Takes a step after another in threads, of which there are only so many at a time."""

    def __init__(self, events: Iterator[Named], limiter: CapacityLimiter) -> None:
        self._events = events
        self._limiter = limiter

    async def __call__(self) -> Any:
        return await to_thread.run_sync(next, self._events, None, limiter=self._limiter)

    async def aclose(self) -> None:
        """Stop the work, if there is any left."""
        self._events.close()  # type: ignore[attr-defined]


def _records(assistant: Assistant, asked: Asked) -> Iterator[Named]:
    """The events of an answer. Raises WenjinError, the first time it is asked for one."""
    history = [
        Exchange(each.question, (*each.articles,), (*each.titles,)) for each in asked.history
    ]
    hits: tuple[Hit, ...] = ()
    events = assistant.stream(asked.question, history=history, without=asked.without)
    for event in events:
        if isinstance(event, Found):
            hits = event.hits
        yield _record(event, hits, assistant.article_count)


def _record(event: Event, hits: tuple[Hit, ...], articles: int) -> Named:
    if isinstance(event, Found):
        return "found", records.found_record(event, articles)
    if isinstance(event, Done):
        exchange = records.exchange_record(event.answer)
        return "done", {**records.answer_record(event.answer), "exchange": exchange}
    return "sentence", records.sentence_record(event, hits)


async def _stream(first: Named, step: _Steps) -> AsyncIterator[str]:
    async with aclosing(step):
        record = first
        while record:
            yield _written(*record)
            try:
                record = await step()
            except WenjinError as error:
                yield _written("error", error_record(error))
                return


def _written(name: str, record: records.Record) -> str:
    """As it goes over the wire: JSON has no line breaks of its own."""
    return f"event: {name}\ndata: {json.dumps(record, ensure_ascii=False)}\n\n"
