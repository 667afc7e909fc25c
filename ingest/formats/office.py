"""Documents of Office programs: by their content whatever they are called.

Files of XML are read here; RTF and the old binary formats (doc, ppt, xls) and the cells of
spreadsheets by kreuzberg.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from ingest.errors import EmptyFile, PartlyRead
from ingest.formats import File, Options, join_readings
from ingest.formats.blocks import (
    clean,
    heading,
    is_empty,
    item,
    may_be_heading,
    paragraph,
    row,
    titled,
)
from ingest.formats.book import read_book
from ingest.formats.head import names, plain_title
from ingest.formats.html import text_blocks as html_blocks
from ingest.formats.opendocument import text_blocks
from ingest.formats.package import Package, damaged, local, open_package, too_large
from ingest.formats.sheets import row_lines
from ingest.formats.slides import slide_blocks
from ingest.formats.word import word_blocks
from ingest.newspaper import parse_blocks
from ingest.page.furniture import Block, Kind
from ingest.page.metadata import Stated
from ingest.types import Reading
from ingest.zips import locked

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = {  # the stream in an OLE file that holds the document
    "WordDocument": "application/msword",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
}
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RTF = "application/rtf"
_FIELD = re.compile(
    r'(?:HYPERLINK|PAGEREF|INCLUDEPICTURE)\s+(?:\\\w\s+)*(?:"[^"\n]*"|\S+)(?:\s+\\\w)*\s?'
)
_PAGE_EDGES = re.compile(rb"\{\\(?:header|footer)[lrf]?\b")
_UNNAMED = re.compile(r"(?:sheet|工作表|表)\s*\d+", re.IGNORECASE)
_NOTE = re.compile(r"\[\^\w+\]: (.+)")
_MOST_ROWS = 100_000
_LARGEST_SHEETS = 200 * 2**20  # bytes of XML


def read(file: File, options: Options) -> Reading:  # noqa: ARG001
    """The articles of a document.

    Raises EmptyFile, DamagedFile, LockedFile, FileTooLarge.
    """
    head = file.head()
    if head.startswith(b"PK"):
        reading = _read_package(file)
    elif head.startswith(_OLE):
        reading = _read_binary(file)
    elif head.lstrip().startswith(b"{\\rt"):
        blocks, notes = _rich_text(file)
        reading = _reading(blocks, file, notes=notes)
    else:
        raise damaged(file.name) if head.strip() else _empty(file.name)
    if not reading.articles:
        raise _empty(file.name)
    return reading


def _read_package(file: File) -> Reading:
    with open_package(file) as package:
        if package.has("META-INF/container.xml"):
            chapters, stated = read_book(package)
            return join_readings(
                parse_blocks(blocks, path=file.name, stated=stated) for blocks in chapters
            )
        if package.has("content.xml"):
            blocks, notes = text_blocks(package)
            return _reading(blocks, file, _stated(package, blocks), notes)
        main = _main_part(package)
        if main.startswith("word/"):
            blocks, notes = word_blocks(package, main)
            return _reading(blocks, file, _stated(package, blocks), notes)
        if main.startswith("ppt/"):
            blocks = slide_blocks(package, main)
            return _reading(blocks, file, _stated(package, blocks))
        if main.startswith("xl/"):
            if sum(one.file_size for one in package.archive.infolist()) > _LARGEST_SHEETS:
                raise too_large(file.name)
            return _read_sheets(file, _SHEETS)
    raise damaged(file.name)


def _main_part(package: Package) -> str:
    """The name of the part that is the document itself."""
    parts = package.related("")
    found = (name for kind, name in parts.values() if kind == "officeDocument")
    return next(found, "")


def _stated(package: Package, blocks: list[Block]) -> Stated:
    """What the file's properties suggest; most authors of properties are programs or computers."""
    name = next((one for one in ("docProps/core.xml", "meta.xml") if package.has(one)), None)
    if name is None:
        return Stated()
    said = {local(one): one.text or "" for one in package.xml(name).iter()}
    has_title = bool(blocks) and blocks[0].kind is Kind.SHORT
    title = None if has_title else plain_title(said.get("title"))
    authors = names([said.get("creator", "")])
    guessed = {"title": title, "authors": authors}
    return Stated(
        title=title, authors=authors, guessed=tuple(key for key, value in guessed.items() if value)
    )


def _read_binary(file: File) -> Reading:
    """A file of Office 97, or a new one that is encrypted."""
    data = file.data
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise locked(file.name)
    kind = next((k for name, k in _BINARY.items() if name.encode("utf-16-le") in data), None)
    if kind is None:
        raise damaged(file.name)
    if kind.endswith("excel"):
        return _read_sheets(file, kind)
    return _reading(_old_blocks(_convert(data, kind, file.name).content), file)


