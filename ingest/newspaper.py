"""A page of a newspaper becomes its articles.

The page's lines are unwrapped into blocks (``reflow``); repeated pull-quotes are set aside
(``quotes``); the flow of paragraphs is cut into bodies, and titles and bylines are given to the
bodies that they fit best (``layout``). A file that is no page becomes one article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.furniture import Block, Kind, opens_news
from ingest.layout import Body, credit, find_bodies, prepare
from ingest.metadata import Stated, find_issue, find_language, find_source
from ingest.reflow import reflow
from ingest.types import Article, Heading, Reading, article_id

_NUMBERED = (
    re.compile("^[一二三四五六七八九十]{1,3}、"),
    re.compile("^[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"^\d{1,2}[.．、]"),
)


def parse_page(text: str, *, path: str) -> list[Article]:
    """The articles of a page given as text or Markdown, in the order of their bodies.

    A text without any sign of a newspaper page (byline, dateline, remark about the author)
    becomes one article that holds all of it. Only a text without characters gives none.
    """
    return list(parse_blocks(reflow(text), path=path).articles)


def parse_blocks(
    blocks: Sequence[Block],
    *,
    path: str,
    stated: Stated = Stated(),  # noqa: B008
) -> Reading:
    """The articles of a page, or the one of a document, given as unwrapped blocks.

    What is ``stated`` of a document is believed before what its text shows; of a page with
    articles of its own only where and when it was printed.
    """
    if not is_page(blocks):
        return _document(blocks, stated, path)
    blocks = prepare(blocks)
    mastheads = [block.text for block in blocks if block.kind is Kind.MASTHEAD]
    printed = find_issue(mastheads, path)
    issue = Stated(
        source=stated.source or printed.source,
        page=stated.page or printed.page,
        published=stated.published or printed.published,
    )
    articles = [_article(body, issue, path) for body in find_bodies(blocks)]
    return Reading(tuple(articles)) if articles else _document(blocks, stated, path)


def is_page(blocks: Sequence[Block]) -> bool:
    """Whether anything on it shows that a text is a page of a newspaper."""
    kinds = {block.kind for block in blocks}
    if kinds & {Kind.BYLINE, Kind.CLOSER, Kind.NOTE}:
        return True
    return any(
        (block.kind is Kind.MASTHEAD and find_source(block.text) is not None)
        or (block.kind is Kind.PARAGRAPH and opens_news(block.text))
        for block in blocks
    )


def _document(blocks: Sequence[Block], stated: Stated, path: str) -> Reading:
    """All blocks as one article; a short first line, or a Markdown heading, is its title."""
    held = [block for block in blocks if block.kind is not Kind.RULE] or list(blocks)
    if not held:
        return Reading()
    title = None
    if held[0].kind is Kind.SHORT and len(held) > 1:
        title, held = held[0].text, held[1:]
    named = find_issue([], path)
    stated = replace(
        stated,
        title=stated.title or title,
        source=stated.source or named.source,
        page=stated.page or named.page,
        published=stated.published or named.published,
    )
    return Reading((_article(Body(position=0, blocks=held), stated, path),))


def _article(body: Body, stated: Stated, path: str) -> Article:
    text, headings = _text(body.blocks)
    authors, affiliation = credit(body)
    title = body.title or stated.title
    return Article(
        id=article_id(title, text),
        title=title,
        authors=authors or stated.authors,
        affiliation=affiliation,
        source=stated.source,
        page=stated.page,
        published=stated.published,
        language=stated.language or find_language(text or title or ""),
        headings=headings,
        text=text,
        path=path,
        guessed=stated.guessed,
    )


def _text(blocks: Iterable[Block]) -> tuple[str, tuple[Heading, ...]]:
    """A body's blocks, a line each, and where its headings stand."""
    held = list(blocks)
    ranks = {i: _rank(block) for i, block in enumerate(held) if block.kind is Kind.SHORT}
    levels = {rank: level for level, rank in enumerate(sorted(set(ranks.values())), 1)}
    headings = []
    start = 0
    for i, block in enumerate(held):
        if i in ranks:
            headings.append(Heading(block.text, start, levels[ranks[i]]))
        start += len(block.text) + 1
    return "\n".join(block.text for block in held), tuple(headings)


def _rank(block: Block) -> int:
    """How deep a heading stands, by its hashes or by its numbering."""
    if block.level:
        return block.level
    return next((i for i, pattern in enumerate(_NUMBERED, 1) if pattern.match(block.text)), 1)
