"""Whether the server works, and how much it has to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from scripted import QUESTION, UNANSWERABLE, ScriptedAssistant

from chat.settings import Settings
from chat.types import Event
from chat.web.api import say_errors
from chat.web.guard.token import check_figures
from chat.web.metrics import Measured, Metrics
from chat.web.openapi import describe, described_paths
from chat.web.room import Room
from chat.web.routes.asking import ask_routes
from chat.web.routes.health import health_routes
from chat.web.routes.unserved import Unserved
from ingest.errors import LibraryError, ModelError
from retriever.types import Hit

HERE = ("127.0.0.1", 50_000)  # who asks
STREAM = {"Accept": "text/event-stream"}
TOKEN = "a-token-that-nobody-guesses"  # of the server's administrator


class _Searching(ScriptedAssistant):
    def search(self, question: str, k: int) -> list[Hit]:
        return []


class _Damaged(_Searching):
    """Its library can't be read."""

    def search(self, question: str, k: int) -> list[Hit]:
        raise LibraryError("the library is damaged: mend it", "文库已损坏：请修复")

    @property
    def article_count(self) -> int:
        raise LibraryError("the library is damaged: mend it", "文库已损坏：请修复")


class _Failing(_Searching):
    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        yield next(super().stream(question, **given))
        raise ModelError("the model is gone", "模型不在了")


def server(assistant: ScriptedAssistant) -> FastAPI:
    app = FastAPI()
    describe(app)
    say_errors(app, Settings())
    room = Room()
    metrics = Metrics(assistant, room)
    routers = ask_routes(assistant, room), health_routes(assistant, metrics, check_figures)
    app.add_middleware(Measured, metrics=metrics, paths=described_paths(*routers))
    for router in routers:
        app.include_router(router)
    app.router.routes.append(Unserved(app.routes))
    return app


def client_of(assistant: ScriptedAssistant) -> TestClient:
    return TestClient(server(assistant), "http://127.0.0.1", client=HERE)


@pytest.fixture
def client() -> TestClient:
    return client_of(_Searching())


def figures(client: TestClient) -> dict[tuple[str, ...], float]:
    """Each figure by its name and the values of its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_server_that_runs_says_so(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_server_that_can_t_search_lives_but_is_not_ready() -> None:
    client = client_of(_Damaged())
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    error = {"en": "the library is damaged: mend it", "zh": "文库已损坏：请修复"}
    assert answer.json() == {"status": 503, "error": error}


def test_figures_of_a_damaged_library_are_left_out() -> None:
    found = figures(client_of(_Damaged()))
    assert ("wenjin_questions_waiting",) in found
    assert ("wenjin_articles",) not in found


def test_requests_are_counted_by_route_and_status(client: TestClient) -> None:
    client.get("/healthz")
    client.get("/healthz")
    client.post("/api/ask", json={})
    client.get("/api/ask")
    client.get("/api/nothing")
    client.request("BREW", "/api/pots/1")
    found = figures(client)
    name = "wenjin_requests_total"
    assert {key[1:]: value for key, value in found.items() if key[0] == name} == {
        ("GET", "/healthz", "200"): 2,
        ("POST", "/api/ask", "422"): 1,
        ("GET", "/api/ask", "405"): 1,
        ("GET", "page", "404"): 1,
        ("other", "page", "404"): 1,
    }
    assert found["wenjin_request_seconds_count", "/healthz"] == 2
    assert found["wenjin_request_seconds_sum", "/api/ask"] > 0


@pytest.mark.parametrize("headers", [STREAM, {}], ids=["stream", "JSON"])
def test_answers_are_counted_by_how_they_end(headers: dict[str, str]) -> None:
    client = client_of(_Searching())
    for question in (QUESTION, UNANSWERABLE, QUESTION, "长" * 2001):
        client.post("/api/ask", json={"question": question}, headers=headers)
    found = figures(client)
    assert found["wenjin_answers_total", "answered"] == 2
    assert found["wenjin_answers_total", "refused"] == 1
    assert found["wenjin_answers_total", "failed"] == 0
    assert found["wenjin_questions_answering",] == found["wenjin_questions_waiting",] == 0
    client = client_of(_Failing())
    client.post("/api/ask", json={"question": QUESTION}, headers=headers)
    assert figures(client)["wenjin_answers_total", "failed"] == 1


def test_the_library_is_counted(client: TestClient) -> None:
    found = figures(client)
    assert (found["wenjin_articles",], found["wenjin_passages",]) == (4, 12)
    assert found["process_resident_memory_bytes",] > 0


def test_two_servers_count_for_themselves(client: TestClient) -> None:
    client.get("/healthz")
    assert ("wenjin_requests_total", "GET", "/healthz", "200") not in figures(
        client_of(_Searching())
    )
