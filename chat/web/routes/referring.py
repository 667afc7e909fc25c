"""``GET /api/references``: articles as references, to be cited elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from chat.assistant import Assistant
from chat.references import Format, references
from chat.web.errors import RequestError

AT_MOST = 200  # articles


def reference_routes(assistant: Assistant) -> APIRouter:
    """The routes that give references."""
    router = APIRouter()

    @router.get("/api/references")
    def give(
        ids: Annotated[str, Query(min_length=1)], form: Annotated[Format, Query(alias="format")]
    ) -> PlainTextResponse:
        wanted = list(dict.fromkeys(ids.split(",")))
        if len(wanted) > AT_MOST:
            raise RequestError(
                f"these are {len(wanted)} articles: ask for {AT_MOST} at most",
                f"文章有 {len(wanted)} 篇：一次最多 {AT_MOST} 篇",
            )
        return PlainTextResponse(references(map(assistant.article, wanted), form))

    return router
