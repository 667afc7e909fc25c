"""Strips of type become blocks: wrapped lines are joined to paragraphs, headings told apart.

What shows where a paragraph ends is how it is set: an indent, a gap, a line that the next word
would have fitted in, type of another size. A paragraph goes on in the next strip if nothing there
begins one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.page.byline import parse_byline
from ingest.page.display import ENDS_OPEN, FULL_STOP, LONGEST_SHORT, LONGEST_WESTERN_SHORT, NUMBERED
from ingest.page.furniture import (
    Block,
    Kind,
    is_caption,
    line_kind,
    opens_news,
    opens_remark,
    remark_kind,
)
from ingest.page.lines import ems, ends_clause, ends_sentence, is_western
from ingest.page.reflow import join_lines
from ingest.printed.strips import Strip
from ingest.printed.types import PrintedLine

LARGER = 1.1  # times the size of running text: type of a heading
_INDENT = 0.8  # ems from which on a first line is indented
_DEEPEST_INDENT = 2.6  # ems
_EVEN = 0.3  # ems by which lines that begin at the same place may differ
_LONGEST_QUESTION = 24  # characters of one that heads a section
_GAP = 1.25  # times the usual distance of lines
_SLACK = 0.6  # ems that a line may leave free though the next word would have fitted
_SURELY_SHORT = 2.5  # ems more than that, where no sentence ends
_LEADING = 1.75  # ems from line to line where there are too few lines to tell

_FIRST_WORD = re.compile("[“‘（《【(\"']*(?:[\\x21-\\u024f]+|.)[，。！？；：、”’）》】…,.;:!?)]*")
_ITEM = re.compile(r"^(?:[-*+•▪●○◦✓→]\s*\S|\d{1,2}[.)]\s)")
_WESTERN_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-H]\.)\s+[A-Z]")
_DATELINE = re.compile("[^，。]{2,20}?[讯訊电電](?![员員])")
_CREDIT = re.compile("[（(](?:本报|本報)?(?:记者|記者|通讯员|通訊員|文|作者)")
_NAMES = re.compile("[^。！？）)]{0,24}(?:记者|記者|通讯员|通訊員|[□■])[^。！？）)]*$")
_QUESTION = re.compile("[^，,；;。？?！!]+[？?]")
_QUOTED_END = re.compile("^[^，。！？；：,.!?;:]*[^，。！？；：…,.!?;:][”」』]$")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Column:
    """The edges of the column that a strip stands in, and how far its lines are apart."""

    left: float
    right: float
    step: float


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; ``fresh`` if something shows that they begin a paragraph."""

    lines: list[PrintedLine]
    column: Column
    fresh: bool
    kind: Kind | None = None
    apart: bool = False  # a gap stands above it
    rest: float = 0.0  # ems that its last line leaves free
    centred: bool = False
    _text: str = ""

    @property
    def text(self) -> str:
        """Its lines, joined."""
        if not self._text:
            self._text = join_print(self.lines)
        return self._text

    def extend(self, rest: Paragraph) -> None:
        """Add what goes on elsewhere."""
        self.lines += rest.lines
        self.rest = rest.rest
        self._text = ""

    @property
    def size(self) -> float:
        """The size of its first line's type."""
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)

    def goes_on_from(self, above: Paragraph) -> bool:
        """Whether it is the rest, in the next strip, of the paragraph ``above``."""
        if above.kind or self.kind or self.fresh or above.centred:
            return False
        if _other_type(above.lines[-1], self.lines[0]):
            return False
        if not ends_clause(above.lines[-1].text):
            return True
        word = _FIRST_WORD.match(self.lines[0].text)
        full = above.rest <= (ems(word[0]) if word else 1.0) + _SLACK
        return full and above.fresh and _indent(above.lines[0], above.column) > _INDENT


def join_print(lines: Sequence[PrintedLine]) -> str:
    """The lines as one. Between names that a line's end divides a space is put."""
    texts = [line.text for line in lines]
    if len(texts) > 1 and _NAMES.match(texts[0]) and not texts[0].isascii():
        texts[:2] = [_join_names(texts[0], texts[1])]
    return join_lines(texts)


def _join_names(above: str, below: str) -> str:
    """Two lines with names, of which a line's end may divide one."""
    start = above.rfind("（") + 1 or above.rfind("(") + 1
    stops = [i for i in map(below.find, "）)") if i >= 0]
    end = min(stops) if stops else len(below)
    if parse_byline(above[start:] + below[:end]) or not parse_byline(
        f"{above[start:]} {below[:end]}"
    ):
        return above + below
    return f"{above} {below}"


