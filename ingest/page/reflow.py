"""Undoes the line wraps of a page: lines become blocks.

Nothing but white space is lost or made, except the hyphen of a Western word cut at a line's end
and the marks of Markdown's headings and quotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.page.display import (
    ENDS_OPEN,
    FULL_STOP,
    LONGEST_SHORT,
    LONGEST_WESTERN_SHORT,
    MARKDOWN_HEADING,
    NUMBERED,
    SUBTITLE,
    Setting,
    is_display,
    is_name_below_title,
    measure,
    opens_line,
)
from ingest.page.furniture import Block, Kind, opens_remark, remark_kind
from ingest.page.lines import LOOSEST, ends_clause, ends_sentence, is_western, read_lines

REMARK_LINES = 12  # lines that a bracketed remark may have
SEAM = 100  # characters before a line's end that tell how the next line is joined

_FENCE = re.compile(r"^(?:```|~~~)")
_QUOTATION = re.compile(r"^[>\s]+(?=[^>\s])")
_WESTERN_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_LETTERS = re.compile(r"[^\W\d_]+\Z")
_LETTERS = re.compile(r"[^\W\d_]*")
_CAN_NOT_BEGIN = re.compile("[，。、；：！？）》」』”’…]")
_STOP = re.compile("[。！？]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines that surely belong together, before it's known whether the text goes on elsewhere."""

    kind: Kind
    lines: tuple[str, ...]
    level: int = 0  # number of Markdown hashes
    apart: bool = False  # something sets it apart from what stands above it


def reflow(text: str) -> list[Block]:
    """The blocks of a page in their order, each unwrapped, kinds told by wording and setting."""
    lines = read_lines(text)
    words = _words_of_page(line.text for line in lines)
    pieces = _pieces(measure(lines))
    return [_block(piece, words) for piece in _with_whole_headings(pieces)]


def join_lines(lines: Iterable[str], words: frozenset[str] = frozenset()) -> str:
    """The lines as one: Chinese without a space, Western words with one, cut words made whole.

    A hyphen at a line's end stays if the word is in ``words`` with its hyphen only.
    """
    parts: list[str] = []
    end = ""  # of what is joined so far
    for line in lines:
        if end:
            between = _between(end, line, words)
            if between is None:
                parts[-1] = parts[-1][:-1]
                end = end[:-1]
            elif between:
                parts.append(between)
            end += between or ""
        parts.append(line)
        end = (end + line)[-SEAM:]
    return "".join(parts)


def mend(blocks: Sequence[Block]) -> list[Block]:
    """Join paragraphs that a column's end cut in mid-sentence, across the furniture between."""
    words = _words_of_page(block.text for block in blocks)
    mended: list[list[Block]] = []
    cut: int | None = None  # where the paragraph stands that isn't over
    for block in blocks:
        if block.kind is Kind.PARAGRAPH and cut is not None:
            mended[cut].append(block)
            cut = cut if block.goes_on else None
            continue
        if block.kind is Kind.PARAGRAPH:
            cut = len(mended) if block.goes_on else None
        elif block.kind in (Kind.SHORT, Kind.BYLINE, Kind.CLOSER, Kind.NOTE, Kind.JUMP):
            cut = None
        mended.append([block])
    return [_mended(parts, words) for parts in mended]


def _mended(parts: Sequence[Block], words: frozenset[str]) -> Block:
    if len(parts) == 1:
        return parts[0]
    whole = join_lines((part.text for part in parts), words)
    return replace(parts[0], text=whole, goes_on=parts[-1].goes_on)


def _between(left: str, right: str, words: frozenset[str]) -> str | None:
    """What joins two lines: nothing, a space, or None if the first one's hyphen is to go."""
    if left[-1] == "-":
        start = _LAST_LETTERS.search(left, max(0, len(left) - SEAM), len(left) - 1)
        if start:
            return None if _cuts_word(start[0], right, words) else ""
    western = left[-1].isascii() and right[0].isascii()
    number = left[-1].isdigit() and right[0].isdigit()
    if (western and not number) or (is_western(left[-40:]) and is_western(right[:40])):
        return " "
    return ""


def _cuts_word(start: str, right: str, words: frozenset[str]) -> bool:
    """Whether a hyphen behind ``start`` cuts a word, and isn't the word's own."""
    letters = _LETTERS.match(right)
    end = letters[0] if letters else ""
    hyphened, whole = f"{start}-{end}".lower(), f"{start}{end}".lower()
    return right[0].islower() and not (hyphened in words and whole not in words)


def _words_of_page(lines: Iterable[str]) -> frozenset[str]:
    """The Western words of a page, if a line ends as a cut word does."""
    held = list(lines)
    if not any(line.endswith("-") for line in held):
        return frozenset()
    return frozenset(word.lower() for line in held for word in _WESTERN_WORD.findall(line))


def _pieces(page: Setting) -> Iterator[_Piece]:
    """Cut the lines wherever something shows that a block ends."""
    taken: list[int] = []
    marked = dict(_marked(page))
    i = 0
    while i < len(page.lines):
        if i in marked:
            yield replace(marked[i], apart=page.is_apart(i))
            i += len(marked[i].lines)
            continue
        taken.append(i)
        if i + 1 in marked or _ends_piece(page, i):
            yield _plain_piece(page, taken)
            taken = []
        i += 1


