"""Answers and uploads that have to end before they are done: too late, or as the server stops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from conftest import make_article
from fastapi import FastAPI
from scripted import QUESTION, WaitingAssistant
from test_chat_asking import STREAM, events, run

from chat.settings import Settings
from chat.types import Answer, Event
from chat.web.api import say_errors
from chat.web.ending import Ending
from chat.web.room import Room
from chat.web.routes.asking import ask_routes
from chat.web.routes.uploads import upload_routes
from index.embed import load_embedder
from index.index import Index

PATIENCE = 20  # seconds for what takes none
BRIEF = 0.05  # seconds that an answer may take which never comes


class _Client:
    """Sends a request in pieces, and keeps what is answered, piece by piece."""

    def __init__(self, *pieces: bytes, said: Callable[[bytes], object] = len) -> None:
        self._pieces = list(pieces)
        self._said = said
        self.status = 0
        self.body = b""
        self.ended = asyncio.Event()

    async def ask(self, app: FastAPI, path: str, headers: dict[str, str], query: str = "") -> None:
        """Until the server is done with it."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        await asyncio.wait_for(app(scope, self._receive, self._send), PATIENCE)

    async def _receive(self) -> dict[str, Any]:
        if self._pieces:
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}
        await asyncio.Event().wait()
        raise AssertionError

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")
        self._said(self.body)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.ended.set()


async def asked(
    assistant: WaitingAssistant, ending: Ending, headers: dict[str, str], stop_at: bytes = b"\0"
) -> tuple[int, str]:
    """What who asks is given, while the assistant still thinks: it goes on only after that. The
    server stops as soon as the answer has ``stop_at``.
    """
    app = FastAPI()
    say_errors(app, Settings())
    app.include_router(ask_routes(assistant, Room(ending=ending)))
    body = json.dumps({"question": QUESTION}).encode()
    client = _Client(body, said=lambda body: stop_at in body and ending.stop())
    headers = {"Content-Type": "application/json", **headers}
    answering = asyncio.create_task(client.ask(app, "/api/ask", headers))
    if not stop_at:
        ending.stop()
    await asyncio.wait_for(client.ended.wait(), PATIENCE)
    assistant.go.set()
    await answering
    return client.status, client.body.decode()


def test_an_answer_that_takes_too_long_ends_with_an_event_that_says_so() -> None:
    status, body = run(asked(WaitingAssistant(), Ending(BRIEF), STREAM))
    (found, _), (error, record) = events(body)
    assert (status, found, error) == (200, "found", "error")
    assert record["status"] == 504
    assert record["error"]["en"].startswith("there was no answer within 0.05 s")
    assert record["error"]["zh"].startswith("0.05 秒内没有得出回答")


def test_one_that_is_waited_for_as_a_whole_is_504() -> None:
    status, body = run(asked(WaitingAssistant(), Ending(BRIEF), {}))
    assert (status, json.loads(body)["status"]) == (504, 504)


class _Thoughtful(WaitingAssistant):
    """Answers at once, and thinks long of what could be asked next."""

    def __init__(self) -> None:
        super().__init__()
        self.go.set()

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        yield from super().stream(question, **given)

    def suggestions(self, answer: Answer) -> list[str]:
        self.go.clear()
        self.go.wait(PATIENCE)
        return []


def test_an_answer_that_is_there_is_not_failed_by_what_comes_after_it() -> None:
    status, body = run(asked(_Thoughtful(), Ending(0.5), STREAM))
    assert status == 200
    assert [name for name, _ in events(body)][-1] == "done"


def test_a_server_that_stops_ends_streams_with_an_event_that_says_so() -> None:
    _, body = run(asked(WaitingAssistant(), Ending(), STREAM, stop_at=b"event: found"))
    (found, _), (error, record) = events(body)
    assert (found, error, record["status"]) == ("found", "error", 503)
    assert record["error"]["en"].startswith("the server is stopping")
    assert record["error"]["zh"].startswith("服务器正在停止")


def test_who_waits_for_the_whole_is_asked_to_come_again() -> None:
    status, body = run(asked(WaitingAssistant(), Ending(), {}, stop_at=b""))
    assert (status, json.loads(body)["status"]) == (503, 503)


def test_who_waits_for_a_place_is_told_in_time() -> None:
    async def two() -> tuple[int, int]:
        assistant, ending = WaitingAssistant(), Ending(BRIEF)
        app = FastAPI()
        say_errors(app, Settings())
        app.include_router(ask_routes(assistant, Room(at_once=1, ending=ending)))
        clients = [_Client(json.dumps({"question": QUESTION}).encode()) for _ in range(2)]
        headers = {"Content-Type": "application/json"}
        work = [asyncio.create_task(each.ask(app, "/api/ask", headers)) for each in clients]
        for each in clients:
            await asyncio.wait_for(each.ended.wait(), PATIENCE)
        assistant.go.set()
        await asyncio.gather(*work)
        return clients[0].status, clients[1].status

    assert run(two()) == (504, 504)


class _Model:
    """The assistant's part that uploads use."""

    def __init__(self, index: Index) -> None:
        self.index = index


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    embedder = load_embedder("builtin")
    with Index.open(tmp_path_factory.mktemp("library"), embedder, create=True) as index:
        index.add([make_article("渡船的钱从哪里来，镇里已经说清楚了。")])
        yield index


def lines() -> bytes:
    """A file of many articles."""
    return "\n".join(
        json.dumps({"title": f"第{n}条渡线", "text": f"第{n}条渡线每天开出{n + 3}班船。" * 20})
        for n in range(3000)
    ).encode()


async def uploaded(index: Index, stop_at: bytes) -> str:
    ending = Ending()
    app = FastAPI()
    say_errors(app, Settings())
    app.include_router(upload_routes(_Model(index), Settings(), ending))  # type: ignore[arg-type]
    client = _Client(lines(), said=lambda body: stop_at in body and ending.stop())
    headers = {"Host": "127.0.0.1"}
    await client.ask(app, "/api/articles", headers, query="name=lines.jsonl")
    return client.body.decode()


def test_an_upload_ends_when_the_server_stops(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    body = run(uploaded(index, stop_at=b"event: progress"))
    assert events(body)[-1][0] == "error"
    assert events(body)[-1][1]["error"]["en"].startswith("the server is stopping")
    assert list(tmp_path.iterdir()) == []  # nothing of the file is left


async def received_in_part(index: Index, folder: Path) -> None:
    """Send half of a file; the server gives up the request when that has come."""
    app = FastAPI()
    app.include_router(upload_routes(_Model(index), Settings(), Ending()))  # type: ignore[arg-type]
    client = _Client(b"half", b"")

    async def receive() -> dict[str, Any]:
        if client._pieces:
            return {"type": "http.request", "body": client._pieces.pop(0), "more_body": True}
        task.cancel()
        await asyncio.Event().wait()
        raise AssertionError

    client._receive = receive  # type: ignore[method-assign]
    headers = {"Host": "127.0.0.1"}
    asking = client.ask(app, "/api/articles", headers, query="name=half.txt")
    task = asyncio.ensure_future(asking)
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_file_that_came_in_part_leaves_nothing(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = index.article_count
    run(received_in_part(index, tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert index.article_count == before