@dataclass(frozen=True, slots=True)
class Style:
    """How running text is set; ``furnished``: wording tells bylines, remarks and the like."""

    size: float
    bold: bool = False
    furnished: bool = True


def set_blocks(strips: Sequence[Strip], style: Style, around: Sequence[Strip] = ()) -> list[Block]:
    """The blocks of strips that are read one after the other.

    ``around`` are all strips of the page: the edges of a column show in the longer ones.
    """
    paragraphs = paragraphs_of(strips, style, around)
    return [_block(paragraphs, i, style) for i in range(len(paragraphs))]


def paragraphs_of(
    strips: Sequence[Strip], style: Style, around: Sequence[Strip] = ()
) -> list[Paragraph]:
    """The paragraphs of strips that are read one after the other."""
    found: list[Paragraph] = []
    for strip in strips:
        column = column_of(strip, around or strips)
        for paragraph in _paragraphs(strip, column, style):
            if found and paragraph.goes_on_from(found[-1]):
                found[-1].extend(paragraph)
            else:
                found.append(paragraph)
    return found


def column_of(strip: Strip, around: Sequence[Strip]) -> Column:
    """The column of a strip, told from the nearest longer strip if it is short itself."""
    best = strip
    if len(strip.lines) < 4:
        size = strip.size
        wider = [
            other
            for other in around
            if len(other.lines) >= 3
            and other.left < strip.left + 0.5 * size
            and other.right > strip.right - 0.5 * size
            and other.size < 1.4 * size
        ]
        best = min(wider, key=lambda other: _distance(other, strip), default=strip)
    return Column(best.left, max(best.right, strip.right), _step(best))


def _distance(one: Strip, other: Strip) -> tuple[bool, float]:
    """How likely another strip shows the column of one: by their left edges, then by nearness."""
    apart = max(one.top - other.bottom, other.top - one.bottom, 0.0)
    return abs(one.left - other.left) > _DEEPEST_INDENT * other.size, apart


def _step(strip: Strip) -> float:
    tops = [line.top for line in strip.lines]
    steps = [below - above for above, below in pairwise(tops)]
    return median(steps) if len(steps) > 1 else _LEADING * strip.size


def _paragraphs(strip: Strip, column: Column, style: Style) -> Iterator[Paragraph]:
    lines = strip.lines
    kinds = [
        line_kind(line.text) if style.furnished and not opens_lede(line.text) else None
        for line in lines
    ]
    taken: list[int] = []
    for i in range(len(lines)):
        if taken and _begins(lines, i, column, kinds, taken[0], style):
            yield _paragraph(lines, taken, column, kinds)
            taken = []
        taken.append(i)
    yield _paragraph(lines, taken, column, kinds)


def opens_lede(text: str) -> bool:
    """Whether a line is a dateline's: a report's first line, even if it names but its reporters."""
    return opens_news(text) and bool(_DATELINE.match(text))


def _paragraph(
    lines: Sequence[PrintedLine], taken: Sequence[int], column: Column, kinds: Sequence[Kind | None]
) -> Paragraph:
    held = [lines[i] for i in taken]
    first = taken[0]
    apart = first > 0 and lines[first].top - lines[first - 1].top > _GAP * column.step
    centred = all(_is_centred(line, column) for line in held)
    fresh = _indent(held[0], column) > _INDENT or centred or apart or first > 0
    rest = (column.right - held[-1].right) / held[-1].size
    return Paragraph(held, column, fresh, kinds[first], apart, rest, centred)


def _indent(line: PrintedLine, column: Column) -> float:
    return (line.left - column.left) / line.size


def _is_centred(line: PrintedLine, column: Column) -> bool:
    """Whether a line stands in the middle of its column, and doesn't fill it."""
    before, after = _indent(line, column), (column.right - line.right) / line.size
    return min(before, after) > 0.8 and abs(before - after) < 0.8


def _begins(
    lines: Sequence[PrintedLine],
    i: int,
    column: Column,
    kinds: Sequence[Kind | None],
    first: int,
    style: Style,
) -> bool:
    """Whether line ``i`` begins a paragraph; the one above began with line ``first``."""
    above, line = lines[i - 1], lines[i]
    if kinds[i] is not None or kinds[i - 1] is not None:
        return True
    if line.top - above.top > _GAP * column.step or _other_type(above, line):
        return True
    if style.furnished and _remark_ends(lines, i, first):
        return True
    indent, before = _indent(line, column), _indent(above, column)
    if indent > _INDENT and _is_centred(above, column) and not _is_centred(line, column):
        return True
    if indent > _INDENT and (before < 0.5 * _INDENT or ends_clause(above.text)):
        return True
    even = _INDENT < indent < _DEEPEST_INDENT and abs(indent - before) < _EVEN and i - 1 == first
    if even and style.furnished and any(_indent(other, column) < _EVEN for other in lines):
        return True
    return _would_have_fitted(above, line, column)


