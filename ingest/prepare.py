"""What is made of an article in a worker, so that the one who stores it has less to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.split import split_article
from ingest.types import Article, Passage


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with its passages and its `dedupe.signature`."""

    article: Article
    passages: tuple[Passage, ...]
    signature: tuple[int, ...]


def prepare_article(article: Article) -> Prepared:
    """The article, split and signed."""
    from ingest.dedupe import signature

    return Prepared(article, tuple(split_article(article)), signature(article.text))


def below(above: Iterable[str | None], text: str) -> str:
    """A passage's text below what stands above it on the page, which it is found by, too.

    Authors are searched for by name, and say nothing of what the text means.
    """
    return "\n".join([*filter(None, above), text])
