"""What the page and the terminal say alike: filters, and who else printed a text."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable

from chat.i18n import text
from ingest.types import Article
from retriever.types import OPEN, Filter, Hit


def filter_text(condition: Filter, language: str) -> str:
    """The filter in words: ``作者：康振海``, ``Published: 2021 to 2023``."""
    if condition.kind == "author":
        return text("filter.author", language, name=condition.value)
    if condition.kind == "source":
        return text("filter.source", language, name=condition.value)
    return text("filter.published", language, when=_interval(condition.value, language))


def _interval(interval: str, language: str) -> str:
    start, end = interval.split("/")
    if end == OPEN:
        return text("filter.since", language, start=start)
    if start == OPEN:
        return text("filter.until", language, end=end)
    first, last = (_period(day, language) for day in _shortened(start, end))
    if first == last:
        return first
    return text("filter.between", language, start=first, end=last)


def _shortened(start: str, end: str) -> tuple[str, str]:
    """Both dates without the month and the day, or without the day, if these say nothing."""
    if start.endswith("-01-01") and end.endswith("-12-31"):
        return start[:4], end[:4]
    if start.endswith("-01") and int(end[8:]) == monthrange(int(end[:4]), int(end[5:7]))[1]:
        return start[:7], end[:7]
    return start, end


def _period(date: str, language: str) -> str:
    return text("filter.year", language, year=date) if len(date) == 4 else date


def reprints(article: Article, hits: Iterable[Hit]) -> list[Article]:
    """The other articles that print the text of ``article``, as far as ``hits`` know."""
    of_article = (hit for hit in hits if hit.article.id == article.id)
    return list({other.id: other for hit in of_article for other in hit.reprints}.values())


def place_text(article: Article) -> str:
    """Where and when an article stood, as far as that is known; its title stands for the place."""
    return " ".join(filter(None, [article.source or article.label, article.published]))
