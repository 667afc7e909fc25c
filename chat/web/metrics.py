"""What the server counts, for Prometheus. Each app has a registry of its own."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.assistant import Assistant
from chat.web.guard.paths import path_within
from chat.web.logs import GONE
from chat.web.room import Room
from ingest.errors import WenjinError

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
PAGE = "page"  # the route of all that isn't in the API's description
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counts requests, and knows what the library and the room hold."""

    def __init__(self, assistant: Assistant, room: Room) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "wenjin_requests",
            "Requests by method, route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "wenjin_request_seconds",
            "How long requests take, to the end of the answer.",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(_Held(assistant, room))
        ProcessCollector(registry=self._registry)

    def note(self, method: str, route: str, status: str, seconds: float) -> None:
        """Count a request."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Held(Collector):
    """What is counted elsewhere, read when somebody wants to know."""

    def __init__(self, assistant: Assistant, room: Room) -> None:
        self._assistant = assistant
        self._room = room

    def collect(self) -> Iterator[Metric]:
        """The library's figures are left out while it can't be read."""
        answers = CounterMetricFamily(
            "wenjin_answers", "Questions by how they ended.", labels=("outcome",)
        )
        for outcome in ("answered", "refused", "failed"):
            answers.add_metric((outcome,), self._room.outcomes[outcome])
        yield answers
        answering, waiting = self._room.answering, self._room.waiting
        yield GaugeMetricFamily("wenjin_questions_answering", "Worked at now.", answering)
        yield GaugeMetricFamily("wenjin_questions_waiting", "Waiting for a thread.", waiting)
        try:
            articles, passages = self._assistant.article_count, self._assistant.passage_count
        except WenjinError:
            return
        yield GaugeMetricFamily("wenjin_articles", "Articles in the library.", articles)
        yield GaugeMetricFamily("wenjin_passages", "Passages in the library.", passages)


class Measured:
    """Has every request counted, whoever answers it, by those of the ``paths`` that it fits."""

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: Iterable[str]) -> None:
        self.app = app
        self._metrics = metrics
        self._routes = [(compile_path(each)[0], each) for each in paths]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, and watch its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        route = self._route(path_within(scope))
        status = str(GONE)
        begun = time.perf_counter()

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        except Exception:
            status = "500"
            raise
        finally:
            spent = time.perf_counter() - begun
            self._metrics.note(scope["method"], route, status, spent)

    def _route(self, path: str) -> str:
        """The path as the API's description has it: ``/api/articles/{article_id}``."""
        return next((route for pattern, route in self._routes if pattern.match(path)), PAGE)
