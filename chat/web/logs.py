"""Logs: a line a request, and with every line the id of the request that it belongs to.

Lines tell paths, never what was asked, nor who may do what: no query, no body, no headers.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ID_HEADER = "X-Request-ID"
GONE = 499  # who asked went away before anything was answered; there is no such status, but a habit

_GIVEN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_TOKEN = re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',]+")
# What a page is made of comes in dozens: it is told of only when it fails.
_PARTS = ("text/javascript", "application/javascript", "text/css", "font/", "image/")

_log = logging.getLogger("wenjin.requests")
_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request that is being answered; empty outside of any."""
    return _id.get()


def set_up_logs(log_format: str) -> None:
    """Have the whole process log to stderr, as ``log_format`` ("text" or "json") says."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("wenjin").setLevel(logging.INFO)


@dataclass(slots=True)
class Request:
    """What a line tells of a request and its answer."""

    method: str
    path: str  # without its query
    address: str
    status: int = GONE
    ms: float = 0.0
    bytes: int = 0

    def __str__(self) -> str:
        return (
            f"{self.method} {self.path} {self.status} {self.ms:.1f} ms {self.bytes} B "
            f"{self.address}"
        )


class RequestLog:
    """Gives every request an id, which its answer names, and logs a line when it is done.

    An id that comes with it is kept: `TrustedProxies` lets only those of proxies through.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, and watch its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own_id = _given(scope) or secrets.token_hex(8)
        _id.set(own_id)  # each request has a context of its own
        client = scope.get("client")
        request = Request(scope["method"], scope["path"], client[0] if client else "-")
        level = logging.INFO
        begun = time.perf_counter()

        async def send_on(message: Message) -> None:
            nonlocal level
            if message["type"] == "http.response.start":
                request.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[ID_HEADER] = own_id
                if request.status < 400 and headers.get("content-type", "").startswith(_PARTS):
                    level = logging.DEBUG
            request.bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        finally:
            request.ms = round((time.perf_counter() - begun) * 1000, 1)
            _log.log(level, "%s", request, extra={"request": request})


def _given(scope: Scope) -> str:
    """The id that the request brings, if it looks like one."""
    given = Headers(scope=scope).get(ID_HEADER, "")
    return given if _GIVEN_ID.fullmatch(given) else ""


class TextLines(logging.Formatter):
    """Lines to be read. Whatever a record says, it begins no line: what goes on is set in."""

    def format(self, record: logging.LogRecord) -> str:
        """``2026-05-18T09:30:00.123Z INFO 3f9c… wenjin.requests: GET / 200 …``."""
        line = (
            f"{_time(record)} {record.levelname} {request_id() or '-'} {record.name}: "
            f"{_clean(record.getMessage())}"
        )
        return "\n  | ".join((line, *map(_clean, _traceback(self, record).splitlines())))


class JsonLines(logging.Formatter):
    """Lines to be read by programs: a JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, and what is known of the request if it is a request's line."""
        said: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "id": request_id() or None,
            "logger": record.name,
            "message": _clean(record.getMessage()),
        }
        if isinstance(request := getattr(record, "request", None), Request):
            said |= asdict(request)
        if traceback := _traceback(self, record):
            said["traceback"] = _without_tokens(traceback)
        return json.dumps(said, ensure_ascii=True)  # no character of it ends a line


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    error = formatter.formatException(record.exc_info) if record.exc_info else ""
    return "\n".join(filter(None, (error, record.stack_info)))


def _clean(text: str) -> str:
    """The text in one line, with what can't be printed as escapes, and without tokens."""
    text = _without_tokens(text)
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _without_tokens(text: str) -> str:
    return _TOKEN.sub(r"\1 …", text)
