"""The library over HTTP: its articles listed, counted, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from chat.assistant import Assistant
from chat.records import Record, article_record
from chat.settings import Settings
from chat.web.guard.changing import changes_allowed, check_change
from chat.web.openapi import TOKEN_WANTED
from chat.web.schemas.examples import AN_ID
from chat.web.schemas.failures import ALWAYS, CHANGE, failures
from chat.web.schemas.library import Articles, LibraryFacts, Statistics, WholeArticle
from index.store.listing import Wanted
from ingest.types import Article

MOST = 200  # articles listed at a time
DAY = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
Order = Literal["newest", "oldest", "title", "length"]


Words = Annotated[
    str, Query(max_length=200, description="Words of the title, the authors or the source: all.")
]
Author = Annotated[str, Query(max_length=200, description="An author's whole name.")]
Source = Annotated[str, Query(max_length=200, description="The newspaper's whole name.")]
Since = Annotated[
    str, Query(alias="from", pattern=DAY, description="The first day of publication: `2024-05-06`.")
]
Until = Annotated[str, Query(alias="to", pattern=DAY, description="The last day of publication.")]
Sort = Annotated[
    Order, Query(alias="sort", description="What comes first; undated articles come last.")
]
Offset = Annotated[int, Query(ge=0, le=2**31, description="How many to pass over.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many to give at most.")]
Id = Annotated[
    str, Path(description="The article's id, or how only its begins.", openapi_examples=AN_ID)
]


def library_routes(
    assistant: Assistant, settings: Settings, *, examples: Sequence[str] = ()
) -> APIRouter:
    """The routes that tell of the library, and the one that removes articles. ``examples`` are
    questions to begin with, if not those that the library gives.
    """
    router = APIRouter(tags=["library"], responses=ALWAYS)
    own_version = version("wenjin")

    @router.get(
        "/api/library",
        operation_id="library",
        summary="The library in short · 文库概况",
        response_model=LibraryFacts,
        response_description="How much there is, and what may be done.",
    )
    def library(request: Request) -> JSONResponse:
        record = {
            "articles": assistant.article_count,
            "passages": assistant.passage_count,
            "version": own_version,
            "changes": changes_allowed(settings, request),
            "examples": list(examples) or assistant.examples(),
        }
        return JSONResponse(record)

    @router.get(
        "/api/articles",
        operation_id="list_articles",
        summary="The articles · 文章列表",
        response_model=Articles,
        response_description="Some of the articles, and how many there are.",
        responses=failures(422),
    )
    def articles(
        query: Words = "",
        author: Author = "",
        source: Source = "",
        since: Since = "",
        until: Until = "",
        order: Sort = "newest",
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> JSONResponse:
        """Narrowed by what is given, sorted, without their texts."""
        wanted = Wanted(query, author, source, since, until, order, offset, limit)
        listed = assistant.index.listed(wanted)
        found = assistant.index.numbered(listed.numbers)
        originals = assistant.index.originals_of(article.id for article in found)
        records = [listed_record(article, originals.get(article.id)) for article in found]
        return JSONResponse({"total": listed.total, "articles": records})

    @router.get(
        "/api/articles/{article_id}",
        operation_id="read_article",
        summary="An article · 文章全文",
        response_model=WholeArticle,
        response_description="The article with its text.",
        responses=failures(404),
    )
    def article(article_id: Id) -> JSONResponse:
        return JSONResponse(_whole(assistant, assistant.index.article(article_id)))

    @router.get(
        "/api/statistics",
        operation_id="statistics",
        summary="The library counted · 文库统计",
        response_model=Statistics,
        response_description="Articles by month, source, author and length.",
    )
    def statistics() -> JSONResponse:
        return JSONResponse(asdict(assistant.index.statistics()))

    @router.delete(
        "/api/articles/{article_id}",
        operation_id="remove_article",
        summary="Remove an article · 移除文章",
        response_model=WholeArticle,
        response_description="The article that was removed.",
        responses={**CHANGE, **failures(404, 503)},
        openapi_extra=TOKEN_WANTED,
    )
    def remove(article_id: Id, request: Request) -> JSONResponse:
        """What it answers puts the article back when it is sent to `POST /api/articles`."""
        check_change(settings, request)
        record = _whole(assistant, assistant.index.article(article_id))
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
