"""The visible text of a tree of HTML as blocks. The tree is walked without recursion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import Any

from ingest.formats.blocks import clean, heading, item, lines, paragraph, row
from ingest.page.furniture import Block, Kind
from ingest.page.reflow import reflow

_SKIPPED = frozenset(
    (
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "title",
        "meta",
        "link",
        "svg",
        "iframe",
        "object",
        "embed",
        "applet",
        "canvas",
        "audio",
        "video",
        "map",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "datalist",
        "progress",
        "rp",
        "rt",
        "annotation",
        "annotation-xml",
        "img",
    )
)
_AROUND = frozenset(("nav", "aside", "footer", "menu", "dialog"))  # what surrounds a page's text
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ITEMS = frozenset(("li", "dt", "dd"))
_CAPTIONS = frozenset(("figcaption", "caption"))
_CELLS = frozenset(("td", "th"))
_BORDERS = frozenset(
    (
        "html",
        "body",
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "nav",
        "address",
        "blockquote",
        "center",
        "details",
        "summary",
        "dialog",
        "fieldset",
        "form",
        "legend",
        "figure",
        "figcaption",
        "caption",
        "hgroup",
        "hr",
        "menu",
        "pre",
        "ol",
        "ul",
        "dl",
        "li",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    )
)
_LONGEST_CELL = 300  # characters; a table with longer cells lays out a page
_LONGEST_BANNER = 2000
_WHOLE_PAGE = 0.8  # share of a page's characters from which on a <pre> is the page

_MARK = re.compile(r"\[.*\]|<.*>")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_BANNER = re.compile(r"(?:^|[\s_-])(?:cookie|gdpr|consent)", re.IGNORECASE)


def blocks_of(root: Any, *, around: bool = False) -> list[Block]:
    """The blocks of all visible text in ``root``; with ``around`` navigation and footers too.

    The tree must be without comments: a comment's tail is not looked at.
    """
    whole = _whole_page(root)
    return _preformatted(whole) if whole else _Walk(root, around=around).blocks()


def _preformatted(text: str) -> list[Block]:
    """The blocks of a text file; a mark in brackets by itself (``[[Page 3]]``) is no heading."""
    return [
        item(block.text) if block.kind is Kind.SHORT and _MARK.fullmatch(block.text) else block
        for block in reflow(text)
    ]


def name_of(element: Any) -> str:
    """An element's name in lower case, without a namespace."""
    return _name(element.tag)


