"""Books (EPUB): an article for each chapter."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urldefrag

from ingest.errors import EmptyFile
from ingest.formats.blocks import clean, heading, is_empty, item
from ingest.formats.head import plain_title, stated_language
from ingest.formats.html import text_blocks
from ingest.formats.package import Package, attribute, damaged, resolve
from ingest.page.furniture import Block, Kind
from ingest.page.metadata import Stated
from ingest.zips import locked

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/xml", "text/xml")
_CONTENTS = re.compile(
    r"(?:table of )?contents\.?|(?:list of )?(?:illustrations|figures|tables)\.?|目\s*[录錄次]",
    re.IGNORECASE,
)
_CHAPTER = re.compile(r"第.{1,6}[章回]|chapter\b", re.IGNORECASE)
_START = re.compile(r"\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG", re.IGNORECASE)
_END = re.compile(r"\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG", re.IGNORECASE)
_FIRST_BLOCKS = 3  # among which a chapter's heading and byline stand
_MOST_PAGES = 5000


def read_book(package: Package) -> tuple[list[list[Block]], Stated]:
    """The blocks of each chapter, and what the book says about all of them.

    Raises DamagedFile, FileTooLarge, LockedFile.
    """
    listing = _listing(package)
    folder = posixpath.dirname(listing)
    root = package.xml(listing)
    manifest = {one.get("id"): one for one in root.iter("{*}item")}
    pages = []
    for reference in list(root.iter("{*}itemref"))[:_MOST_PAGES]:
        one = manifest.get(reference.get("idref"))
        if one is not None and one.get("media-type") in _PAGES and _is_text(one, root):
            pages.append(resolve(folder, unquote(one.get("href", ""))))
    _refuse_locked(package, pages)
    names = _names(package, root, folder)
    title = plain_title(_first(root, "title"))
    blocks = [block for page in pages if package.has(page) for block in _page(package, page, names)]
    sample = " ".join(block.text for block in blocks[:200])
    stated = Stated(
        authors=tuple(dict.fromkeys(filter(None, map(_text, _creators(root))))),
        source=title,
        language=stated_language(_first(root, "language"), sample),
    )
    return list(_chapters(_without_licence(blocks), title)), stated


def _listing(package: Package) -> str:
    """The name of the member that lists the book's parts."""
    found = package.xml(_CONTAINER).find(".//{*}rootfile")
    name = None if found is None else found.get("full-path")
    if not name:
        raise damaged(package.name)
    return resolve("", name)


def _is_text(one: Any, root: Any) -> bool:
    """Whether a part isn't the table of contents."""
    if "nav" in (one.get("properties") or "").split():
        return False
    listed = root.iter("{*}reference")
    return not any(
        guide.get("type") == "toc" and guide.get("href") == one.get("href") for guide in listed
    )


def _refuse_locked(package: Package, pages: Sequence[str]) -> None:
    """Fonts may be encrypted, pages not. Raises LockedFile."""
    if package.has(_ENCRYPTION):
        for one in package.xml(_ENCRYPTION).iter("{*}CipherReference"):
            if unquote(one.get("URI", "")) in pages:
                raise locked(package.name)


def _names(package: Package, root: Any, folder: str) -> dict[str, str]:
    """What the table of contents calls each part, for books whose pages have no headings."""
    found: dict[str, str] = {}
    for one in root.iter("{*}item"):
        if one.get("media-type") != "application/x-dtbncx+xml":
            continue
        name = resolve(folder, unquote(one.get("href", "")))
        if not package.has(name):
            continue
        for point in package.xml(name).iter("{*}navPoint"):
            label, content = point.find("{*}navLabel/{*}text"), point.find("{*}content")
            if label is not None and content is not None:
                target = urldefrag(unquote(content.get("src", ""))).url
                found.setdefault(resolve(posixpath.dirname(name), target), _text(label))
    return found


def _page(package: Package, page: str, names: dict[str, str]) -> list[Block]:
    """The blocks of a part, its name in the table of contents above them if no heading is there."""
    try:
        blocks = text_blocks(package.read(page), name=f"{package.name}/{page}")
    except EmptyFile:
        return []
    if is_empty(blocks):
        return []
    name = names.get(page)
    if name and not any(block.level for block in blocks):
        rest = blocks[1:] if blocks[0].text == name else blocks
        return [heading(name, 1), *rest]
    return blocks


def _without_licence(blocks: list[Block]) -> list[Block]:
    """The book itself between the marks that Project Gutenberg puts around it."""
    start = next((i + 1 for i, block in enumerate(blocks) if _START.search(block.text)), 0)
    end = next((i for i, block in enumerate(blocks) if _END.search(block.text)), len(blocks))
    return blocks[start:end]


def _chapters(blocks: list[Block], title: str | None) -> Iterator[list[Block]]:
    level = _chapter_level(blocks)
    chapter: list[Block] = []
    for block in [*blocks, heading("", 1)]:
        if 0 < block.level <= level or not block.text:
            if chapter and all(one.level for one in chapter):
                text = f"{chapter[0].text} {block.text}".strip()
                chapter = [heading(text, chapter[0].level)]
                continue
            if not _is_contents(chapter):
                yield _as_document(chapter, title)
            chapter = []
        chapter.append(block)


def _chapter_level(blocks: Sequence[Block]) -> int:
    """The level of the headings that begin chapters, 0 if there are no headings."""
    headings = [block for block in blocks if block.level]
    named = sorted(block.level for block in headings if _CHAPTER.match(block.text))
    if len(named) > 1:
        return named[0]
    levels = [block.level for block in headings]
    several = [level for level in levels if levels.count(level) > 1]
    return min(several or levels, default=0)


def _is_contents(chapter: Sequence[Block]) -> bool:
    """Whether a chapter is empty, or a list of the others."""
    return is_empty(chapter) or bool(chapter[0].level and _CONTENTS.fullmatch(chapter[0].text))


def _as_document(chapter: list[Block], title: str | None) -> list[Block]:
    """A chapter as an article: no page of a newspaper, but perhaps with a byline."""
    if not chapter[0].level and title:
        chapter = [heading(title, 1), *chapter]
    return [
        block
        if block.level or (block.kind is Kind.BYLINE and i < _FIRST_BLOCKS)
        else item(block.text)
        for i, block in enumerate(chapter)
    ]


def _creators(root: Any) -> Iterator[Any]:
    """The authors, without translators, illustrators and the like."""
    roles = {
        (one.get("refines") or "").lstrip("#"): _text(one)
        for one in root.iter("{*}meta")
        if one.get("property") == "role"
    }
    for one in root.iter("{*}creator"):
        role = attribute(one, "role") or roles.get(one.get("id") or "", "aut")
        if role == "aut":
            yield one


def _first(root: Any, name: str) -> str | None:
    found = root.find(f".//{{*}}metadata/{{*}}{name}")
    return None if found is None else _text(found)


def _text(element: Any) -> str:
    return clean("".join(element.itertext()))
