"""``GET /api/references``: articles as references, to be cited elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from chat.assistant import Assistant
from chat.references import Format, references
from chat.web.errors import RequestError
from chat.web.schemas.examples import SOME_IDS
from chat.web.schemas.failures import ALWAYS, failures

AT_MOST = 200  # articles
IDS = f"The ids of the articles, comma separated: {AT_MOST} at most."
FORMAT = "`gbt7714` for GB/T 7714—2015, `bibtex` for BibTeX."


def reference_routes(assistant: Assistant) -> APIRouter:
    """The routes that give references."""
    router = APIRouter(tags=["library"], responses=ALWAYS)

    @router.get(
        "/api/references",
        operation_id="references",
        summary="Articles as references · 参考文献",
        response_class=PlainTextResponse,
        response_description="The references, in the order of the ids.",
        responses=failures(404, 422),
    )
    def give(
        ids: Annotated[str, Query(min_length=1, description=IDS, openapi_examples=SOME_IDS)],
        form: Annotated[Format, Query(alias="format", description=FORMAT)],
    ) -> PlainTextResponse:
        """What others cite the articles by."""
        wanted = list(dict.fromkeys(ids.split(",")))
        if len(wanted) > AT_MOST:
            raise RequestError(
                f"these are {len(wanted)} articles: ask for {AT_MOST} at most",
                f"文章有 {len(wanted)} 篇：一次最多 {AT_MOST} 篇",
            )
        return PlainTextResponse(references(map(assistant.article, wanted), form))

    return router
