"""How much may be sent, and how slowly."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI, Request
from pydantic import BaseModel
from serving import serving
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message

from chat.settings import Settings
from chat.web.api import say_errors
from chat.web.guard.bodies import LARGEST, Bodies

SHORT = 0.05  # seconds


class Asked(BaseModel):
    """What is asked."""

    question: str


def server(patience: float = 30) -> FastAPI:
    app = FastAPI()
    say_errors(app, Settings())
    app.add_middleware(Bodies, patience=patience)

    @app.post("/api/ask")
    async def ask(asked: Asked) -> dict[str, int]:
        return {"characters": len(asked.question)}

    @app.post("/api/articles")
    async def add(request: Request) -> dict[str, int]:
        return {"bytes": sum([len(piece) async for piece in request.stream()])}

    @app.post("/api/wait")
    async def wait(request: Request) -> Response:
        assert await request.body() == b""
        message = await request.receive()  # until the client goes away
        assert message["type"] == "http.disconnect"
        return Response()

    return app


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(server(), headers={"Content-Type": "application/json"})


def question(size: int) -> bytes:
    """A request of so many bytes."""
    frame = len(json.dumps({"question": ""}))
    return json.dumps({"question": "x" * (size - frame)}).encode()


def pieces(content: bytes) -> Iterator[bytes]:
    """What says nothing of its size beforehand."""
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]


def test_as_much_as_is_allowed_comes_in(client: TestClient) -> None:
    assert client.post("/api/ask", content=question(LARGEST)).status_code == 200
    assert client.post("/api/ask", content=pieces(question(LARGEST))).status_code == 200


def test_what_says_that_it_is_too_large_is_refused_at_once(client: TestClient) -> None:
    headers = {"Content-Length": str(LARGEST + 1)}
    answer = client.post("/api/ask", content=b"{", headers=headers)
    assert answer.status_code == 413
    assert set(answer.json()["error"]) == {"zh", "en"}
    assert answer.headers["connection"] == "close"


def test_what_turns_out_too_large_is_refused_when_it_does(client: TestClient) -> None:
    assert client.post("/api/ask", content=pieces(question(LARGEST + 1))).status_code == 413


def test_a_file_may_be_larger(client: TestClient) -> None:
    content = bytes(LARGEST + 1)
    assert client.post("/api/articles", content=content).json() == {"bytes": LARGEST + 1}
    answer = client.post("/api/articles", content=pieces(content))
    assert answer.json() == {"bytes": LARGEST + 1}


@pytest.mark.parametrize("path", ["/api/ask", "/api/articles"])
def test_what_never_comes_is_refused(path: str) -> None:
    with serving(server(patience=SHORT)) as address:
        url = httpx.URL(address)
        with socket.create_connection((url.host, url.port), timeout=30) as line:
            head = f"POST {path} HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: 10\r\n\r\n12345"
            line.sendall(head.encode())
            told = b"".join(iter(lambda: line.recv(65536), b""))  # to the end of the connection
    assert told.startswith(b"HTTP/1.1 408 ")
    assert "重新发送" in told.decode()


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time passes as it is told to."""

    now = 0.0

    def time(self) -> float:
        return self.now


def status_after(path: str, *came: tuple[float, bytes]) -> int:
    """The status of the answer to a body whose pieces come after so many seconds each; then the
    client goes away.
    """
    statuses: list[int] = []
    left = list(came)

    async def receive() -> Message:
        seconds, body = left.pop(0) if left else (1000, None)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Clock)
        loop.now += seconds
        for _ in range(3):  # who waits for a time may see that it has come
            await asyncio.sleep(0)
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    with start_blocking_portal(backend_options={"loop_factory": Clock}) as portal:
        portal.call(server(), scope, receive, send)
    return statuses[0]


IN_THREE = (b'{"question"', b":", b'"x"}')


@pytest.mark.parametrize(
    ("path", "seconds", "status"),
    [
        ("/api/ask", 9, 200),
        ("/api/ask", 12, 408),  # each in time, and together too late
        ("/api/articles", 29, 200),  # a file's pieces have their time each
        ("/api/articles", 31, 408),
    ],
)
def test_a_request_has_its_time_and_each_piece_of_a_file(
    path: str, seconds: float, status: int
) -> None:
    assert status_after(path, *((seconds, piece) for piece in IN_THREE)) == status


def test_who_has_sent_all_may_wait_for_ever() -> None:
    assert status_after("/api/wait", (0, b"")) == 200
