"""``POST /api/feedback``: what a reader says of an answer."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response

from chat.assistant import Assistant
from chat.feedback import Opinion, case, keep
from chat.web.schemas.examples import OPINIONS
from chat.web.schemas.failures import ALWAYS, BODY
from chat.web.schemas.requests import Feedback
from ingest.errors import ArticleNotFound
from ingest.types import Article

LONGEST_SAID = 2000  # characters
QUOTES = 8
LONGEST_QUOTE = 500
FORMER = 5  # questions


def feedback_routes(assistant: Assistant, library: Path) -> APIRouter:
    """The route that keeps opinions on the answers of the library in this folder."""
    router = APIRouter(tags=["asking"], responses=ALWAYS)

    @router.post(
        "/api/feedback",
        status_code=204,
        operation_id="give_feedback",
        summary="Say whether an answer helped · 反馈",
        response_description="It is kept.",
        responses=BODY,
    )
    def feedback(given: Annotated[Feedback, Body(openapi_examples=OPINIONS)]) -> Response:
        """Kept in the library's folder as a case that `wenjin eval` runs."""
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
