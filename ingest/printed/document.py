"""A printed document of any number of pages becomes one article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.newspaper import parse_blocks
from ingest.page.byline import parse_byline
from ingest.page.furniture import Block, Kind
from ingest.page.lines import ends_clause
from ingest.page.metadata import Stated, either
from ingest.printed.order import reading_order
from ingest.printed.running import without_running_lines
from ingest.printed.strips import Strip, find_strips, main_size
from ingest.printed.types import PrintedPage
from ingest.printed.typeset import Paragraph, Style, is_display, paragraphs_of
from ingest.types import Reading

_SMALL = 0.93  # times the size of running text: type of notes and captions
_TITLE = 1.2  # the same for a document's title
_LONGEST_TITLE = 200
_FIRST_BLOCKS = 5  # among which a byline stands
_CAPTION = re.compile(r"(?:Fig(?:ure|\.)|Table|Tab\.|[图圖表])\s*\d", re.IGNORECASE)
_MOST_LEVELS = 4


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph and the page that it begins on."""

    paragraph: Paragraph
    page: int


def read_document(
    pages: Sequence[PrintedPage],
    *,
    path: str,
    stated: Stated,
    guessed: Stated = Stated(),  # noqa: B008
) -> Reading:
    """All pages as one article. What is ``guessed`` counts where neither page nor file say it."""
    cleared = without_running_lines(pages)
    style = _style(cleared)
    pieces = _pieces(cleared, style)
    paragraphs = [piece.paragraph for piece in pieces]
    display = [is_display(paragraphs, i, style) for i in range(len(paragraphs))]
    levels = _levels(paragraphs, display)
    blocks = [_block(*pair, levels) for pair in zip(paragraphs, display, strict=True)]
    first_page = sum(piece.page == pieces[0].page for piece in pieces) if pieces else 0
    title = _title_place(paragraphs[:first_page], display, style)
    if title is not None:
        blocks.insert(0, replace(blocks.pop(title), kind=Kind.SHORT, level=0))
        stated = _with_byline(blocks, stated)
    if title is not None or not blocks or blocks[0].kind is Kind.SHORT:
        guessed = replace(guessed, title=None)
    stated = either(stated, replace(guessed, guessed=("title", "authors", "published")))
    return parse_blocks([b for b in blocks if b.text.strip()], path=path, stated=stated)


def _style(pages: Sequence[PrintedPage]) -> Style:
    lines = [line for page in pages for line in page.lines]
    size = main_size(lines)
    body = [line for line in lines if abs(line.size - size) < 0.05 * size]
    bold = 2 * sum(line.bold for line in body) > len(body)
    return Style(size, bold=bold, furnished=False)


def _pieces(pages: Sequence[PrintedPage], style: Style) -> list[_Piece]:
    """The paragraphs in reading order. Notes and captions follow what they would interrupt."""
    found: list[_Piece] = []
    waiting: list[_Piece] = []
    for number, page in enumerate(pages):
        strips = find_strips(page.lines)
        aside = {id(strip) for strip in strips if _is_aside(strip, style)}
        main = [strip for strip in reading_order(strips) if id(strip) not in aside]
        held = paragraphs_of(main, style, strips)
        if held and found and held[0].goes_on_from(found[-1].paragraph):
            found[-1].paragraph.extend(held.pop(0))
        found += waiting if held else []
        waiting = [] if held else waiting
        found += [_Piece(paragraph, number) for paragraph in held]
        notes = [strip for strip in reading_order(strips) if id(strip) in aside]
        waiting += [_Piece(paragraph, number) for paragraph in paragraphs_of(notes, style, strips)]
    return found + waiting


def _is_aside(strip: Strip, style: Style) -> bool:
    return strip.size < _SMALL * style.size or bool(_CAPTION.match(strip.lines[0].text))


def _block(paragraph: Paragraph, display: bool, levels: dict[float, int]) -> Block:  # noqa: FBT001
    if display:
        return Block(Kind.SHORT, paragraph.text, levels[round(paragraph.size, 1)])
    return Block(Kind.PARAGRAPH, paragraph.text, goes_on=not ends_clause(paragraph.text))


def _levels(paragraphs: Sequence[Paragraph], display: Sequence[bool]) -> dict[float, int]:
    """The level of a heading by the size of its type."""
    sizes = {round(p.size, 1) for p, shown in zip(paragraphs, display, strict=True) if shown}
    return {
        size: min(level, _MOST_LEVELS) for level, size in enumerate(sorted(sizes, reverse=True), 1)
    }


def _title_place(
    paragraphs: Sequence[Paragraph], display: Sequence[bool], style: Style
) -> int | None:
    """Where the title stands among the first page's paragraphs: the largest type of the page."""
    large = [
        i
        for i, paragraph in enumerate(paragraphs)
        if display[i]
        and paragraph.size >= _TITLE * style.size
        and 1 < len(paragraph.text) <= _LONGEST_TITLE
    ]
    if not large:
        return None
    largest = max(paragraphs[i].size for i in large)
    return next(i for i in large if paragraphs[i].size > 0.97 * largest)


def _with_byline(blocks: list[Block], stated: Stated) -> Stated:
    """What a byline below the title says; it's taken from the blocks."""
    for i, block in enumerate(blocks[1:_FIRST_BLOCKS], 1):
        credit = parse_byline(block.text)
        if credit and not stated.authors:
            del blocks[i]
            return replace(stated, authors=credit.authors)
    return stated
