"""Word documents (docx), read from their XML: converters lose tabs, hyphens, lists and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ingest.formats.blocks import (
    Document,
    clean,
    heading,
    is_data,
    item,
    may_be_heading,
    paragraph,
    row,
    with_bylines,
)
from ingest.formats.package import Package, attribute, local
from ingest.formats.pictures import picture_names
from ingest.page.furniture import Block, Kind

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile("(?:title|标题|標題)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录|目錄)\s*(?:\d|heading)?", re.IGNORECASE)
_GONE = frozenset(("del", "moveFrom", "Fallback", "rt", "pPr", "instrText", "delText"))
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_BODY_LEVEL = 9
_LITTLE = 200  # characters for each picture that are too few to be what it illustrates
_LONGEST_CHAIN = 20  # styles that are based on one another


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph's style says about it."""

    level: int = 0
    bold: bool = False
    centred: bool = False
    contents: bool = False
    cell: bool = False  # a row of a table


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph's lines, and how they are set."""

    lines: tuple[str, ...]
    style: _Style
    boxes: tuple[Any, ...]  # text boxes that hang on it


def read_document(package: Package, main: str) -> Document:
    """The document, with its foot- and endnotes. Raises DamagedFile, FileTooLarge."""
    parts = {kind: name for kind, name in package.related(main).values() if package.has(name)}
    styles = _styles(package.xml(parts["styles"])) if "styles" in parts else {}
    root = package.xml(main)
    body = next((one for one in root if local(one) == "body"), ())
    found = list(_blocks(body, styles))
    if not any(block.level for block, _ in found):
        found = _without_styles(found)
    notes = [
        text
        for kind in ("footnotes", "endnotes")
        if kind in parts
        for text in _notes(package.xml(parts[kind]))
    ]
    blocks = with_bylines([block for block, _ in found])
    pictures = picture_names(package, main, root)
    few = sum(len(block.text) for block in blocks) < _LITTLE * len(pictures)
    return Document(blocks, notes, pictures if few else ())


def _without_styles(found: list[tuple[Block, _Style]]) -> list[tuple[Block, _Style]]:
    """Where no style tells headings, short bold or centred lines are, and a short first one."""
    shown = []
    for i, (block, style) in enumerate(found):
        first = i == 0 and len(found) > 1 and len(found[1][0].text) > len(block.text)
        set_apart = style.bold or style.centred or (first and not style.cell)
        if block.kind is Kind.PARAGRAPH and set_apart and may_be_heading(block.text):
            shown.append((Block(Kind.SHORT, block.text), style))
        else:
            shown.append((block, style))
    return shown


def _blocks(parent: Any, styles: Mapping[str, _Style]) -> Iterator[tuple[Block, _Style]]:
    """The blocks of what holds paragraphs and tables, and how each is set."""
    for child in parent:
        name = local(child)
        if name == "p":
            yield from _paragraph_blocks(_paragraph(child, styles), styles)
        elif name == "tbl":
            yield from _table_blocks(child, styles)
        elif name not in _GONE:
            yield from _blocks(child, styles)


def _paragraph_blocks(
    one: _Paragraph, styles: Mapping[str, _Style]
) -> Iterator[tuple[Block, _Style]]:
    if one.style.level and one.lines:
        yield heading(" ".join(one.lines), one.style.level), one.style
    elif not one.style.contents:
        for line in one.lines:
            yield paragraph(line), one.style
    for box in one.boxes:
        yield from _blocks(box, styles)


def _table_blocks(table: Any, styles: Mapping[str, _Style]) -> Iterator[tuple[Block, _Style]]:
    """A table of data as a line a row; one that lays out the page as what its cells hold."""
    rows = [list(_children(line, "tc")) for line in _children(table, "tr")]
    texts = [[" ".join(_cell_lines(cell, styles)) for cell in cells] for cells in rows]
    if is_data(texts):
        for cells in texts:
            if any(cells):
                yield item(row(cells)), _Style(cell=True)
        return
    for line in rows:
        for cell in line:
            yield from _blocks(cell, styles)


def _cell_lines(cell: Any, styles: Mapping[str, _Style]) -> Iterator[str]:
    return (block.text for block, _ in _blocks(cell, styles))