@lru_cache(maxsize=1024)
def _name(tag: object) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def is_hidden(element: Any) -> bool:
    """Whether the element itself says that a reader doesn't see it."""
    if not element.keys():  # as with most elements
        return False
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_HIDDEN.search(element.get("style") or ""))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the page text stands."""

    level: int = 0  # of the heading that it is
    kind: Kind | None = None  # if something around it tells
    data: bool = False  # in a table of data
    cell: bool = False  # in a cell of such a table
    numbers: Iterator[int] | None = None  # of the items of the list around it


class _Walk:
    """A walk over a tree: text is collected between the borders of blocks."""

    def __init__(self, root: Any, *, around: bool) -> None:
        self._root = root
        self._around = around
        self._found: list[Block] = []
        self._places = [_Place()]
        self._text: list[str] = []  # since the last border
        self._cells: list[list[str]] = []  # of the row of data
        self._mark = ""  # the number of the item that begins

    def blocks(self) -> list[Block]:
        """The blocks of the whole tree."""
        from lxml import etree

        walk = etree.iterwalk(self._root, events=("start", "end"))
        left_out = None
        for event, element in walk:
            name = name_of(element)
            if event == "start":
                if name == "pre" or self._is_left_out(element, name):
                    self._leave_out(element, name)
                    left_out = element
                    walk.skip_subtree()
                else:
                    self._start(element, name)
                continue
            if element is not left_out:
                self._end(name)
            if element is not self._root:
                self._text.append(element.tail or "")
        self._flush()
        return self._found

    def _is_left_out(self, element: Any, name: str) -> bool:
        if element is self._root:
            return False
        if not name or name in _SKIPPED or is_hidden(element):
            return True
        if self._around:
            return False
        if name == "header":
            return not any(name_of(one) in _HEADINGS for one in element.iter())
        return name in _AROUND or _is_banner(element, name)

    def _leave_out(self, element: Any, name: str) -> None:
        if name in _BORDERS:
            self._flush()
        if name == "pre" and not is_hidden(element):
            self._found += map(item, lines("".join(element.itertext())))

    def _start(self, element: Any, name: str) -> None:
        place = self._places[-1]
        if name == "br":
            if place.level or place.cell:
                self._text.append(" ")
            else:
                self._flush()
        elif name in _BORDERS:
            self._flush()
            self._places.append(_inside(element, name, place))
            if name == "li":
                self._mark = f"{next(place.numbers)}. " if place.numbers else ""
            elif name == "tr":
                self._end_row()
            elif name in _CELLS:
                self._cells.append([])
        self._text.append(element.text or "")

    def _end(self, name: str) -> None:
        if name == "br" or name not in _BORDERS:
            return
        self._flush()
        self._places.pop()
        if name == "li":
            self._mark = ""
        elif name in ("tr", "table"):
            self._end_row()

    def _end_row(self) -> None:
        if self._places[-1].cell:
            return
        text = row(" ".join(cell) for cell in self._cells)
        self._cells = []
        if text:
            self._found.append(item(text))

    def _flush(self) -> None:
        """Make a block of the text since the last border."""
        text = clean("".join(self._text))
        self._text = []
        if not text:
            return
        place = self._places[-1]
        if place.cell:
            self._cells[-1].append(text)
        elif place.level:
            self._found.append(heading(text, place.level))
        elif place.kind:
            self._found.append(Block(place.kind, self._mark + text))
            self._mark = ""
        else:
            self._found.append(paragraph(text))


def _inside(element: Any, name: str, place: _Place) -> _Place:
    """Where the text in an element stands, which itself stands at ``place``."""
    if name in _HEADINGS:
        return replace(place, level=_HEADINGS[name])
    if name in _ITEMS:
        return replace(place, kind=Kind.PARAGRAPH)
    if name in _CAPTIONS:
        return replace(place, kind=Kind.CAPTION)
    if name in ("ol", "ul", "dl"):
        return replace(place, numbers=_numbers(element) if name == "ol" else None)
    if name == "table":
        return replace(place, data=place.data or _holds_data(element))
    if name in _CELLS:
        return replace(place, cell=place.data)
    return place


def _numbers(element: Any) -> Iterator[int] | None:
    """The numbers that a list's items have, if they are numbers."""
    start = element.get("start") or "1"
    is_plain = (element.get("type") or "1") == "1" and start.isdecimal() and len(start) < 6
    return count(int(start)) if is_plain else None


def _holds_data(table: Any) -> bool:
    """Whether a table holds data, in rows of short cells; otherwise it lays out the page."""
    columns = 0
    for element in table.iter():
        name = name_of(element)
        if name in _HEADINGS or (name == "table" and element is not table):
            return False
        if name == "tr":
            columns = max(columns, sum(name_of(cell) in _CELLS for cell in element))
        elif name in _CELLS and len("".join(element.itertext())) > _LONGEST_CELL:
            return False
    return columns > 1


def _is_banner(element: Any, name: str) -> bool:
    """Whether an element asks for consent to cookies."""
    if name not in ("div", "section", "form", "p"):
        return False
    named = f"{element.get('id') or ''} {element.get('class') or ''}"
    return bool(_BANNER.search(named)) and len("".join(element.itertext())) <= _LONGEST_BANNER


def _whole_page(root: Any) -> str | None:
    """The text of the ``<pre>`` that is nearly all of the page: a text file in HTML."""
    marked = [element for element in root.iter() if name_of(element) == "pre"]
    if len(marked) != 1:
        return None
    text = "".join(marked[0].itertext())
    return text if len(text) > _WHOLE_PAGE * len("".join(root.itertext())) else None
