"""Web pages: the main text where a page has much around it, all visible text where it hasn't."""

from __future__ import annotations

import email
import email.policy
import re
from typing import Any

from ingest.encoding import decode
from ingest.errors import EmptyFile, PartlyRead, ReadError
from ingest.formats import File, Options
from ingest.formats.blocks import is_empty, titled
from ingest.formats.flow import blocks_of, name_of
from ingest.formats.head import stated_of
from ingest.newspaper import parse_blocks
from ingest.page.furniture import Block
from ingest.types import Reading

_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\s[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_XHTML = re.compile(r"<html[^>]*\sxmlns=", re.IGNORECASE)
# In XHTML any element may be closed where it opens; HTML would take all that follows into it.
_CLOSED = re.compile(
    r"<(?!(?:br|hr|img|meta|link|input|col|area|base|wbr|embed|source|param|track)\b)"
    r"([a-z][\w:-]*)((?:\s[^<>]*)?)/>",
    re.IGNORECASE,
)
_ARCHIVE = re.compile(rb"\s*(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*)+\r?\n")
_TOP = 8192  # bytes in which a charset may be declared
_MANY_LINKS = 0.1  # share of a page's characters in links from which on it has much around its text
_LARGEST_PAGE = 4 * 2**20  # bytes; what is larger is a document
_LEAST = 0.25  # of the characters outside of links that the main text must have
_NAMES = {  # of trafilatura
    "row": "tr",
    "cell": "td",
    "list": "ul",
    "item": "li",
    "lb": "br",
    "quote": "blockquote",
    "graphic": "img",
}


def read(file: File, options: Options) -> Reading:
    """The articles of a page. Raises EmptyFile, BinaryFile, UnknownEncoding."""
    data, declared = file.data, None
    if _ARCHIVE.match(data[:_TOP]):
        data, declared = _first_page(data)
    text = decode_html(data, name=file.name, declared=declared, encoding=options.encoding)
    root, problems = parse_html(text, name=file.name)
    blocks = _blocks(root, is_page=len(data) <= _LARGEST_PAGE)
    if is_empty(blocks):
        raise _no_text(file.name)
    stated = stated_of(root, blocks)
    reading = parse_blocks(titled(stated.title, blocks), path=file.name, stated=stated)
    return Reading(reading.articles, (*problems, *reading.problems), reading.jumps)


def decode_html(
    data: bytes, *, name: str, declared: str | None = None, encoding: str | None = None
) -> str:
    """The text of a page in the encoding that it declares, if that is plausible.

    ``declared`` is what is said of the page outside of it. Raises as `ingest.encoding.decode`.
    """
    found = _CHARSET.search(data[:_TOP])
    inside = found[1].decode("ascii") if found else None
    return decode(data, name=name, encoding=encoding, declared=declared or inside)


def parse_html(text: str, *, name: str) -> tuple[Any, tuple[ReadError, ...]]:
    """The root element, without comments, and what had to be left out. Raises EmptyFile."""
    from lxml import etree

    parser = etree.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    text = _DECLARATION.sub("", text, count=1)
    if _XHTML.search(text[:_TOP]):
        text = _CLOSED.sub(r"<\1\2></\1>", text)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise _no_text(name) from error
    if root is None:
        raise _no_text(name)
    if not any("Excessive depth" in entry.message for entry in parser.error_log):
        return root, ()
    problem = PartlyRead(
        f"{name} is nested too deeply; the text from there on is left out",
        f"{name} 嵌套层次过深，其后的文字未读取",
    )
    return root, (problem,)


def text_blocks(data: bytes, *, name: str, declared: str | None = None) -> list[Block]:
    """All visible text of a page or a piece of one that has nothing around its text.

    Raises as `decode_html` and `parse_html`.
    """
    root, _ = parse_html(decode_html(data, name=name, declared=declared), name=name)
    return blocks_of(root, around=True)


def _blocks(root: Any, *, is_page: bool) -> list[Block]:
    """The main text of a page, all text of a document."""
    visible = blocks_of(root)
    everything = _count(visible)
    linked = sum(len("".join(link.itertext())) for link in root.iter("a"))
    if is_page and linked > _MANY_LINKS * everything:
        main = _main_text(root)
        if _count(main) > _LEAST * (everything - linked):
            return main
    return blocks_of(root, around=True) if is_empty(visible) else visible


def _main_text(root: Any) -> list[Block]:
    """What trafilatura takes for the text of the page."""
    import trafilatura
    from lxml import html

    copy = html.document_fromstring(html.tostring(root, encoding="unicode"))
    found = trafilatura.bare_extraction(
        copy, include_comments=False, include_tables=True, favor_recall=True
    )
    body: Any = getattr(found, "body", None)
    if body is None:
        return []
    for element in body.iter():
        name = name_of(element)
        if name == "head":
            element.tag = element.get("rend") or "h2"
        elif name == "list" and element.get("rend") == "ol":
            element.tag = "ol"
        elif name == "code" and "\n" in "".join(element.itertext()):
            element.tag = "pre"
        elif name in _NAMES:
            element.tag = _NAMES[name]
    return blocks_of(body, around=True)


def _count(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _first_page(data: bytes) -> tuple[bytes, str | None]:
    """The page in a web archive (MHTML), and its charset; ``data`` itself if it is none."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content, part.get_content_charset()
    return data, None


def _no_text(name: str) -> EmptyFile:
    return EmptyFile(
        f"{name} shows no text; nothing to read", f"{name} 没有可见的文字，没有可读的内容"
    )
