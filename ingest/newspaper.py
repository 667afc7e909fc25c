"""A page of a newspaper becomes its articles.

The page's lines are unwrapped into blocks (``reflow``); repeated pull-quotes are set aside
(``quotes``); the flow of paragraphs is cut into bodies, and titles and bylines are given to the
bodies that they fit best (``layout``). A file that is no page becomes one article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from ingest.continuation import join_readings
from ingest.page.display import SUBTITLE
from ingest.page.furniture import Block, Kind, opens_news
from ingest.page.layout import credit, find_bodies, prepare
from ingest.page.metadata import (
    Stated,
    either,
    find_dateline,
    find_issue,
    find_language,
    find_source,
)
from ingest.page.notes import names_editors
from ingest.page.pages import find_mastheads, find_pages, without_jumps
from ingest.page.reflow import join_lines, reflow
from ingest.page.titles import Body
from ingest.types import Article, Heading, Jump, Reading, article_id

_NUMBERED = (
    re.compile("^第[一二三四五六七八九十百]{1,4}(?:章|篇|编|編|部分)"),
    re.compile("^第[一二三四五六七八九十百]{1,4}[节節]"),
    re.compile("^[一二三四五六七八九十]{1,3}、"),
    re.compile("^[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"^\d{1,2}[.．、]"),
    re.compile(r"^[（(]\d{1,2}[）)]"),
)


_INLINE_SUBTITLE = re.compile("^([^—]{5,})——([^—]{4,})$")
_QUOTES = ("“”", "《》", "「」", "『』", "（）")
_DATELINE_CHARACTERS = 60


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
    quoting: bool = True,
) -> Reading:
    """The articles of a page, or the one of a document, given as unwrapped blocks.

    Pull-quotes are looked for among the blocks unless they can't be ``quoting``.

    What is ``stated`` is believed before what the text shows. Of a page with several articles that
    is only where and when it was printed, not a title and authors.
    """
    blocks = [part for block in blocks for part in without_jumps(block)]
    if not is_page(blocks):
        return _document(blocks, stated, path)
    blocks = prepare(blocks, quoting=quoting)
    bodies = find_bodies(blocks)
    if not bodies:
        return _document(blocks, stated, path)
    printed = find_issue(find_mastheads(blocks), path)
    issue = either(replace(stated, title=None, authors=()), printed)
    if len(bodies) == 1:
        issue = either(stated, issue)
    pages = find_pages(blocks, [body.position for body in bodies])
    articles = [
        _article(body, issue if stated.page else either(Stated(page=page), issue), path)
        for body, page in zip(bodies, pages, strict=True)
    ]
    jumps = [
        Jump(number, mark.page, bool(mark.onward), mark.title)
        for number, body in enumerate(bodies)
        for mark in body.jumps
    ]
    return join_readings([Reading(tuple(articles), jumps=tuple(jumps))])


def is_page(blocks: Sequence[Block]) -> bool:
    """Whether anything on it shows that a text is a page of a newspaper."""
    kinds = {block.kind for block in blocks}
    if kinds & {Kind.BYLINE, Kind.CLOSER, Kind.NOTE, Kind.JUMP}:
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
    body = Body(position=0)
    body.notes = [block.text for block in held if names_editors(block)]
    held = [block for block in held if not names_editors(block)]
    if len(held) > 1 and held[0].kind is Kind.SHORT:
        body.title = held.pop(0).text
        if len(held) > 1 and held[0].kind is Kind.SHORT and SUBTITLE.match(held[0].text):
            body.title += f"\n{held.pop(0).text}"
    if len(held) > 1 and held[0].kind is Kind.MASTHEAD:
        stated = either(stated, find_issue([held.pop(0).text], path))
    body.blocks = held
    return Reading((_article(body, either(stated, find_issue([], path)), path),))


def _article(body: Body, stated: Stated, path: str) -> Article:
    """A body as an article. What is stated, unless guessed, goes before what the body says."""
    title, subtitle = _split_title(body.title)
    if stated.title and ("title" not in stated.guessed or not title):
        _keep_title(body, stated.title)
        title = stated.title
    text, headings = _text(body.blocks)
    authors, affiliation = credit(body)
    if stated.authors and ("authors" not in stated.guessed or not authors):
        authors = stated.authors
    dateline = find_dateline(text[:_DATELINE_CHARACTERS], PurePath(path).parts)
    published = stated.published or dateline
    article = Article(
        id=article_id(title, text),
        title=title,
        subtitle=subtitle,
        authors=authors,
        affiliation=affiliation,
        source=stated.source,
        page=stated.page,
        published=published,
        language=stated.language or find_language(f"{title or ''}\n{text}"),
        headings=headings,
        text=text,
        path=path,
        notes=tuple(dict.fromkeys(body.notes)),
    )
    guessed = [name for name in stated.guessed if getattr(article, name) == getattr(stated, name)]
    if published and not stated.published:
        guessed.append("published")
    if body.byline and body.byline.guessed and authors == body.byline.authors:
        guessed.append("authors")
    return replace(article, guessed=tuple(guessed))


def _split_title(title: str | None) -> tuple[str | None, str | None]:
    """A title and its subtitle: below it, or behind a dash that stands outside of quotes."""
    if title is None:
        return None, None
    above, line_end, below = title.partition("\n")
    if line_end:
        return above, join_lines(below.split("\n")).lstrip("—－-― ")
    inline = _INLINE_SUBTITLE.match(title)
    if inline and all(inline[1].count(pair[0]) == inline[1].count(pair[1]) for pair in _QUOTES):
        return inline[1].rstrip(), inline[2].lstrip()
    return title, None


def _keep_title(body: Body, stated: str) -> None:
    """Leave out of a body the title that is stated anyway; keep what the page says beyond it."""
    if body.title and not _says(stated, body.title):
        body.blocks.insert(0, Block(Kind.SHORT, join_lines(body.title.split("\n"))))
    elif (
        len(body.blocks) > 1
        and _says(body.blocks[0].text, stated)
        and _says(stated, body.blocks[0].text)
    ):
        body.blocks.pop(0)


def _says(text: str, words: str) -> bool:
    """Whether a text holds these words, however they are spaced."""
    return "".join(words.split()) in "".join(text.split())


def _text(blocks: Iterable[Block]) -> tuple[str, tuple[Heading, ...]]:
    """A body's blocks, a line each, and where its headings stand."""
    held = [_on_one_line(block) for block in blocks]
    ranks = {i: _rank(block) for i, block in enumerate(held) if block.kind is Kind.SHORT}
    levels = {rank: level for level, rank in enumerate(sorted(set(ranks.values())), 1)}
    headings = []
    start = 0
    for i, block in enumerate(held):
        if i in ranks:
            headings.append(Heading(block.text, start, levels[ranks[i]]))
        start += len(block.text) + 1
    return "\n".join(block.text for block in held), tuple(headings)


def _on_one_line(block: Block) -> Block:
    if "\n" not in block.text:
        return block
    return replace(block, text=join_lines(block.text.split("\n")))


def _rank(block: Block) -> int:
    """How deep a heading stands, by its hashes or by its numbering."""
    if block.level:
        return block.level
    return next((i for i, pattern in enumerate(_NUMBERED, -1) if pattern.match(block.text)), 1)
