"""Rows of tables and records as articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.errors import PartlyRead
from ingest.formats.blocks import CELL_SEPARATOR, item, paragraph, titled
from ingest.newspaper import parse_blocks
from ingest.page.byline import parse_byline
from ingest.page.furniture import Block
from ingest.page.lines import HAN_CHARACTER
from ingest.page.metadata import Stated, find_date, find_issue, find_language, find_page
from ingest.page.reflow import reflow
from ingest.types import Article, Heading, Reading, article_id

_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(
    r"</(?:p|div|span|a|b|i|em|strong|li|ul|ol|h[1-6]|td|tr|table|font|section|article)\s*>"
    r"|<br\s*/?>|<p(?:\s[^<>]*)?>|<img\s[^<>]*>",
    re.IGNORECASE,
)
_NOT_TEXT = ("script", "style", "noscript", "template", "svg", "iframe", "head")
_BREAKING = (
    *("br", "p", "div", "li", "tr", "section", "article", "blockquote", "table"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
)
_URL = re.compile(r"\s*(?:https?|ftp|file)://", re.IGNORECASE)
_SOURCE_LABEL = re.compile(r"^(?:来源|來源|稿源|source)\s*[:：]\s*", re.IGNORECASE)
_PAGE = re.compile(r"0*([A-Za-z]?\d{1,3}[A-Za-z]?)")
_MARK = re.compile(r"[\w.:-]{1,80}")
_NAMES_APART = re.compile(r"\s*(?:[、;；/／|｜\n]|，)\s*")
_WESTERN_NAMES_APART = re.compile(r"\s*(?:,|&|\band\b)\s*")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says about an article, each field as it stands in its cell; empty if it doesn't.

    ``number`` is the row's in its file, from 1.
    """

    number: int
    text: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    source: str = ""
    page: str = ""
    id: str = ""
    page_is_sure: bool = True


@dataclass(slots=True)
class Failures:
    """How many rows of a file gave nothing for one reason, and which was the first."""

    count: int = 0
    first: int = 0

    def add(self, number: int) -> None:
        """Count the row."""
        self.first = self.first or number
        self.count += 1

    def problems(self, name: str, english: str, chinese: str) -> tuple[PartlyRead, ...]:
        """What is said of them, in the words given; nothing if there are none."""
        if not self.count:
            return ()
        return (
            PartlyRead(
                f"{name}: rows left out: {self.count}, the first is row {self.first}: {english}",
                f"{name}：略过 {self.count} 行，首行为第 {self.first} 行：{chinese}",
            ),
        )


def read_row(row: Row, name: str) -> Reading:
    """The article of a row; more of one without a title that is a page of a newspaper."""
    text = clean_cell(row.text)
    title = " ".join(clean_cell(row.title).split()) or None
    stated = _stated(row, title)
    blocks = titled(title, _blocks(text))
    reading = parse_blocks(blocks, path=name, stated=stated)
    if not any(article.text for article in reading.articles):
        lines = [item(line.strip()) for line in text.splitlines() if line.strip()]
        reading = parse_blocks(lines, path=name, stated=stated)
    if title and len(reading.articles) > 1:
        reading = Reading((_joined(reading.articles, stated),), reading.problems)
    mark = row.id if _MARK.fullmatch(row.id) else row.number
    path = f"{name}#{mark}"
    return replace(
        reading, articles=tuple(replace(article, path=path) for article in reading.articles)
    )


def _blocks(text: str) -> list[Block]:
    lines = text.strip().splitlines()
    if len(lines) == 1:  # nothing to unwrap: much the commonest case, and the largest files
        return [paragraph(lines[0].strip())]
    return reflow(text)


