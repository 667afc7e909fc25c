"""How what stands before the routes says no."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from chat.web.errors import error_record, error_response, headers_of
from chat.web.openai_errors import OPENAI, openai_failure
from ingest.errors import WenjinError


async def refuse(error: WenjinError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the error, in the shape that belongs to the path."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    if scope["path"].startswith(OPENAI):
        response = openai_failure(error, Headers(scope=scope).get("accept-language", ""))
    else:
        response = error_response(error_record(error), headers_of(error))
    await response(scope, receive, send)