def _children(parent: Any, wanted: str) -> Iterator[Any]:
    """The children of that name, also those in content controls."""
    for child in parent:
        name = local(child)
        if name == wanted:
            yield child
        elif name in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _children(child, wanted)


def _paragraph(element: Any, styles: Mapping[str, _Style]) -> _Paragraph:
    boxes: list[Any] = []
    bold: list[bool] = []
    text = "".join(_texts(element, boxes, bold))
    found = tuple(filter(None, map(clean, text.split("\n"))))
    return _Paragraph(found, _set(element, styles, bold=bool(bold) and all(bold)), tuple(boxes))


def _texts(parent: Any, boxes: list[Any], bold: list[bool]) -> Iterator[str]:
    """The visible text in a paragraph or a part of it; text boxes are put aside."""
    for child in parent:
        name = local(child)
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name == "txbxContent":
            boxes.append(child)
        elif name == "r":
            properties = next((one for one in child if local(one) == "rPr"), ())
            if not _is_on(properties, "vanish"):
                text = "".join(_texts(child, boxes, bold))
                if text.strip():
                    bold.append(_is_on(properties, "b"))
                yield text
        elif name not in _GONE:
            yield from _texts(child, boxes, bold)


def _set(element: Any, styles: Mapping[str, _Style], *, bold: bool) -> _Style:
    """How a paragraph is set, by its style and by itself."""
    properties = next((one for one in element if local(one) == "pPr"), ())
    named = styles.get(_value(properties, "pStyle") or "", _Style())
    level = _level(_value(properties, "outlineLvl"))
    return _Style(
        level=named.level if level is None else level,
        bold=bold or named.bold,
        centred=(_value(properties, "jc") or "") == "center" or named.centred,
        contents=named.contents,
    )


def _styles(root: Any) -> dict[str, _Style]:
    """What each style of paragraphs says, by its id; a style says what those it's based on say."""
    elements = {attribute(one, "styleId"): one for one in root if local(one) == "style"}
    return {name: _style(one, elements) for name, one in elements.items() if name}


def _style(element: Any, elements: Mapping[str | None, Any]) -> _Style:
    chain = list(islice(_chain(element, elements), _LONGEST_CHAIN))
    names = [_value(one, "name") or "" for one in chain]
    levels = [
        level
        for one, name in zip(chain, names, strict=True)
        if (level := _named_level(name, _value(_child(one, "pPr"), "outlineLvl"))) is not None
    ]
    return _Style(
        level=levels[0] if levels else 0,
        bold=any(_is_on(_child(one, "rPr"), "b") for one in chain),
        centred=any(_value(_child(one, "pPr"), "jc") == "center" for one in chain),
        contents=bool(_CONTENTS.fullmatch(names[0])),
    )


def _chain(element: Any, elements: Mapping[str | None, Any]) -> Iterator[Any]:
    while element is not None:
        yield element
        element = elements.get(_value(element, "basedOn"))


def _named_level(name: str, outline: str | None) -> int | None:
    if _TITLE.fullmatch(name):
        return 1
    numbered = _HEADING.fullmatch(name)
    return int(numbered[1]) + 1 if numbered else _level(outline)


def _level(outline: str | None) -> int | None:
    """The level of a heading, below that of a title; 0 for body text, None for nothing."""
    if not outline or not outline.isdecimal():
        return None
    return 0 if int(outline) >= _BODY_LEVEL else int(outline) + 2


def _notes(root: Any) -> Iterator[str]:
    """The texts of foot- or endnotes; those with a type are rules between text and notes."""
    for note in root:
        if attribute(note, "type") in (None, "normal"):
            text = " ".join(block.text for block, _ in _blocks(note, {}))
            if text:
                yield text


def _child(element: Any, name: str) -> Any:
    return next((one for one in element if local(one) == name), ())


def _value(properties: Any, name: str) -> str | None:
    """The value of a property, None if it isn't there."""
    found = next((one for one in properties if local(one) == name), None)
    return None if found is None else attribute(found, "val")


def _is_on(properties: Any, name: str) -> bool:
    """Whether a switch is on; without a value it is."""
    found = next((one for one in properties if local(one) == name), None)
    return found is not None and attribute(found, "val") not in ("0", "false", "off")
