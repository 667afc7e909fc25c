"""``GET /api/search``: the passages that may answer, without an answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from chat.assistant import MAX_QUESTION, Assistant
from chat.records import hit_record, query_record
from chat.web.schemas.answers import Searched
from chat.web.schemas.examples import SEARCHED
from chat.web.schemas.failures import ALWAYS, failures
from chat.web.schemas.requests import MOST_WITHOUT, NOT_BLANK, Text

MOST = 100  # passages

# The question's bounds are only described here: `Assistant` refuses what breaks them.
BOUNDS = {"minLength": 1, "maxLength": MAX_QUESTION, "pattern": NOT_BLANK}
Question = Annotated[
    str,
    Query(description="A question, or words.", json_schema_extra=BOUNDS, openapi_examples=SEARCHED),
]
Passages = Annotated[
    int | None,
    Query(ge=1, le=MOST, description="How many passages; as many as an answer is read from."),
]
Without = Annotated[
    list[Text],
    Query(max_length=MOST_WITHOUT, description="The `key` of each filter to be left out."),
]


def search_routes(assistant: Assistant) -> APIRouter:
    """The route that searches."""
    router = APIRouter(tags=["asking"], responses=ALWAYS)

    @router.get(
        "/api/search",
        operation_id="search",
        summary="Search for passages · 检索",
        response_model=Searched,
        response_description="The best passages, best first.",
        responses=failures(422, 503),
    )
    def search(q: Question, k: Passages = None, without: Without = []) -> JSONResponse:  # noqa: B006
        """What an answer would be looked for in, and how well each passage fits."""
        query = assistant.understand(q, without=without)
        hits = assistant.search(q, k, without=without)
        records = [hit_record(hit, query.topic) for hit in hits]
        return JSONResponse({"query": query_record(query), "hits": records})

    return router