def _stated(row: Row, title: str | None) -> Stated:
    issue = _issue(row.published)
    source = "" if _URL.match(row.source) else " ".join(clean_cell(row.source).split())
    source = _SOURCE_LABEL.sub("", source)
    page = issue.page or find_page(row.page)
    bare = None if page else _bare_page(row.page)
    return Stated(
        title=title,
        authors=find_authors(row.authors),
        source=source or issue.source,
        page=page or bare,
        published=issue.published,
        guessed=("page",) if bare and not row.page_is_sure else (),
    )


@lru_cache(maxsize=1024)
def _issue(cell: str) -> Stated:
    """What a cell with a date says: often the newspaper and its page, too."""
    return (
        find_issue([cell], "") if HAN_CHARACTER.search(cell) else Stated(published=find_date(cell))
    )


def _bare_page(cell: str) -> str | None:
    """A number as pages have it: ``02``, ``A3``."""
    found = _PAGE.fullmatch(cell.strip())
    return found[1] if found else None


def find_authors(cells: Iterable[str]) -> tuple[str, ...]:
    """The names in cells that hold nothing but names."""
    names = [name for cell in cells for name in _names(" ".join(clean_cell(cell).split()))]
    return tuple(dict.fromkeys(names))


def _names(cell: str) -> Iterable[str]:
    if HAN_CHARACTER.search(cell):
        credit = parse_byline(cell) or parse_byline(f"□ {cell}")
        if credit and credit.authors:
            return credit.authors
    names = _NAMES_APART.split(cell)
    if len(names) == 1 and not _is_inverted(cell):
        names = _WESTERN_NAMES_APART.split(cell.removeprefix("By ").removeprefix("by "))
    return [name for name in names if name and len(name) <= _LONGEST_NAME]


def _is_inverted(cell: str) -> bool:
    """Whether a cell is one name with the surname first: ``Doe, Jane``."""
    surname, comma, rest = cell.partition(",")
    return bool(comma) and len(surname.split()) == 1 and len(rest.split()) == 1


def _joined(articles: Sequence[Article], stated: Stated) -> Article:
    """What stands below one title is one article, even if it looks like several."""
    lines: list[str] = []
    headings: list[Heading] = []
    for article in articles:
        start = sum(len(line) + 1 for line in lines)
        if article.title and article.title != stated.title:
            headings.append(Heading(article.title, start))
            lines.append(article.title)
            start += len(article.title) + 1
        headings += (replace(one, start=one.start + start) for one in article.headings)
        lines.append(article.text)
    text = "\n".join(lines)
    found = dict.fromkeys(author for article in articles for author in article.authors)
    return replace(
        articles[0],
        id=article_id(stated.title, text),
        title=stated.title,
        authors=stated.authors or tuple(found),
        headings=tuple(headings),
        text=text,
        notes=tuple(note for article in articles for note in article.notes),
    )


def whole_article(lines: Iterable[str], *, title: str | None, path: str) -> Article:
    """A table as one article, a line a row; its file's name may tell when it was printed."""
    text = "\n".join(lines)
    named = find_issue([], path)
    return Article(
        id=article_id(title, text),
        title=title,
        authors=(),
        affiliation=None,
        source=named.source,
        page=named.page,
        published=named.published,
        language=find_language(text),
        headings=(),
        text=text,
        path=path,
        guessed=named.guessed,
    )


def clean_cell(text: str) -> str:
    """The text of a cell: HTML as text, one kind of line ends, no control characters."""
    text = _LINE_END.sub("\n", text)
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))
    return _without_tags(text) if _TAG.search(text) else text


def _without_tags(markup: str) -> str:
    from lxml import etree, html

    try:
        root = html.document_fromstring(f"<body>{markup}</body>")
    except (etree.ParserError, ValueError):
        return markup
    for element in list(root.iter(*_NOT_TEXT)):
        element.drop_tree()
    for cell in root.iter("td", "th"):
        if cell.getnext() is not None:
            cell.tail = CELL_SEPARATOR
    for element in root.iter(*_BREAKING):
        element.text = "\n" + (element.text or "")
        element.tail = "\n" + (element.tail or "")
    return str(root.text_content())
