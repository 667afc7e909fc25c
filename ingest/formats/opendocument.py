"""OpenDocument files, read from their XML: converters lose spaces and misplace footnotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingest.formats.blocks import clean, heading, is_data, item, paragraph, row
from ingest.formats.package import Package, attribute, local
from ingest.formats.sheets import row_lines
from ingest.page.furniture import Block
from ingest.zips import locked

_MOST_REPEATS = 100  # columns; empty ones are repeated up to the sheet's edge
_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_GONE = frozenset(
    (
        "tracked-changes",
        "annotation",
        "annotation-end",
        "table-of-content",
        "alphabetical-index",
        "note",
        "ruby-text",
        "sequence-decls",
        "forms",
        "bookmark",
        "title",
        "desc",
    )
)


def text_blocks(package: Package) -> tuple[list[Block], tuple[str, ...]]:
    """The blocks of a text and its notes. Raises DamagedFile, FileTooLarge, LockedFile."""
    _refuse_locked(package)
    root = package.xml(_CONTENT)
    titles = {
        attribute(style, "name"): attribute(style, "parent-style-name")
        for style in root.iter("{*}style")
    }
    body = next((one for one in root if local(one) == "body"), ())
    notes = [
        " ".join(block.text for block in _blocks(one, titles)) for one in root.iter("{*}note-body")
    ]
    return list(_blocks(body, titles)), tuple(filter(None, notes))


def _refuse_locked(package: Package) -> None:
    if package.has(_MANIFEST):
        for one in package.xml(_MANIFEST).iter():
            if local(one) == "encryption-data":
                raise locked(package.name)


def _blocks(parent: Any, titles: Mapping[str | None, str | None]) -> Iterator[Block]:
    """The blocks of what holds paragraphs, lists and tables."""
    for child in parent:
        name = local(child)
        if name in ("p", "h"):
            yield from _paragraph_blocks(child, titles)
        elif name == "list":
            for block in _blocks(child, titles):
                yield block if block.level else item(block.text)
        elif name == "table" and local(parent) == "spreadsheet":
            yield from _sheet_blocks(child, titles)
        elif name == "table":
            yield from _table_blocks(child, titles)
        elif name not in _GONE:
            yield from _blocks(child, titles)


def _paragraph_blocks(element: Any, titles: Mapping[str | None, str | None]) -> Iterator[Block]:
    boxes: list[Any] = []
    lines = tuple(filter(None, map(clean, "".join(_texts(element, boxes)).split("\n"))))
    style = attribute(element, "style-name")
    level = 0
    if "Title" in (style, titles.get(style)) or _is_slide_title(element):
        level = 1
    elif local(element) == "h":
        outline = attribute(element, "outline-level") or ""
        level = 1 + (int(outline) if outline.isdecimal() else 1)
    if level and lines:
        yield heading(" ".join(lines), level)
    else:
        yield from map(paragraph, lines)
    for box in boxes:
        yield from _blocks(box, titles)


def _is_slide_title(element: Any) -> bool:
    """Whether a paragraph stands in the frame of a slide's title."""
    frame = next(element.iterancestors("{*}frame"), None)
    return frame is not None and attribute(frame, "class") == "title"


def _texts(element: Any, boxes: list[Any]) -> Iterator[str]:
    """The visible text in a paragraph or a part of it; text boxes are put aside."""
    yield element.text or ""
    for child in element:
        name = local(child)
        if name == "s":
            yield " "
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name == "text-box":
            boxes.append(child)
        elif name not in _GONE:
            yield from _texts(child, boxes)
        yield child.tail or ""


def _sheet_blocks(table: Any, titles: Mapping[str | None, str | None]) -> Iterator[Block]:
    """A sheet of a spreadsheet: its name above its rows."""
    lines = [item(line) for line in row_lines(_texts_of(_rows(table, titles)))]
    if lines:
        yield heading(attribute(table, "name") or "-", 2)
    yield from lines


def _rows(table: Any, titles: Mapping[str | None, str | None]) -> list[list[list[Block]]]:
    """The blocks in each cell; a cell that is repeated stands as often as it is."""
    found = []
    for line in table.iter("{*}table-row"):
        cells: list[list[Block]] = []
        for cell in line:
            if local(cell) in ("table-cell", "covered-table-cell"):
                times = attribute(cell, "number-columns-repeated") or "1"
                held = list(_blocks(cell, titles))
                cells += [held] * (min(int(times), _MOST_REPEATS) if times.isdecimal() else 1)
        found.append(cells)
    return found


def _texts_of(rows: list[list[list[Block]]]) -> list[list[str]]:
    return [[" ".join(block.text for block in cell) for cell in cells] for cells in rows]


def _table_blocks(table: Any, titles: Mapping[str | None, str | None]) -> Iterator[Block]:
    rows = _rows(table, titles)
    texts = _texts_of(rows)
    if is_data(texts):
        yield from (item(row(cells)) for cells in texts if any(cells))
    else:
        yield from (block for cells in rows for cell in cells for block in cell)
