"""What a web page says about itself: in ``<meta>``, in JSON-LD, in marked elements, in its top."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from ingest.formats.blocks import clean
from ingest.formats.flow import name_of
from ingest.page.byline import is_name, parse_byline
from ingest.page.furniture import Block
from ingest.page.lines import HAN_CHARACTER
from ingest.page.metadata import Stated, find_date, find_language

_TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "headline")
_AUTHORS = ("author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "byl")
_DATES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish_date",
    "publication_date",
    "publishtime",
    "date",
)
_SOURCES = ("og:site_name", "citation_journal_title", "dc.publisher", "mediaid", "source")
_ARTICLE = re.compile("Article|Posting|Report")
_SITE = re.compile(r"\s+[-|–—·»:]\s+|\s*[_|｜]\s*|\s*-{2,}\s*|(?<=[\u4e00-\u9fff])-")
_NO_TITLE = re.compile(
    r"\S+\.(?:html?|docx?|pdf|txt|rtf)|untitled.*|(?:new )?(?:document|page).{0,3}|index|home|"
    r"(?:microsoft )?(?:word|powerpoint) .*|(?:slide|幻灯片) ?\d*|"
    "无标题.*|無標題.*|新建.*|首页|首頁",
    re.IGNORECASE,
)
_ROLE = re.compile(r"^(?:作\s*者|记者|記者|文)\s*[:：/／]\s*|^by\s+", re.IGNORECASE)
_NO_NAME = re.compile(r"admin|editor|staff|webmaster|python|\buser\b|@|://", re.IGNORECASE)
_AND = re.compile(r"\s*[、，,;；/|]\s*|\s+and\s+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_ORIGIN = re.compile("(?:来源|來源|稿源)\\s*[:：]\\s*([^\\s|｜:：，。（(]{2,20})")
_DATE_PARTS = re.compile("[\\d\\s:：年月日/.-]")
_LONGEST_IMPRINT = 16  # characters beside figures
_FIRST_BLOCKS = 8
_LONGEST_LINE = 80
_MOST_ELEMENTS = 20_000  # that are looked at for marks of authors and dates


def stated_of(root: Any, blocks: Sequence[Block]) -> Stated:
    """What the page tells about the article that ``blocks`` hold."""
    said = _said(root)
    top = [
        block.text for block in islice(blocks, _FIRST_BLOCKS) if len(block.text) <= _LONGEST_LINE
    ]
    authors = names(_values(said, _AUTHORS))
    published = next(filter(None, map(find_date, _values(said, _DATES))), None)
    guessed = []
    if not authors and (authors := names(_marked(root, "author", "byline"))):
        guessed.append("authors")
    if not published:
        seen = [*_marked(root, "date", "time"), *filter(_is_imprint, top)]
        if published := next(filter(None, map(find_date, seen)), None):
            guessed.append("published")
    lines = (*top, *_values(said, _SOURCES))
    origin = next((found[1] for line in lines if (found := _ORIGIN.search(line))), None)
    return Stated(
        title=_title(root, _values(said, _TITLES)),
        authors=authors,
        source=origin or next(_values(said, _SOURCES), None),
        published=published,
        language=stated_language(root.get("lang"), " ".join(b.text for b in blocks[:200])),
        guessed=tuple(guessed),
    )


def names(values: Iterable[str]) -> tuple[str, ...]:
    """The people that the values name; what doesn't look like a person's name is left out."""
    found: list[str] = []
    for value in (_ROLE.sub("", clean(one)) for one in values):
        if not value or len(value) > _LONGEST_LINE or _NO_NAME.search(value):
            continue
        if HAN_CHARACTER.search(value) and (credit := parse_byline(value)):
            found += credit.authors
        elif HAN_CHARACTER.search(value):
            found += [name for name in _AND.split(value) if is_name(name)]
        elif credit := parse_byline(f"By {value}"):
            found += credit.authors
    return tuple(dict.fromkeys(found))


def plain_title(text: str | None) -> str | None:
    """``text`` if it says what a document is about, and isn't a program's or a file's name."""
    title = clean(text or "")
    return None if not title or _NO_TITLE.fullmatch(title) else title


def stated_language(code: str | None, text: str) -> str | None:
    """The language that a file states, if the text's script doesn't show another one."""
    code = (code or "").strip().lower()[:2]
    if not code.isalpha() or len(code) < 2:
        return None
    told = find_language(text)
    western = code not in ("zh", "ja", "ko")
    return code if code == told or (told == "en" and western) else None


def _title(root: Any, stated: Iterable[str]) -> str | None:
    """A heading that the page's names repeat, or a single first one, before those names."""
    named = next((clean(t.text or "") for t in root.iter() if name_of(t) == "title"), "")
    metas = [title for title in map(plain_title, stated) if title]
    candidates = [*metas, *filter(None, _SITE.split(named)), named]
    headings = [clean("".join(e.itertext())) for e in root.iter() if name_of(e) == "h1"]
    for one in filter(None, headings):
        if one in candidates and one != candidates[-2]:
            return one
    if len(headings) == 1 and headings[0]:
        return headings[0]
    if metas or not plain_title(named):
        return next(iter(metas), None)
    return plain_title(_SITE.split(named)[0])


def _is_imprint(line: str) -> bool:
    """Whether a line says little more than when, or where, something was published."""
    return bool(_ORIGIN.search(line)) or len(_DATE_PARTS.sub("", line)) <= _LONGEST_IMPRINT


def _said(root: Any) -> dict[str, list[str]]:
    """The values of the page's ``<meta>`` elements and of its JSON-LD, by their names."""
    said: dict[str, list[str]] = {}
    for element in islice(root.iter(), _MOST_ELEMENTS):
        if name_of(element) == "meta":
            name = element.get("property") or element.get("name") or element.get("itemprop")
            content = clean(element.get("content") or "")
            if name and content:
                said.setdefault(name.strip().lower(), []).append(content)
        elif element.get("type") == "application/ld+json":
            for name, value in _linked_data(element.text or ""):
                said.setdefault(name, []).append(value)
    return said


def _linked_data(text: str) -> Iterator[tuple[str, str]]:
    """What JSON-LD says of the page's article."""
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    listed = data if isinstance(data, list) else [data]
    graphs = [one.get("@graph") for one in listed if isinstance(one, dict)]
    for one in [*listed, *(part for graph in graphs if isinstance(graph, list) for part in graph)]:
        if isinstance(one, dict) and _ARTICLE.search(str(one.get("@type"))):
            yield from _article_data(one)


def _article_data(one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, name in (("headline", "headline"), ("datePublished", "datepublished")):
        if isinstance(one.get(key), str):
            yield name, one[key]
    for key, name in (("author", "author"), ("publisher", "dc.publisher")):
        people = one.get(key)
        for person in people if isinstance(people, list) else [people]:
            value = person.get("name") if isinstance(person, dict) else person
            if isinstance(value, str):
                yield name, value


def _values(said: dict[str, list[str]], keys: Iterable[str]) -> Iterator[str]:
    return (value for key in keys for value in said.get(key, ()))


def _marked(root: Any, *marks: str) -> Iterator[str]:
    """The short texts of elements whose class, relation or property is one of ``marks``."""
    for element in islice(root.iter(), _MOST_ELEMENTS):
        if name_of(element) in ("", "script", "style", "body", "html"):
            continue
        of = " ".join(filter(None, map(element.get, ("class", "rel", "itemprop")))).lower()
        if name_of(element) in marks or any(mark in of for mark in marks):
            text = element.get("datetime") or "".join(element.itertext())
            if len(text) <= _LONGEST_LINE * 2:
                yield text
