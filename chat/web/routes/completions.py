"""``/v1``: chat completions and the one model, as OpenAI's clients expect them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import JSONResponse, Response

from chat.assistant import MAX_QUESTION, Assistant
from chat.questions.conversation import Exchange, complete
from chat.records import Record
from chat.types import Done, Sentence
from chat.web.answering import Reply
from chat.web.completion import MODEL, Completion, Content, cited_articles, model_record
from chat.web.openai_errors import Refused, openai_error, openai_response
from chat.web.room import Room
from chat.web.schemas import completions as schemas
from chat.web.schemas.examples import CONVERSATIONS
from chat.web.schemas.failures import Declared, failures
from chat.web.streaming import STREAM, Named, stream_of
from chat.web.view import View
from ingest.errors import ArticleNotFound
from retriever.query import language_of

_STREAMED = {STREAM: {"schema": {"$ref": "#/components/schemas/ChunkEvent"}}}
FORMER = 20  # questions before the last one that are looked at


def completion_routes(assistant: Assistant, room: Room) -> APIRouter:
    """The routes for clients of OpenAI's interface, who share the ``room`` with all who ask."""
    router = APIRouter(prefix="/v1", tags=["openai"], responses=_declared(403, 429, 500))

    @router.post(
        "/chat/completions",
        operation_id="complete",
        summary="Ask as OpenAI's clients do · 以 OpenAI 接口提问",
        response_description="The answer; or its chunks, if a stream is wanted.",
        response_model=schemas.Completion,
        responses=_declared(400, 404, 408, 413, 503, 504) | {200: {"content": _STREAMED}},
    )
    async def create(
        wanted: Annotated[schemas.CompletionRequest, Body(openapi_examples=CONVERSATIONS)],
        request: Request,
    ) -> Response:
        """The last message of the user is the question, and those before it complete it.

        The content has marks such as `[1]`, an annotation for each, and a list of the sources at
        its end; where the articles don't answer, it says so and names the nearest ones. With
        `stream` it comes sentence by sentence. `usage` counts characters.
        """
        _check(wanted)
        accepted = request.headers.get("accept-language", "")
        completion = Completion(sum(len(message.text) for message in wanted.messages))
        options = wanted.stream_options or schemas.StreamOptions()
        chunks = partial(_chunks, completion=completion, accepted=accepted, options=options)
        return Reply(
            _events(assistant, wanted.messages, str(request.base_url), room),
            room,
            stream=(lambda events: stream_of(chunks(events))) if wanted.stream else None,
            whole=lambda record: JSONResponse(completion.whole(record["message"])),
            failed=partial(openai_response, accepted=accepted),
        )

    @router.get(
        "/models",
        operation_id="models",
        summary="The models, of which there is one · 模型列表",
        response_model=schemas.LanguageModels,
    )
    async def models() -> JSONResponse:
        """What clients choose from."""
        return JSONResponse({"object": "list", "data": [model_record()]})

    @router.get(
        "/models/{name:path}",
        operation_id="model",
        summary="A model · 模型",
        response_model=schemas.LanguageModel,
        responses=_declared(404),
    )
    async def model(
        name: Annotated[str, Path(description="There is one: `wenjin`.")],
    ) -> JSONResponse:
        """What a client asks for by its name."""
        _check_model(name)
        return JSONResponse(model_record())

    return router


def _declared(*statuses: int) -> Declared:
    """What FastAPI takes as ``responses`` of routes that fail in OpenAI's shape."""
    told = failures(*(status for status in statuses if status != 400))
    if 400 in statuses:
        told[400] = {"description": "The request asks for what can't be had: the error says what."}
    return {
        status: {**each, "content": {}, "model": schemas.OpenAIFailure}
        for status, each in told.items()
    }


def _check_model(name: str) -> None:
    if name != MODEL:
        raise Refused(
            f"there is no model {name!r}: the only one is {MODEL!r}",
            f"没有模型“{name}”：只有“{MODEL}”",
            param="model",
            code="model_not_found",
            status=404,
        )


