"""What is made of an article in a worker, so that the one who stores it has less to do."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.split import split_article
from ingest.types import Article, Passage, Reading


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with its passages and its `dedupe.signature`."""

    article: Article
    passages: tuple[Passage, ...]
    signature: tuple[int, ...]


def prepare(reading: Reading) -> tuple[Prepared, ...]:
    """The reading's articles in their order."""
    return tuple(prepare_article(article) for article in reading.articles)


def prepare_article(article: Article) -> Prepared:
    """The article, split and signed."""
    from ingest.dedupe import signature

    return Prepared(article, tuple(split_article(article)), signature(article.text))