def _other_type(above: PrintedLine, line: PrintedLine) -> bool:
    return max(above.size, line.size) > LARGER * min(above.size, line.size)


def _remark_ends(lines: Sequence[PrintedLine], i: int, first: int) -> bool:
    """Whether a remark in brackets begins with line ``i``, or ended above it."""
    if opens_remark(lines[i].text) or _CREDIT.match(lines[i].text):
        return True
    bracket = opens_remark(lines[first].text)
    return bracket is not None and bracket in lines[i - 1].text


def _would_have_fitted(above: PrintedLine, line: PrintedLine, column: Column) -> bool:
    """Whether the line above ends though there was room for the first word of the next."""
    free = (column.right - above.right) / above.size
    word = _FIRST_WORD.match(line.text)
    needed = ems(word[0]) * 1.15 + 0.3 if word else 1.0
    if above.text.endswith("-"):
        return False
    slack = _SLACK if ends_clause(above.text) else _SURELY_SHORT
    return free > needed + slack


def _block(paragraphs: Sequence[Paragraph], i: int, style: Style) -> Block:
    paragraph = paragraphs[i]
    text = paragraph.text
    if paragraph.kind is not None:
        return Block(paragraph.kind, text)
    if style.furnished:
        kind = remark_kind(text) or (Kind.CAPTION if is_caption(text) else None)
        credit = _CREDIT.match(text) or len(paragraph.lines) == 2
        if credit and line_kind(text) is Kind.BYLINE and not opens_lede(text):
            kind = Kind.BYLINE
        if kind:
            return Block(kind, text)
    if is_display(paragraphs, i, style):
        return Block(Kind.SHORT, text)
    return Block(Kind.PARAGRAPH, text, goes_on=not ends_clause(text))


def is_display(paragraphs: Sequence[Paragraph], i: int, style: Style) -> bool:
    """Whether a paragraph is a title or a heading."""
    paragraph, text = paragraphs[i], paragraphs[i].text
    longest = LONGEST_WESTERN_SHORT if is_western(text) else LONGEST_SHORT
    if len(text) > longest or not _LETTER.search(text) or opens_news(text):
        return False
    if FULL_STOP.search(text) or ENDS_OPEN.search(text):
        return False
    if paragraph.size >= LARGER * style.size or (paragraph.bold and not style.bold):
        return len(paragraph.lines) <= 4
    if _ITEM.match(text) or paragraph.size < 0.95 * style.size:
        return False
    if NUMBERED.match(text) or (_WESTERN_NUMBERED.match(text) and len(text) < 60):
        return _heads_a_section(text) and paragraph.rest > _SLACK and len(paragraph.lines) <= 3
    return style.furnished and _is_set_apart(paragraphs, i)


def _is_set_apart(paragraphs: Sequence[Paragraph], i: int) -> bool:
    """Whether a short paragraph of ordinary type stands by itself, between whole ones."""
    paragraph = paragraphs[i]
    if i + 1 == len(paragraphs) or not paragraphs[i + 1].fresh:
        return False
    if i and not ends_sentence(paragraphs[i - 1].text) and paragraphs[i - 1].kind is None:
        return False
    if paragraph.centred or len(paragraph.lines) > 2 or not _heads_a_section(paragraph.text):
        return paragraph.centred
    indented = all(_indent(p.lines[0], p.column) > _INDENT for p in paragraphs[i : i + 2])
    return paragraph.rest > 1.5 or (indented and not ends_clause(paragraph.text))


def _heads_a_section(text: str) -> bool:
    """Whether a short paragraph reads like a heading: no sentence, or a question by itself."""
    if _QUESTION.fullmatch(text):
        return len(text) <= _LONGEST_QUESTION
    return not ends_clause(text) or bool(_QUOTED_END.search(text))


def is_indented(strips: Sequence[Strip], columns: Iterable[Column]) -> bool:
    """Whether indents show where paragraphs begin."""
    first = inside = 0
    for strip, column in zip(strips, columns, strict=True):
        for above, line in pairwise(strip.lines):
            if _indent(line, column) > _INDENT and not _is_centred(line, column):
                first += ends_sentence(above.text)
            else:
                inside += 1
    return 40 * first > inside
