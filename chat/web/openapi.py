"""``/openapi.json``: what FastAPI knows of the routes, and what it can't know."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from chat.web.schemas.answers import AskEvent
from chat.web.schemas.completions import ChunkEvent
from chat.web.schemas.examples import RESPONSES
from chat.web.schemas.library import UploadEvent
from chat.web.schemas.model import Failure
from chat.web.schemas.requests import Restored

REF = "#/components/schemas/{model}"
TOKEN = "token"  # noqa: S105  # the scheme's name
TOKEN_WANTED: dict[str, Any] = {"security": [{TOKEN: []}, {}]}
"""What an operation that may want a token says of that: without one, it may be allowed, too."""

DESCRIPTION = """\
Answers questions from a library of articles, and shows the sentence behind every statement.
问津：向一批文章提问，每句回答都给出原文出处。

What fails is said in English and Chinese, with a status to match. Positions and lengths count
characters (Unicode code points), not bytes. Whatever may be a list of events is one for who sends
`Accept: text/event-stream`: named events, each with a line of JSON as its data.
"""
TAGS = [
    {"name": "asking", "description": "Questions and answers · 问答"},
    {"name": "library", "description": "The articles · 文库"},
    {"name": "pages", "description": "What browsers show · 网页"},
    {"name": "openai", "description": "For clients of OpenAI's interface · OpenAI 兼容接口"},
    {"name": "server", "description": "Whether it works, and how much it has to do · 服务器状态"},
]
# Models that no route is declared with: those of events, of failures, of what is read as a stream.
_OTHERS: tuple[type[Any], ...] = (AskEvent, UploadEvent, ChunkEvent, Failure, Restored)
_NEVER = "HTTPValidationError", "ValidationError"  # what FastAPI takes for granted


def describe(app: FastAPI) -> None:
    """Have ``app.openapi()`` tell all of it."""
    app.description = DESCRIPTION
    app.openapi_tags = TAGS
    app.separate_input_output_schemas = False
    known = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(known())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI has it done


def described_paths(*routers: APIRouter) -> list[str]:
    """The paths that the description has of these routers' own routes, without making it: that
    takes a third of a second, and nobody who is answered should wait for it.
    """
    routes = (route for router in routers for route in router.routes)
    described = (each for each in routes if isinstance(each, APIRoute) and each.include_in_schema)
    return list(dict.fromkeys(each.path_format for each in described))


def _completed(told: dict[str, Any]) -> dict[str, Any]:
    """With the models that it doesn't know, the token, and examples as they are: FastAPI would
    leave out what is null. What FastAPI itself would answer to a wrong request, nobody answers.
    """
    for path in told["paths"].values():
        for operation in path.values():
            _complete(operation)
    _, others = models_json_schema([(each, "validation") for each in _OTHERS], ref_template=REF)
    components = told.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _NEVER:
        schemas.pop(name, None)
    for name, schema in others["$defs"].items():
        schemas.setdefault(name, schema)
    components["securitySchemes"] = {
        TOKEN: {
            "type": "http",
            "scheme": "bearer",
            "description": "The value of `WENJIN_ADMIN_TOKEN`, where the server has one.",
        }
    }
    return told


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if any(name in str(responses.get("422")) for name in _NEVER):
        del responses["422"]
    for kind, example in RESPONSES.get(operation["operationId"], {}).items():
        responses["200"]["content"][kind]["example"] = example
