"""Event streams, as the API gives them: a name and a record an event."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi.responses import StreamingResponse

from chat.records import Record

STREAM = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Named = tuple[str, Record]  # an event's name and its record


def event_stream(events: AsyncGenerator[Named]) -> StreamingResponse:
    """The events as they come. (https://html.spec.whatwg.org/multipage/server-sent-events.html)"""
    return stream_of(_written(events))


def stream_of(written: AsyncIterator[str]) -> StreamingResponse:
    """An event stream of what is written as one already."""
    return StreamingResponse(written, 200, _HEADERS, STREAM)


async def _written(events: AsyncGenerator[Named]) -> AsyncIterator[str]:
    """As they go over the wire: JSON has no line breaks of its own."""
    async with aclosing(events):
        async for name, record in events:
            yield f"event: {name}\ndata: {json.dumps(record, ensure_ascii=False)}\n\n"