def _old_blocks(text: str) -> list[Block]:
    """The lines of text that a binary file gave: tabs part a table's cells, lines are paragraphs.

    No style is known: a heading is a short line by itself, and a short first line.
    """
    found: list[Block] = []
    for piece in _FIELD.sub("", text).split("\n\n"):
        held = list(filter(None, map(clean, piece.split("\n"))))
        for line in piece.split("\n"):
            cells = list(filter(None, map(clean, line.split("\t"))))
            if not cells:
                continue
            block = paragraph(cells[0]) if len(cells) == 1 else item(row(cells))
            alone = (len(held) == 1 or not found) and len(cells) == 1
            if alone and block.kind is Kind.PARAGRAPH and may_be_heading(block.text):
                block = Block(Kind.SHORT, block.text)
            found.append(block)
    if found and found[-1].kind is Kind.SHORT:
        found[-1] = item(found[-1].text)  # a heading has something below it
    return found


def _read_sheets(file: File, kind: str) -> Reading:
    """A workbook: each sheet a section."""
    found = _convert(file.data, kind, file.name)
    sheets = found.metadata.get("sheet_names") or []
    blocks: list[Block] = []
    rows = 0
    for table in found.tables:
        held = table.cells[: max(0, _MOST_ROWS - rows)]
        rows += len(table.cells)
        lines = [item(line) for line in row_lines(held)]
        if lines:
            named = sheets[table.page_number - 1 : table.page_number]
            blocks += [heading(one, 1) for one in named if not _UNNAMED.fullmatch(one)]
            blocks += lines
    stated = Stated()
    if sum(block.level for block in blocks) > 1:  # no sheet's name is the title of all
        stated = Stated(title=PurePath(file.name).stem, guessed=("title",))
        blocks = titled(stated.title, blocks)
    reading = _reading(blocks, file, stated)
    if rows > _MOST_ROWS:
        problem = PartlyRead(
            f"{file.name}: only the first {_MOST_ROWS} rows were read; save the rest as CSV",
            f"{file.name}：只读取了前 {_MOST_ROWS} 行；其余请另存为 CSV",
        )
        return replace(reading, problems=(*reading.problems, problem))
    return reading


def _rich_text(file: File) -> tuple[list[Block], list[str]]:
    """The blocks of an RTF file, and its footnotes."""
    page = _convert(_without_edges(file.data), _RTF, file.name, output="html").content
    blocks = html_blocks(page.encode(), name=file.name, declared="utf-8")
    notes = {i: found[1] for i, block in enumerate(blocks) if (found := _NOTE.match(block.text))}
    return [block for i, block in enumerate(blocks) if i not in notes], list(notes.values())


def _without_edges(data: bytes) -> bytes:
    """RTF without the headers and footers of its pages."""
    kept = []
    start = 0
    for found in _PAGE_EDGES.finditer(data):
        if found.start() >= start:
            kept.append(data[start : found.start()])
            start = _group_end(data, found.start())
    return b"".join([*kept, data[start:]])


def _group_end(data: bytes, start: int) -> int:
    """Where the group that begins at ``start`` ends."""
    depth = 0
    for brace in re.compile(rb"\\.|[{}]", re.DOTALL).finditer(data, start):
        depth += {b"{": 1, b"}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.end()
    return len(data)


def _convert(data: bytes, kind: str, name: str, *, output: str = "plain") -> Any:
    """What kreuzberg makes of a file, without OCR and without a cache. Raises DamagedFile."""
    import kreuzberg

    config = kreuzberg.ExtractionConfig(
        use_cache=False, enable_quality_processing=False, output_format=output
    )
    try:
        return kreuzberg.extract_bytes_sync(data, kind, config=config)
    except kreuzberg.KreuzbergError as error:
        raise damaged(name) from error


def _reading(
    blocks: list[Block],
    file: File,
    stated: Stated = Stated(),  # noqa: B008
    notes: Iterable[str] = (),
) -> Reading:
    if is_empty(blocks):
        raise _empty(file.name)
    reading = parse_blocks(blocks, path=file.name, stated=stated)
    articles = reading.articles
    if notes and len(articles) == 1:
        articles = (replace(articles[0], notes=(*articles[0].notes, *notes)),)
    return replace(reading, articles=articles)


def _empty(name: str) -> EmptyFile:
    return EmptyFile(f"{name} holds no text; nothing to read", f"{name} 没有文字，没有可读的内容")
