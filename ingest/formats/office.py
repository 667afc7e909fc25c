"""Documents of Office programs: by their content whatever they are called.

Files of XML are read here; RTF and the old binary formats (doc, ppt, xls) and the cells of
spreadsheets by kreuzberg.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from ingest.detect import find_suffix
from ingest.errors import PartlyRead
from ingest.formats import File, Options, concatenate
from ingest.formats.blocks import (
    clean,
    heading,
    is_empty,
    item,
    may_be_heading,
    no_text,
    paragraph,
    row,
    titled,
)
from ingest.formats.book import read_book
from ingest.formats.head import names, plain_title
from ingest.formats.html import text_blocks as html_blocks
from ingest.formats.opendocument import text_blocks
from ingest.formats.package import Package, damaged, local, open_package, too_large
from ingest.formats.pictures import read_members
from ingest.formats.sheets import row_lines
from ingest.formats.slides import read_slides
from ingest.formats.word import read_document
from ingest.formats.workbook import Rows, check_mapping, find_articles
from ingest.newspaper import parse_blocks
from ingest.page.furniture import Block, Kind
from ingest.page.metadata import Stated
from ingest.types import Reading

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = {  # Office 97
    ".doc": "application/msword",
    ".ppt": "application/vnd.ms-powerpoint",
    ".xls": "application/vnd.ms-excel",
}
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RTF = "application/rtf"
_FIELD = re.compile(
    r'(?:HYPERLINK|PAGEREF|INCLUDEPICTURE)\s+(?:\\\w\s+)*(?:"[^"\n]*"|\S+)(?:\s+\\\w)*\s?'
)
_LONE_BULLET = re.compile(r"(?m)^[ \t]*([•·▪◦●■\uf0b7])[ \t]*\n+(?=\S)")
_PAGE_EDGES = re.compile(rb"\{\\(?:header|footer)[lrf]?\b")
_UNNAMED = re.compile(r"(?:sheet|工作表|表)\s*\d+", re.IGNORECASE)
_NOTE = re.compile(r"\[\^\w+\]: (.+)")
_MOST_ROWS = 100_000
_LARGEST_SHEETS = 200 * 2**20  # bytes of XML


def read(file: File, options: Options) -> Reading:
    """The articles of a document, and those on pictures that stand by themselves in it.

    Raises EmptyFile, DamagedFile, LockedFile, FileTooLarge, UnknownFormat, and ReadError for
    columns that a workbook doesn't have.
    """
    head = file.head()
    if head.startswith(b"PK"):
        reading = _read_package(file, options)
    elif head.startswith(_OLE):
        reading = _read_binary(file, options)
    elif head.lstrip().startswith(b"{\\rt"):
        blocks, notes = _rich_text(file)
        reading = _reading(blocks, file, notes=notes)
    else:
        raise damaged(file.name) if head.strip() else no_text(file.name)
    if not reading.articles:
        raise reading.problems[0] if reading.problems else no_text(file.name)
    return reading


def _read_package(file: File, options: Options) -> Reading:
    with open_package(file) as package:
        if package.has("META-INF/container.xml"):
            chapters, stated = read_book(package)
            return concatenate(
                parse_blocks(blocks, path=file.name, stated=stated) for blocks in chapters
            )
        if package.has("content.xml"):
            blocks, notes = text_blocks(package)
            return _reading(blocks, file, _stated(package, blocks), notes)
        main = _main_part(package)
        if main.startswith("word/"):
            document = read_document(package, main)
        elif main.startswith("ppt/"):
            document = read_slides(package, main)
        elif main.startswith("xl/"):
            if sum(one.file_size for one in package.archive.infolist()) > _LARGEST_SHEETS:
                raise too_large(file.name)
            return _read_sheets(file, _SHEETS, options)
        else:
            raise damaged(file.name)
        stated = _stated(package, document.blocks)
        return concatenate(
            (
                _reading(document.blocks, file, stated, document.notes),
                read_members(package, document.pictures, options),
            )
        )


def _main_part(package: Package) -> str:
    """The name of the part that is the document itself."""
    parts = package.related("")
    found = (name for kind, name in parts.values() if kind == "officeDocument")
    return next(found, "")


def _stated(package: Package, blocks: Sequence[Block]) -> Stated:
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


def _read_binary(file: File, options: Options) -> Reading:
    """A file of Office 97. Raises LockedFile for a newer one that is encrypted."""
    kind = _BINARY.get(find_suffix(file))
    if kind is None:
        raise damaged(file.name)
    if kind.endswith("excel"):
        return _read_sheets(file, kind, options)
    return _reading(_old_blocks(_convert(file.data, kind, file.name).content), file)


def _old_blocks(text: str) -> list[Block]:
    """The lines of text that a binary file gave: tabs part a table's cells, lines are paragraphs.

    No style is known: a heading is a short line by itself, and a short first line.
    """
    found: list[Block] = []
    text = _LONE_BULLET.sub(r"\1 ", _FIELD.sub("", text))
    for piece in text.split("\n\n"):
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


def _read_sheets(file: File, kind: str, options: Options) -> Reading:
    """A workbook: the articles of sheets that list articles, all others as one."""
    found = _convert(file.data, kind, file.name)
    names = found.metadata.get("sheet_names") or []
    tables = [(names[one.page_number - 1 : one.page_number], one.cells) for one in found.tables]
    rows = sum(len(cells) for _, cells in tables)
    if options.columns:
        check_mapping([cells for _, cells in tables], options.columns, file.name)
    readings: list[Reading] = []
    others: list[tuple[Sequence[str], Rows]] = []
    left = _MOST_ROWS
    for named, cells in tables:
        held, left = cells[:left], max(0, left - len(cells))
        if articles := find_articles(held, options.columns):
            readings += articles.readings(file.name)
        else:
            others.append((named, held))
    reading = concatenate([*readings, _read_tables(others, file)])
    if rows > _MOST_ROWS:
        problem = PartlyRead(
            f"{file.name}: only the first {_MOST_ROWS} rows were read; save the rest as CSV",
            f"{file.name}：只读取了前 {_MOST_ROWS} 行；其余请另存为 CSV",
        )
        return replace(reading, problems=(*reading.problems, problem))
    return reading


def _read_tables(tables: Iterable[tuple[Sequence[str], Rows]], file: File) -> Reading:
    """Sheets, each with its name if it has one, as the sections of an article."""
    blocks: list[Block] = []
    for named, cells in tables:
        lines = [item(line) for line in row_lines(cells)]
        if lines:
            blocks += [heading(one, 1) for one in named if not _UNNAMED.fullmatch(one)]
            blocks += lines
    stated = Stated()
    if sum(block.level for block in blocks) > 1:  # no sheet's name is the title of all
        stated = Stated(title=PurePath(file.name).stem, guessed=("title",))
        blocks = titled(stated.title, blocks)
    return _reading(blocks, file, stated)


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
    blocks: Sequence[Block],
    file: File,
    stated: Stated = Stated(),  # noqa: B008
    notes: Iterable[str] = (),
) -> Reading:
    if is_empty(blocks):
        return Reading()
    # Pull-quotes are for newsprint; a document's paragraphs that are alike all belong to it.
    reading = parse_blocks(blocks, path=file.name, stated=stated, quoting=False)
    articles = reading.articles
    if notes and len(articles) == 1:
        articles = (replace(articles[0], notes=(*articles[0].notes, *notes)),)
    return replace(reading, articles=articles)
