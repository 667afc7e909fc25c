"""``POST /api/feedback``: what a reader says of an answer."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field, StringConstraints

from chat.assistant import MAX_QUESTION, Assistant
from chat.feedback import Opinion, Reason, case, keep
from ingest.errors import ArticleNotFound
from ingest.types import Article

LONGEST_NOTE = 1000  # characters
LONGEST_SAID = 2000
QUOTES = 8
LONGEST_QUOTE = 500
FORMER = 5  # questions

Text = Annotated[str, StringConstraints(max_length=MAX_QUESTION)]


class Former(BaseModel):
    """A question asked before."""

    question: Text


class Understood(BaseModel):
    """The question as the answer says that it was understood."""

    text: Text = ""


class Cited(BaseModel):
    """The place that a citation names."""

    article_id: str = Field(max_length=100)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Shown(BaseModel):
    """What counts of the answer's record."""

    query: Understood = Understood()
    answer: str = ""
    abstained: bool = False
    citations: list[Cited] = Field(default=[], max_length=100)
    hits: list[Any] = []


class Feedback(BaseModel):
    """An opinion on an answer. One with the same ``id`` replaces it; ``helpful`` null takes it
    back.
    """

    id: str = Field(default="", pattern="^[0-9a-f]{0,32}$")
    question: Text = Field(min_length=1)
    history: list[Former] = []
    without: list[Text] = Field(default=[], max_length=20)
    helpful: bool | None
    reason: Reason = ""
    note: str = Field(default="", max_length=LONGEST_NOTE)
    answer: Shown = Shown()


def feedback_routes(assistant: Assistant, library: Path) -> APIRouter:
    """The route that keeps opinions on the answers of the library in this folder."""
    router = APIRouter()

    @router.post("/api/feedback", status_code=204)
    def feedback(given: Feedback) -> Response:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        keep(library, case(_opinion(given, assistant), now))
        return Response(status_code=204)

    return router


def _opinion(given: Feedback, assistant: Assistant) -> Opinion:
    """The opinion, with quotes as the library's own articles have them."""
    quoted = [
        (article, article.text[cited.start : cited.end])
        for cited in given.answer.citations[:QUOTES]
        if (article := _article(assistant, cited.article_id))
    ]
    real = [(article, quote) for article, quote in quoted if 0 < len(quote) <= LONGEST_QUOTE]
    # An answer about the library itself was not found in passages, and no passage holds it.
    quotes = [quote for _, quote in real if given.answer.hits]
    return Opinion(
        id=given.id or secrets.token_hex(8),
        question=given.answer.query.text or given.question,
        asked=given.question,
        helpful=given.helpful,
        reason=given.reason,
        note=given.note.strip(),
        refused=given.answer.abstained,
        said=given.answer.answer[:LONGEST_SAID],
        quotes=tuple(dict.fromkeys(quotes)),
        article=real[0][0].title if real else None,
        before=tuple(each.question for each in given.history[-FORMER:]),
        without=tuple(given.without),
    )


def _article(assistant: Assistant, article_id: str) -> Article | None:
    """The article; None if it was removed since."""
    try:
        return assistant.article(article_id)
    except ArticleNotFound:
        return None
