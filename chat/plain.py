"""Answers, hits and articles as plain text, for terminals and other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chat.types import Citation
from ingest.types import Article
from retriever.types import Hit

SEPARATOR = " · "


def marks(citations: Iterable[int]) -> str:
    """Citation marks: ``[1][3]``."""
    return "".join(f"[{number}]" for number in citations)


def _authors(article: Article) -> str:
    return ("、" if article.language == "zh" else ", ").join(article.authors)


def byline(article: Article) -> str:
    """Who wrote it and where and when it stood, as far as the page says."""
    parts = (
        _authors(article),
        article.affiliation,
        " ".join(filter(None, [article.source, article.page])),
        article.published,
    )
    return SEPARATOR.join(part for part in parts if part)


def article_line(article: Article, note: str = "") -> str:
    """An article in one line of a list, with what there is to note on it."""
    parts = (article.id, article.label, byline(article), article.path, note)
    return SEPARATOR.join(part for part in parts if part)


def article_text(article: Article, note: str = "") -> str:
    """The whole article to read, as Markdown: title, subtitle, byline, what there is to note on it,
    headings, paragraphs, and what the page says besides.
    """
    above = filter(None, [article.subtitle, byline(article), note])
    return "\n\n".join([f"# {article.label}", *above, *_blocks(article), *article.notes])


def _blocks(article: Article) -> Iterator[str]:
    """The paragraphs, with a ``##`` before those that are headings."""
    levels = {heading.start: heading.level for heading in article.headings}
    start = 0
    for line in article.text.split("\n"):
        level = levels.get(start)
        if line.strip():
            yield f"{'#' * (level + 1)} {line}" if level else line
        start += len(line) + 1


def source_text(citation: Citation) -> str:
    """A citation below an answer: number, title, who, section, and the quote."""
    article = citation.article
    parts = (article.label, _authors(article), article.affiliation, citation.heading)
    head = SEPARATOR.join(part for part in parts if part)
    return f"{marks([citation.number])} {head}\n    {_one_line(citation.quote)}"


def hit_text(rank: int, hit: Hit) -> str:
    """A hit of a search: rank, score, where it stands, and the passage."""
    parts = (f"{hit.score:.3f}", hit.article.label, hit.passage.heading, hit.article.id)
    head = SEPARATOR.join(part for part in parts if part)
    return f"{rank}. {head}\n    {_one_line(hit.text)}"


def nearest_articles(hits: Sequence[Hit], most: int = 3) -> list[Article]:
    """The articles of the best hits, each once, best first."""
    return list({hit.article.id: hit.article for hit in hits}.values())[:most]


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
