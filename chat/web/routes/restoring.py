"""Removed articles, put back as their removal gave them."""

from __future__ import annotations

from pydantic import ValidationError

from chat.web.errors import RequestError
from chat.web.schemas.requests import Kept, Restored
from ingest.types import Article, Heading, article_id


def restored(content: bytes) -> list[Article]:
    """The articles in the JSON ``{"articles": […]}``. Raises RequestError for what isn't as it was
    when it was removed.
    """
    try:
        kept = Restored.model_validate_json(content)
    except ValidationError as error:
        places = dict.fromkeys(".".join(map(str, each["loc"])) for each in error.errors())
        raise RequestError(
            f"these aren't articles that were removed: mend {', '.join(places) or 'the JSON'}",
            f"这不是被移除的文章：请改正 {'、'.join(places) or 'JSON'}",
        ) from error
    return [_article(each) for each in kept.articles]


def _article(kept: Kept) -> Article:
    """Raises RequestError if the id isn't that of the content, or a heading isn't in the text."""
    said = kept.model_dump(exclude={"sections"})
    headings = tuple(Heading(each.text, each.start, each.level) for each in kept.sections)
    whole = kept.id == article_id(kept.title, kept.text) and all(
        each.start >= 0 and kept.text.startswith(each.text, each.start) for each in headings
    )
    if not whole:
        raise RequestError(
            f"the article {kept.id} isn't as it was: put back what its removal gave",
            f"文章 {kept.id} 与原来不同：请放回移除时给出的内容",
        )
    return Article(**said, headings=headings)
