"""The log: what a line tells of a request, which id it has, and what is never in it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from scripted import QUESTION, ScriptedAssistant

from chat.settings import Settings
from chat.web.api import create_app
from chat.web.logs import JsonLines, RequestLog, TextLines, request_id
from ingest.errors import LibraryError
from ingest.types import Article

LOCAL = "http://127.0.0.1:7860"
PROXY = ("10.0.0.1", 50000)
GIVEN = "edge-1.abc_DEF"


class _Kept(logging.Handler):
    """The lines that are logged, in both forms."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.json: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(TextLines().format(record))
        self.json.append(json.loads(JsonLines().format(record)))

    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.json if line["logger"] == "wenjin.requests"]


@pytest.fixture
def log() -> Iterator[_Kept]:
    kept, logger = _Kept(), logging.getLogger("wenjin")
    logger.addHandler(kept)
    logger.setLevel(logging.INFO)
    yield kept
    logger.removeHandler(kept)
    logger.setLevel(logging.NOTSET)


class _Broken(ScriptedAssistant):
    def article(self, wanted: str) -> Article:
        if wanted == "unreadable":
            raise LibraryError("the disk is full: make room", "磁盘已满：请腾出空间")
        raise RuntimeError(f"no such\nthing as {wanted}")


@pytest.fixture(scope="module")
def client() -> TestClient:
    settings = Settings(trusted_proxies="10.0.0.0/8", language="en")
    app = create_app(_Broken(), settings)
    return TestClient(app, LOCAL, client=PROXY, raise_server_exceptions=False)


def test_a_request_is_a_line(client: TestClient, log: _Kept) -> None:
    answer = client.get("/api/articles/none?secret=1", headers={"X-Forwarded-For": "192.0.2.7"})
    (line,) = log.requests()
    assert line["id"] == answer.headers["x-request-id"]
    assert line["method"] == "GET"
    assert line["path"] == "/api/articles/none"
    assert line["status"] == answer.status_code
    assert line["bytes"] == len(answer.content)
    assert line["address"] == "192.0.2.7"
    assert line["ms"] > 0
    assert line["level"] == "INFO"
    said = f"{line['id']} wenjin.requests: GET /api/articles/none {answer.status_code} "
    assert said in log.text[0]


def test_every_answer_has_an_id_of_its_own(client: TestClient) -> None:
    ids = {client.get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("peer", "given", "kept"),
    [
        (PROXY, GIVEN, True),
        (("192.0.2.7", 1), GIVEN, False),
        (PROXY, "short", False),
        (PROXY, "a" * 65, False),
        (PROXY, "forged id: GET /", False),
    ],
    ids=["proxy", "anyone", "short", "long", "odd"],
)
def test_an_id_is_taken_from_trusted_proxies_only(
    client: TestClient, peer: tuple[str, int], given: str, kept: bool
) -> None:
    client = TestClient(client.app, LOCAL, client=peer)
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is kept


def test_what_a_page_is_made_of_is_told_of_only_when_it_fails(
    client: TestClient, log: _Kept
) -> None:
    assert client.get("/wenjin/page.js").status_code == 200
    assert log.requests() == []
    assert client.get("/wenjin/none.js").status_code == 404
    assert [line["path"] for line in log.requests()] == ["/wenjin/none.js"]


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "JSON"])
def test_questions_and_tokens_are_in_no_line(client: TestClient, log: _Kept, stream: bool) -> None:
    headers = {"Authorization": "Bearer planted-token", "Cookie": "planted=cookie"}
    if stream:
        headers["Accept"] = "text/event-stream"
    asked = client.post("/api/ask", json={"question": QUESTION}, headers=headers)
    assert asked.status_code == 200
    client.get("/api/articles", params={"query": QUESTION, "token": "planted-token"})
    client.get("/articles/any")  # which fails
    everything = "".join(log.text) + json.dumps(log.json, ensure_ascii=False)
    assert QUESTION not in everything
    assert "planted" not in everything


