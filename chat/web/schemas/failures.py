"""How routes declare what they answer besides what they are asked for: failures, and events."""

from __future__ import annotations

from typing import Any

Declared = dict[int | str, dict[str, Any]]

_MEANINGS = {
    401: "Who changes the library needs a token here: this request has none, or another one.",
    403: "This isn't allowed here, or not from there.",
    404: "There is no such thing.",
    408: "The request didn't come to its end in time.",
    413: "The request is larger than the server takes.",
    422: "The request isn't as it should be: the error says where.",
    429: "These are too many requests in a minute.",
    500: "A model or the library fails.",
    503: "The server is busy, or can't answer now.",
    504: "The answer takes longer than it may.",
}
_SECONDS = {"description": "After how many seconds to come again.", "schema": {"type": "integer"}}
_SCHEME = {"description": "What kind of token is wanted.", "schema": {"type": "string"}}
_HEADERS = {
    401: {"WWW-Authenticate": _SCHEME},
    429: {"Retry-After": _SECONDS},
    503: {"Retry-After": _SECONDS},
}
_SCHEMAS = {
    "application/json": {"$ref": "#/components/schemas/Failure"},
    "text/html": {"type": "string"},
}


def failures(*statuses: int, kind: str = "application/json") -> Declared:
    """What FastAPI takes as ``responses``: these statuses, answered in JSON or on a page."""
    return {status: _failure(status, kind) for status in statuses}


def _failure(status: int, kind: str) -> dict[str, Any]:
    content = {kind: {"schema": _SCHEMAS[kind]}}
    return {
        "description": _MEANINGS[status],
        "content": content,
        "headers": _HEADERS.get(status, {}),
    }


ALWAYS = failures(403, 429, 500)
"""What may happen to every request to the API."""
BODY = failures(408, 413, 422)
"""What may happen to what is sent."""
CHANGE = failures(401)
"""What may happen to who changes the library."""


def events(model: str) -> dict[int | str, dict[str, Any]]:
    """That a response may come as events, each of them as the ``model`` says."""
    schema = {"$ref": f"#/components/schemas/{model}"}
    return {200: {"content": {"text/event-stream": {"schema": schema}}}}
