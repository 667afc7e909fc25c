"""What the tools of the MCP server give: records for programs, and the same as text to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field

from chat.i18n import text
from chat.plain import SEPARATOR, byline, marks, nearest_articles
from chat.records import Record
from chat.types import Answer, Citation
from chat.web.schemas.model import Model
from ingest.types import Article
from retriever.query import language_of
from retriever.types import Hit

Position = Annotated[int, Field(ge=0)]


class Source(Model):
    """An article, without its text."""

    article_id: str
    """What `read_article` takes."""
    title: str
    """The title, or the first words of an untitled article."""
    authors: list[str]
    affiliation: str | None
    """Where the author works."""
    source: str | None
    """The newspaper, or whatever else printed it."""
    page: str | None
    published: str | None
    """A date as in `2024-10-12`."""


class Passage(Source):
    """A passage that may answer: the article's text from `start` to `end`."""

    heading: str | None
    """That of the section that it stands in."""
    start: Position
    end: Position
    text: str


class Passages(Model):
    """What a search has found."""

    passages: list[Passage]
    """The best is first."""


class Quote(Source):
    """What backs a sentence: the article's text from `start` to `end`."""

    number: Annotated[int, Field(ge=1)]
    """What the sentences call it."""
    heading: str | None
    start: Position
    end: Position
    quote: str


class Sentence(Model):
    """A sentence of an answer."""

    text: str
    quotes: list[int]
    """The numbers of the quotes that back it."""


class Answered(Model):
    """An answer."""

    question: str
    abstained: bool
    """Whether the articles don't answer: then there are no sentences."""
    disagreement: bool
    """Whether the articles contradict each other."""
    sentences: list[Sentence]
    quotes: list[Quote]
    nearest: list[Source]
    """Where the articles don't answer: those that are nearest to the question."""


class Part(Source):
    """A part of an article's text."""

    language: str
    characters: Position
    """How long the whole text is."""
    offset: Position
    """Where the part begins."""
    text: str
    next_offset: int | None
    """Where the rest begins, if there is any."""


def passages_record(hits: Iterable[Hit]) -> Record:
    """The hits, as `Passages`."""
    passages = [
        {
            **_source(hit.article),
            "heading": hit.passage.heading,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.text,
        }
        for hit in hits
    ]
    return {"passages": passages}


def passages_text(hits: Sequence[Hit], language: str) -> str:
    """The hits to read."""
    if not hits:
        return text("api.mcp.nothing", language)
    return "\n\n".join(
        f"{rank}. {_line(hit.article, hit.passage.heading)}\n{_set_in(hit.text)}"
        for rank, hit in enumerate(hits, start=1)
    )


def answer_record(answer: Answer) -> Record:
    """The answer, as `Answered`."""
    nearest = nearest_articles(answer.hits) if answer.abstained else []
    return {
        "question": answer.query.text,
        "abstained": answer.abstained,
        "disagreement": answer.disagreement,
        "sentences": [
            {"text": each.text, "quotes": list(each.citations)} for each in answer.sentences
        ],
        "quotes": [_quote(citation) for citation in answer.citations],
        "nearest": [_source(article) for article in nearest],
    }


def answer_text(answer: Answer) -> str:
    """The answer to read, in the question's language."""
    language = language_of(answer.question)
    if answer.abstained:
        lines = [f"- {_line(article)}" for article in nearest_articles(answer.hits)]
        nearest = [text("api.answer.nearest", language), *lines] if lines else []
        return "\n".join([text("api.answer.refused", language), *nearest])
    said = [f"{each.text}{marks(each.citations)}" for each in answer.sentences]
    if answer.disagreement:
        said.append(text("api.answer.disagreement", language))
    quotes = [
        f"{marks([each.number])} {_line(each.article, each.heading)}\n{_set_in(each.quote)}"
        for each in answer.citations
    ]
    return "\n\n".join(["\n".join(said), *quotes])


def part_record(article: Article, offset: int, limit: int) -> Record:
    """So many characters of the article's text, as `Part`."""
    end = offset + limit
    return {
        **_source(article),
        "language": article.language,
        "characters": len(article.text),
        "offset": offset,
        "text": article.text[offset:end],
        "next_offset": end if end < len(article.text) else None,
    }


def part_text(article: Article, record: Record, language: str) -> str:
    """What `part_record` gives, to read."""
    rest = record["next_offset"] and text(
        "api.mcp.rest", language, characters=len(article.text), offset=record["next_offset"]
    )
    return "\n\n".join(filter(None, [f"# {_line(article)}", record["text"], rest]))


def _quote(citation: Citation) -> Record:
    return {
        **_source(citation.article),
        "number": citation.number,
        "heading": citation.heading,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def _source(article: Article) -> Record:
    return {
        "article_id": article.id,
        "title": article.label,
        "authors": list(article.authors),
        "affiliation": article.affiliation,
        "source": article.source,
        "page": article.page,
        "published": article.published,
    }


def _line(article: Article, heading: str | None = None) -> str:
    """An article in a line: title, section, who and where and when, id."""
    parts = (article.label, heading, byline(article), article.id)
    return SEPARATOR.join(part for part in parts if part)


def _set_in(said: str) -> str:
    """Words of an article, set in: no line of them looks like one of ours."""
    return "\n".join(f"    {line}" for line in said.split("\n"))
