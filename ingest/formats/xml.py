"""XML: the items of feeds as articles; of anything else titles, paragraphs and records in order."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.encoding import decode
from ingest.errors import DamagedFile, EmptyFile, PartlyRead, ReadError
from ingest.formats import File, Options, concatenate
from ingest.formats.blocks import (
    CELL_SEPARATOR,
    clean,
    heading,
    is_empty,
    item,
    no_text,
    paragraph,
    titled,
)
from ingest.formats.head import stated_language
from ingest.formats.html import text_blocks
from ingest.formats.package import damaged, local
from ingest.newspaper import parse_blocks
from ingest.page.furniture import Block
from ingest.page.metadata import Stated, find_date
from ingest.types import Reading

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHARSET = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)")
_ENTITY = re.compile(r"<!ENTITY\s", re.IGNORECASE)
_TOP = 4096

_ITEMS = ("item", "entry")
_FEEDS = ("rss", "feed", "RDF")
_CONTENTS = ("encoded", "content", "description", "summary")
_DATES = ("published", "pubDate", "date", "issued", "updated")
_UNPUBLISHED = ("trash", "auto-draft")
_NO_PERSON = ("admin", "administrator", "root", "editor")
_SHORTCODE = re.compile(r"\[/?(?:caption|gallery|embed|audio|video|playlist)\b[^\[\]]*\]")
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&\w+;")

_TITLES = frozenset(
    ("title", "headline", "head", "heading", "hl1", "hl2", "h1", "h2", "h3", "h4", "h5", "h6")
)
_BYLINES = frozenset(("byline", "author", "creator"))
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bold", "code", "em", "emphasis", "ext-link", "hi", "i", "italic"),
        *("link", "person", "location", "org", "q", "ref", "span", "strong", "sub", "sup", "u"),
        *("ulink", "xref"),
    )
)
_UNSEEN = frozenset(("script", "style", "binary", "binaryObject", "image", "thumbnail"))
_LONGEST_VALUE = 200  # characters of a record's field
_MOST_FIELDS = 60


def read(file: File, options: Options) -> Reading:
    """The articles of a feed, or of a document. Raises EmptyFile, DamagedFile, UnknownEncoding."""
    data = file.data
    declared = _CHARSET.search(data[:_TOP])
    text = decode(
        data,
        name=file.name,
        encoding=options.encoding,
        declared=declared[1].decode("ascii") if declared else None,
    )
    root, problems = _parse(_DECLARATION.sub("", text, count=1), file.name)
    if local(root) in _FEEDS:
        shown = _display_names(root)
        reading = concatenate(_item(one, root, file.name, shown) for one in _items(root))
    else:
        blocks = list(_blocks(root, 1))
        if is_empty(blocks):
            raise no_text(file.name)
        reading = parse_blocks(blocks, path=file.name)
    if not reading.articles:
        raise no_text(file.name)
    return Reading(reading.articles, (*problems, *reading.problems), reading.jumps)


def _parse(text: str, name: str) -> tuple[Any, tuple[ReadError, ...]]:
    """The root element; what breaks the rules of XML is mended and said. Raises DamagedFile."""
    from lxml import etree

    if _ENTITY.search(text):
        raise DamagedFile(
            f"{name} defines entities, which may grow without end; save it with them replaced",
            f"{name} 定义了实体，展开后可能无限膨胀；请先展开实体再保存",
        )
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
            remove_pis=True, recover=recover,
        )  # fmt: skip
        try:
            root = etree.fromstring(text.encode("utf-8", "replace"), parser)
        except etree.XMLSyntaxError:
            continue
        if root is not None:
            problem = PartlyRead(
                f"{name} breaks the rules of XML; check that its text is whole",
                f"{name} 不符合 XML 规范；请核对文字是否完整",
            )
            return root, (problem,) if recover else ()
    raise damaged(name)


def _items(root: Any) -> Iterator[Any]:
    return (one for one in root.iter() if local(one) in _ITEMS)


def _item(element: Any, root: Any, name: str, shown: Mapping[str, str]) -> Reading:
    """An item of a feed as an article."""
    values = {local(one): one for one in reversed(element) if local(one)}
    title = _text(values["title"]) if "title" in values else ""
    if _MARKUP.search(title):
        title = " ".join(block.text for block in _html_blocks(title, name))
    exported = "post_type" in values
    if exported and not _is_published(values):
        return Reading()
    contents = [
        _content(values[key], name, exported=exported) for key in _CONTENTS if key in values
    ]
    blocks = max(contents, key=lambda held: sum(len(block.text) for block in held), default=[])
    blocks = titled(title or None, blocks)
    if is_empty(blocks):
        return Reading()
    published = next(
        filter(None, (_date(_text(values[key])) for key in _DATES if key in values)), None
    )
    source = next((one for one in root.iter() if local(one) == "title"), None)
    sample = " ".join(block.text for block in blocks)
    stated = Stated(
        title=title or None,
        authors=_authors(element, shown),
        source=_text(source) or None if source is not None else None,
        published=published,
        language=stated_language(_language(root), sample),
    )
    return parse_blocks(blocks, path=name, stated=stated)


def _is_published(values: Mapping[str, Any]) -> bool:
    """Whether an item that WordPress exported is a text that readers saw."""
    status = _text(values["status"]) if "status" in values else ""
    return _text(values["post_type"]) in ("post", "page") and status not in _UNPUBLISHED


def _content(element: Any, name: str, *, exported: bool) -> list[Block]:
    """The blocks of an item's content: HTML in a text, or elements of XHTML.

    WordPress exports its own codes, and paragraphs that nothing but blank lines part.
    """
    from lxml import etree

    if len(element):
        return _html_blocks(etree.tostring(element, encoding="unicode", method="html"), name)
    text = "".join(element.itertext())
    if exported:
        text = _BLANK_LINE.sub("\n<br>\n", _SHORTCODE.sub("<br>", text))
    return (
        _html_blocks(text, name)
        if _MARKUP.search(text)
        else [item(one) for one in [clean(text)] if one]
    )


def _html_blocks(text: str, name: str) -> list[Block]:
    try:
        return text_blocks(text.encode(), name=name)
    except EmptyFile:
        return []


def _authors(element: Any, shown: Mapping[str, str]) -> tuple[str, ...]:
    """Names alone: RSS has them in brackets behind addresses, WordPress those people log in by."""
    found = []
    for one in element:
        if local(one) in ("creator", "author"):
            named = next((part for part in one if local(part) == "name"), one)
            text = _text(named)
            inside = re.search(r"\S+@\S+\s*\(([^()]+)\)", text)
            found.append(inside[1] if inside else shown.get(text, text))
    named = (name for name in found if name and "@" not in name)
    return tuple(dict.fromkeys(name for name in named if name.lower() not in _NO_PERSON))


def _display_names(root: Any) -> dict[str, str]:
    """What people are called by their names of login, in an export of WordPress."""
    found = {}
    for one in root.iter("{*}author"):
        parts = {local(part): _text(part) for part in one}
        if "author_login" in parts:
            found[parts["author_login"]] = parts.get("author_display_name", "")
    return {login: shown for login, shown in found.items() if shown}


def _date(text: str) -> str | None:
    try:
        return email.utils.parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return find_date(text)


def _language(root: Any) -> str | None:
    stated = next((_text(one) for one in root.iter() if local(one) == "language"), None)
    return stated or root.get("{http://www.w3.org/XML/1998/namespace}lang")


def _blocks(element: Any, level: int) -> Iterator[Block]:
    """The text in an element: its titles, its paragraphs, its records a line each."""
    name = local(element)
    if not name or name in _UNSEEN:
        return
    if _is_text(element):
        text = _text(element)
        if text:
            yield heading(text, level) if name in _TITLES else _leaf(name, text)
        return
    record = _record(element)
    if record:
        yield item(record)
        return
    loose = clean(element.text or "")
    if loose:
        yield paragraph(loose)
    for child in element:
        yield from _blocks(child, level + (name not in ("head", "hedline")))
        tail = clean(child.tail or "")
        if tail:
            yield paragraph(tail)


def _leaf(name: str, text: str) -> Block:
    """The text of an element that is a byline, or none whatever its wording, or a paragraph."""
    return paragraph(text) if name in ("p", "para", *_BYLINES) else item(text)


def _is_text(element: Any) -> bool:
    """Whether an element holds text, with nothing in it but what stands within a line."""
    return all(
        local(one) in _INLINE or not local(one) for one in element.iter() if one is not element
    )


def _record(element: Any) -> str | None:
    """An element among others of its name, all of whose children are short fields, as a line."""
    beside = [one.tag for one in (element.getprevious(), element.getnext()) if one is not None]
    if element.tag not in beside or not 1 < len(element) <= _MOST_FIELDS:
        return None
    if clean(element.text or ""):
        return None
    fields = [(local(one), _text(one)) for one in element if local(one)]
    if any(len(one) for one in element) or any(len(text) > _LONGEST_VALUE for _, text in fields):
        return None
    if len({key for key, _ in fields}) < len(fields):
        return None
    return CELL_SEPARATOR.join(f"{key}: {text}" for key, text in fields if text)


def _text(element: Any) -> str:
    return clean("".join(element.itertext()))