def _check(wanted: schemas.CompletionRequest) -> None:
    """Raises Refused for what isn't had, and would be missed if the request were answered."""
    _check_model(wanted.model)
    kind = (wanted.response_format or {}).get("type", "text")
    choice = wanted.tool_choice or "auto"
    audio = "audio" in (wanted.modalities or ())
    for refused, param, english, chinese in (
        ((wanted.n or 1) != 1, "n", "there is one answer", "回答只有一个"),
        (kind != "text", "response_format", "answers are text", "回答只能是文字"),
        (choice not in ("auto", "none"), "tool_choice", "no tool is ever called", "不会调用工具"),
        (audio, "modalities", "answers are text", "回答只能是文字"),
    ):
        if refused:
            raise Refused(
                f"{english}: leave {param} out",
                f"{chinese}：请去掉 {param}",
                param=param,
                code="unsupported_value",
            )
    asked = [message for message in wanted.messages if message.role == "user"]
    if not asked:
        raise Refused(
            "no message is the user's: add the question",
            "没有用户的消息：请加上问题",
            param="messages",
            code="missing_question",
        )
    if asked[-1].has_more_than_text:
        raise Refused(
            "only text is read: leave pictures, sound and files out",
            "只能读文字：请去掉图片、声音和文件",
            param="messages",
            code="unsupported_content",
        )


def _events(
    assistant: Assistant, messages: Sequence[schemas.ChatMessage], base: str, room: Room
) -> Generator[Named]:
    """The events of an answer: ``begun``, ``sentence`` with the content to add, ``done`` with what
    is ``added`` at the end and with the whole ``message``. Raises WenjinError.
    """
    question, history = _conversation(assistant, messages)
    content = Content(View(language_of(question), root=base))
    events = assistant.stream(question, history=history)
    next(events)  # what is found is told at the end
    yield "begun", {}
    for event in events:
        if isinstance(event, Sentence):
            yield "sentence", {"content": content.say(event)}
        elif isinstance(event, Done):
            room.note("refused" if event.answer.abstained else "answered")
            added = content.close(event.answer)
            message = {"role": "assistant", **added, "content": content.text}
            yield "done", {"added": added, "message": message}


def _conversation(
    assistant: Assistant, messages: Sequence[schemas.ChatMessage]
) -> tuple[str, list[Exchange]]:
    """The last question, and those before it as they were understood."""
    turns: list[tuple[str, str]] = []  # a question, and what was said to it
    for message in messages:
        if message.role == "user":
            turns.append((message.text, ""))
        elif message.role == "assistant" and turns:
            question, said = turns[-1]
            turns[-1] = (question, said + message.text)
    history: list[Exchange] = []
    for question, said in turns[:-1][-FORMER:]:
        if 0 < len(question) <= MAX_QUESTION:
            cited = cited_articles(said)
            titles = tuple(_titles(assistant, cited))
            history.append(Exchange(complete(question, history), cited, titles))
    return turns[-1][0], history


def _titles(assistant: Assistant, cited: Sequence[str]) -> Generator[str]:
    for article_id in cited:
        with suppress(ArticleNotFound):  # removed since, or never there
            if title := assistant.article(article_id).title:
                yield title


async def _chunks(
    events: AsyncGenerator[Named],
    completion: Completion,
    accepted: str,
    options: schemas.StreamOptions,
) -> AsyncIterator[str]:
    """The events as OpenAI's chunks, the way these go over the wire."""
    usage: Record = {"usage": None} if options.include_usage else {}
    async with aclosing(events):
        async for name, record in events:
            for chunk in _chunks_of(name, record, completion):
                yield _line({**chunk, **usage})
            if name == "error":  # where there is no last chunk, clients raise the error
                yield _line(openai_error(record, accepted))
            if name == "done":
                if options.include_usage:
                    yield _line(completion.used(record["message"]["content"]))
                yield "data: [DONE]\n\n"


def _chunks_of(name: str, record: Record, completion: Completion) -> Generator[Record]:
    if name == "begun":
        yield completion.chunk({"role": "assistant", "content": ""})
    elif name == "sentence":
        yield completion.chunk(record)
    elif name == "done":
        added = {key: value for key, value in record["added"].items() if value}
        if added:
            yield completion.chunk(added)
        yield completion.chunk({}, end="stop")


def _line(record: Record) -> str:
    return f"data: {json.dumps(record, ensure_ascii=False)}\n\n"
