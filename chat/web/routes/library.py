"""The library over HTTP: its articles listed, counted, removed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from chat.assistant import Assistant
from chat.records import Record, article_record
from chat.settings import Settings
from chat.web.guard.changing import check_change
from index.store.listing import Wanted
from ingest.types import Article

MOST = 200  # articles listed at a time
Text = Annotated[str, Query(max_length=200)]
Day = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Order = Literal["newest", "oldest", "title", "length"]


def library_routes(assistant: Assistant, settings: Settings) -> APIRouter:
    """The routes that tell of the library, and the one that removes articles."""
    router = APIRouter()

    @router.get("/api/articles")
    def articles(
        query: Text = "",
        author: Text = "",
        source: Text = "",
        since: Annotated[Day, Query(alias="from")] = "",
        until: Annotated[Day, Query(alias="to")] = "",
        order: Annotated[Order, Query(alias="sort")] = "newest",
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> JSONResponse:
        wanted = Wanted(query, author, source, since, until, order, offset, limit)
        listed = assistant.index.listed(wanted)
        found = assistant.index.numbered(listed.numbers)
        originals = assistant.index.originals_of(article.id for article in found)
        records = [listed_record(article, originals.get(article.id)) for article in found]
        return JSONResponse({"total": listed.total, "articles": records})

    @router.get("/api/articles/{wanted}")
    def article(wanted: str) -> JSONResponse:
        return JSONResponse(_whole(assistant, assistant.index.article(wanted)))

    @router.get("/api/statistics")
    def statistics() -> JSONResponse:
        return JSONResponse(asdict(assistant.index.statistics()))

    @router.delete("/api/articles/{wanted}")
    def remove(wanted: str, request: Request) -> JSONResponse:
        check_change(settings, request)
        record = _whole(assistant, assistant.index.article(wanted))
        assistant.index.remove([record["id"]])
        return JSONResponse(record)

    return router


def listed_record(article: Article, original: str | None) -> Record:
    """An article as in a list: its ``label`` is never empty."""
    return {**article_record(article, reprint_of=original), "label": article.label}


def _whole(assistant: Assistant, article: Article) -> Record:
    """An article with its text and all that `restored` needs."""
    original = assistant.index.originals_of([article.id]).get(article.id)
    return {
        **listed_record(article, original),
        "text": article.text,
        "sections": [asdict(heading) for heading in article.headings],
    }