def _marked(page: Setting) -> Iterator[tuple[int, _Piece]]:
    """The lines, with their positions, whose wording or Markdown tells what they are."""
    fenced = False
    for i, line in enumerate(page.lines):
        fence = bool(_FENCE.match(line.text))
        fenced = fenced != fence
        heading = MARKDOWN_HEADING.match(line.text)
        quotation = _QUOTATION.match(line.text)
        kind = Kind.BYLINE if is_name_below_title(page, i) else page.kinds[i]
        if fence or fenced:
            yield i, _Piece(Kind.PARAGRAPH, (line.text,))
        elif quotation:
            yield i, _Piece(Kind.PARAGRAPH, (line.text[quotation.end() :],))
        elif heading and heading[2]:
            yield i, _Piece(Kind.SHORT, (heading[2],), level=len(heading[1]))
        elif kind:
            yield i, _Piece(kind, (line.text,))
        elif remark := _remark(page, i):
            yield i, remark


def _remark(page: Setting, start: int) -> _Piece | None:
    """A closer or a note that begins with a line and, in its brackets, ends with a line."""
    bracket = opens_remark(page.text(start))
    if bracket is None:
        kind = remark_kind(page.text(start))
        return _Piece(kind, (page.text(start),)) if kind else None
    held: tuple[str, ...] = ()
    for line in page.lines[start : start + REMARK_LINES]:
        held += (line.text,)
        if bracket in line.text:
            kind = remark_kind(join_lines(held)) if line.text.endswith(bracket) else None
            return _Piece(kind, held) if kind else None
    return None


def _ends_piece(page: Setting, i: int) -> bool:
    """Whether a block ends with line ``i``."""
    line, following = page.text(i), page.text(i + 1)
    if _CAN_NOT_BEGIN.match(following):
        return False
    if page.fits[i].width is None or page.is_apart(i + 1) or opens_line(following):
        return True
    if page.indented and page.lines[i + 1].indent > page.lines[i].indent + 0.5:
        return True
    display = is_display(page, i)
    if display != is_display(page, i + 1) or (display and _opens_subtitle(page, i + 1)):
        return True
    return ends_clause(line) and _ends_column_line(page, i)


def _opens_subtitle(page: Setting, i: int) -> bool:
    """Whether line ``i`` begins a subtitle, below one or two lines that stand apart."""
    line = page.text(i)
    apart = page.is_apart(i - 1) or page.is_apart(i - 2) or bool(page.kinds[i - 2])
    return apart and bool(SUBTITLE.match(line)) and line[1] == line[0]


def _ends_column_line(page: Setting, i: int) -> bool:
    """Whether line ``i`` is shorter or longer than wrapped lines, or the last of its column."""
    fit = page.fits[i]
    overlong = fit.length > (fit.width or 0) + LOOSEST
    return page.free(i) > page.slack or overlong or _width_changes(page, i)


def _width_changes(page: Setting, i: int) -> bool:
    """Whether a column of another width begins below line ``i``."""
    above, below, length = page.fits[i].before, page.fits[i + 1].after, page.fits[i + 1].length
    if above is None or below is None:
        return False
    wider = below > above + LOOSEST and length > above + LOOSEST
    narrower = below < above - LOOSEST and length <= below + 1
    return wider or narrower


def _plain_piece(page: Setting, taken: Sequence[int]) -> _Piece:
    """A piece of running text or of display type."""
    lines = tuple(page.text(i) for i in taken)
    short = _is_short(lines)
    display = short and is_display(page, taken[-1])
    if ENDS_OPEN.search(lines[-1]) or any(map(FULL_STOP.search, lines[:-1])):
        display = False
    if short and NUMBERED.match(lines[0]) and not ends_clause(lines[-1]):
        display = len(lines) <= 3
    kind = Kind.SHORT if display else Kind.PARAGRAPH
    return _Piece(kind, lines, apart=page.is_apart(taken[0]))


def _is_short(lines: Sequence[str]) -> bool:
    """Whether lines are no longer than a title may be."""
    length = sum(map(len, lines))
    return length <= LONGEST_SHORT or (length <= LONGEST_WESTERN_SHORT and is_western(lines[0]))


def _with_whole_headings(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Give a heading the full lines before its last, short one."""
    found: list[_Piece] = []
    for piece in pieces:
        found[-1:] = _split_heading(found[-1], piece) if found else [piece]
    return found


def _split_heading(before: _Piece, short: _Piece) -> list[_Piece]:
    """The two pieces, with lines of the first moved to the second if they begin its heading."""
    if short.kind is not Kind.SHORT or short.level or short.apart:
        return [before, short]
    if before.kind is not Kind.PARAGRAPH or ends_sentence(before.lines[-1]):
        return [before, short]
    cut = max((i + 1 for i, line in enumerate(before.lines) if ends_sentence(line)), default=0)
    whole = replace(short, lines=before.lines[cut:] + short.lines)
    length = sum(map(len, whole.lines))
    most = LONGEST_WESTERN_SHORT if is_western(short.lines[0]) else LONGEST_SHORT
    if length > most or _STOP.search("".join(before.lines[cut:])):
        return [before, short]
    return [replace(before, lines=before.lines[:cut]), whole] if cut else [whole]


def _block(piece: _Piece, words: frozenset[str]) -> Block:
    text = join_lines(piece.lines, words)
    goes_on = piece.kind is Kind.PARAGRAPH and not ends_clause(text)
    return Block(piece.kind, text, piece.level, goes_on)