def test_a_failure_that_nobody_foresaw_is_named_by_its_id(client: TestClient) -> None:
    for path in ("/api/articles/any", "/articles/any"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert f"the number {answer.headers['x-request-id']}" in answer.text
        assert "such" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
    english, chinese = client.get("/api/articles/any").json()["error"].values()
    assert english.startswith("the server failed")
    assert chinese.startswith("服务器出错了")


def test_a_failure_of_the_library_is_logged_with_its_cause(client: TestClient, log: _Kept) -> None:
    answer = client.get("/articles/unreadable")
    assert answer.status_code == 500
    failure, request = log.json
    assert failure["message"] == "the disk is full: make room"
    assert failure["id"] == request["id"] == answer.headers["x-request-id"]
    assert "LibraryError" in failure["traceback"]


def test_who_goes_away_before_an_answer_is_noted(log: _Kept) -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        """Answers nobody."""

    client = TestClient(RequestLog(nothing), raise_server_exceptions=False)
    client.get("/")
    assert [line["status"] for line in log.requests()] == [499]


def record(message: str, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("wenjin.test", logging.INFO, "", 0, message, (), None)
    made.__dict__ |= more
    return made


FORGED = [
    "GET /\n2026-01-01T00:00:00.000Z INFO - wenjin.requests: GET /admin 200",
    "carriage\rreturn",
    "form\x0cfeed and \x0b and \x1c and \x85",
    "line \u2028 and paragraph \u2029",
    "colours \x1b[31m and bells \x07",
    "turned \u202e round",
    "lone \ud800 surrogate",
]


@pytest.mark.parametrize("said", FORGED, ids=lambda said: said.split()[0])
def test_what_is_logged_forges_no_line(said: str) -> None:
    text, lines = TextLines().format(record(said)), JsonLines().format(record(said))
    assert text.isprintable()
    assert lines.isascii()
    assert lines.isprintable()
    text.encode()


def test_paths_forge_no_line(client: TestClient, log: _Kept) -> None:
    client.get("/articles/%0a2026%20INFO%20forged%0d%1b[2J")
    assert all(line.isprintable() for line in log.text if "wenjin.requests" in line)


def test_a_traceback_is_set_in() -> None:
    try:
        raise ValueError("first\nsecond with Bearer planted-token")
    except ValueError:
        failed = record("it failed", exc_info=sys.exc_info())
    first, *rest = TextLines().format(failed).split("\n")
    assert first.endswith("wenjin.test: it failed")
    assert rest[0] == "  | Traceback (most recent call last):"
    assert rest[-2:] == ["  | ValueError: first", "  | second with Bearer …"]
    said = json.loads(JsonLines().format(failed))
    assert said["traceback"].endswith("second with Bearer …")


@pytest.mark.parametrize("said", ["Bearer abc.DEF-1", "authorization: bearer abc.DEF-1, more"])
def test_tokens_are_struck(said: str) -> None:
    assert "abc" not in TextLines().format(record(said))
    assert "abc" not in JsonLines().format(record(said))


def test_outside_of_requests_there_is_no_id() -> None:
    assert request_id() == ""
    assert " INFO - wenjin.test: started" in TextLines().format(record("started"))
    assert json.loads(JsonLines().format(record("started")))["id"] is None


def test_requests_at_once_have_their_own_ids(log: _Kept) -> None:
    app = FastAPI()
    app.add_middleware(RequestLog)

    @app.get("/")
    def own() -> str:
        logging.getLogger("wenjin.test").info("asked")
        return request_id()

    client = TestClient(app)
    answers = [client.get("/") for _ in range(3)]
    assert [answer.json() for answer in answers] == [a.headers["x-request-id"] for a in answers]
    said = [line["id"] for line in log.json if line["message"] == "asked"]
    assert said == [answer.json() for answer in answers]
