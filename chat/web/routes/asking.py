"""``POST /api/ask``: a question's answer, as JSON or, to who accepts it, as an event stream."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response

from chat import records
from chat.assistant import Assistant
from chat.questions.conversation import Exchange
from chat.types import Done, Found, Loading, Sentence
from chat.web.answering import Reply
from chat.web.room import Room
from chat.web.schemas.answers import Answer
from chat.web.schemas.examples import QUESTIONS
from chat.web.schemas.failures import ALWAYS, BODY, events, failures
from chat.web.schemas.requests import Asked
from chat.web.streaming import STREAM, Named, event_stream
from retriever.types import Hit


def ask_routes(assistant: Assistant, room: Room) -> APIRouter:
    """The routes that answer questions, as many at a time as there is ``room``."""
    router = APIRouter(tags=["asking"], responses=ALWAYS)

    @router.post(
        "/api/ask",
        operation_id="ask",
        summary="Ask a question · 提问",
        response_description="The answer; or its events, for who accepts them.",
        response_model=Answer,
        responses={**BODY, **failures(503, 504), **events("AskEvent")},
    )
    async def ask(
        asked: Annotated[Asked, Body(openapi_examples=QUESTIONS)], request: Request
    ) -> Response:
        """Every sentence of the answer has the places in the articles that back it.

        With `Accept: text/event-stream` it comes as events: `found`, perhaps `loading`, any number
        of `sentence`, then `done`, whose data is the whole answer, and perhaps `suggestions`. What
        can't be asked at all has a status of its own; what fails after the first event ends the
        stream with `error` in place of `done`. To go away stops the work.
        """
        streamed = STREAM in request.headers.get("accept", "")
        told = _records(assistant, asked, room)
        return Reply(told, room, stream=event_stream if streamed else None)

    return router


def _records(assistant: Assistant, asked: Asked, room: Room) -> Generator[Named]:
    """The events of an answer: at its end is ``done``, and while nobody else waits, ``suggestions``
    come after it. Raises WenjinError.
    """
    history = [
        Exchange(each.question, (*each.articles,), (*each.titles,)) for each in asked.history
    ]
    hits: tuple[Hit, ...] = ()
    for event in assistant.stream(asked.question, history=history, without=asked.without):
        if isinstance(event, Found):
            hits = event.hits
            yield "found", records.found_record(event, assistant.article_count)
            continue
        if isinstance(event, Done):  # counted here, as nobody may want more than it
            room.note("refused" if event.answer.abstained else "answered")
        yield _record(event, hits)
        if isinstance(event, Done) and room.is_idle:
            yield "suggestions", {"questions": assistant.suggestions(event.answer)}


def _record(event: Loading | Sentence | Done, hits: tuple[Hit, ...]) -> Named:
    if isinstance(event, Loading):
        return "loading", {"what": event.model}
    if isinstance(event, Done):
        exchange = records.exchange_record(event.answer)
        return "done", {**records.answer_record(event.answer), "exchange": exchange}
    return "sentence", records.sentence_record(event, hits)
