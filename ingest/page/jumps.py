"""Tells the words that send a reader to another page from the text: ``（下转第3版）``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.page.metadata import find_page

_ONWARD, _BACK = "下转|下轉|转|轉", "上接"
_EITHER = "紧接|緊接"
_ARROW = "[▶►→◀◄←]?"
_CHINESE = re.compile(
    f"[（(【]?{_ARROW}\\s*(?P<way>{_ONWARD}|{_BACK}|{_EITHER})"
    "\\s*第?\\s*(?P<page>[A-Z]?\\d{1,3}|[一二三四五六七八九十]{1,3})\\s*版[\\s:：]*"
    f"[《“「]?(?P<title>[^《》“”「」（）()【】，。！？；]{{0,40}}?)[》”」]?\\s*{_ARROW}[）)】]?"
)
_WESTERN = re.compile(
    r"[(\[]?(?:(?P<title>[A-Z][\w'’ -]{0,40}?)[,:.—-]*\s+)?continued\s+(?P<way>on|from)\s+"
    r"page\s+(?P<page>[A-Z]?\d{1,3})[)\]]?\.?",
    re.IGNORECASE,
)
_AT_END = re.compile(
    f"\\s*(?:[（(【]{_ARROW}(?:{_ONWARD}|{_EITHER})[^（）()【】]{{2,44}}[）)】]|"
    "\\(Continued on [Pp]age \\w+\\))$"
)
_AT_START = re.compile(
    f"(?:[（(【]{_ARROW}(?:{_BACK}|{_EITHER})[^（）()【】]{{2,44}}[）)】]|"
    "\\(Continued from [Pp]age \\w+\\))\\s*"
)

_CLOSING = ("）", ")", "】")  # what ``_AT_END`` ends with


@dataclass(frozen=True, slots=True)
class JumpMark:
    """The page that a text goes on on, or comes from; ``onward`` is None if the words don't say.

    ``title`` is what the words call the article, if they do.
    """

    page: str
    onward: bool | None
    title: str | None = None


def parse_jump(line: str) -> JumpMark | None:
    """What a line says that is nothing but a jump, or None: ``（下转第3版）``, ``上接A1版``."""
    text = line.strip()
    found = _CHINESE.fullmatch(text) or _WESTERN.fullmatch(text)
    if not found:
        return None
    way, page = found["way"].lower(), found["page"]
    onward = None if way in _EITHER.split("|") else way not in (_BACK, "from")
    return JumpMark(find_page(f"第{page}版") or page, onward, found["title"] or None)


def split_jumps(text: str) -> tuple[str, str, str]:
    """A paragraph as the jump in brackets that opens it, its text, and the jump that ends it."""
    start = _AT_START.match(text)
    end = _AT_END.search(text) if text.endswith(_CLOSING) else None
    first = start[0] if start and parse_jump(start[0]) else ""
    last = end[0] if end and len(first) <= end.start() and parse_jump(end[0]) else ""
    return first.strip(), text[len(first) : len(text) - len(last)], last.strip()
