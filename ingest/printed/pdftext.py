"""The lines of type on a page of a PDF, from its text layer.

pdfium gives a page's text at once and quickly, a character's place slowly. So places are asked for
the first and the last character of a line only, and between them where a line may reach over a
column's gap.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

from ingest.page.lines import ems
from ingest.printed import pdfcalls
from ingest.printed.pdfrules import find_rules
from ingest.printed.pdfruns import Run, printed_page, turned_point
from ingest.printed.types import PrintedPage

_LINE = re.compile("[^\r\n\ufffe\x02]+[\ufffe\x02]?")
_HYPHEN = "\ufffe\x02"
_GAP = re.compile(r"(?<=\S)\s+(?=\S)")
_WIDE = "\u2e80"  # from here on characters are as wide as they are high
_WIDE_MARKS = re.compile("[\u3000-\u303f\uff00-\uff65]")
_SYMBOLS = str.maketrans(
    {
        **dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf06c\uf0a8", "•"),
        "\uf0fc": "✓",
        "\uf0e0": "→",
        "\xa0": " ",
        "\xad": "-",
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "ft",
        **dict.fromkeys((*range(9), *range(11, 32), 127)),
    }
)
_ODD = re.compile(
    "[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]"
)
# All that needs a closer look: hyphens at a line's end, symbols, ligatures, what means nothing.
_SPECIAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xa0\xad\ue000-\uf8ff\ufb00-\ufb05\ufffd\ufffe"
    "\U000f0000-\U0010ffff]"
)
_WORDS = re.compile(r"[^\s\d]{3,}")
_SPELT = re.compile(r"[\"'(\[]*[A-Za-z][a-z]*[aeiouy][a-z]*[\"')\].,;:!?]*", re.ASCII)
_MOST_UNREADABLE = 0.1  # of a page's characters
_BOLD = 600  # of a font's weight

_COLUMN_GAP = 1.2  # ems between words that belong to different columns
_WIDE_COLUMN_GAP = 0.9  # the same where both are Chinese, which has no spaces
_CLOSE = 0.3  # ems that are no column's gap, even if what follows is much smaller
_SPACE = 0.12  # ems by which a space makes a gap wider
_UNLIKE = 1.3  # times the size of type in one column
_SURE_GAP = 3.0  # ems between words that surely do
_COMMON = 4  # lines or pieces that begin where a column begins


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's print, and how many of its characters have no meaning that could be told."""

    page: PrintedPage
    characters: int = 0
    unreadable: int = 0

    @property
    def is_readable(self) -> bool:
        """Whether all but a few characters can be told."""
        return self.unreadable <= _MOST_UNREADABLE * self.characters


def read_page(page: Any, number: int) -> PageText:
    """What the pypdfium2 page has for its text layer. Raises PdfiumError."""
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range()
        reader = _Reader(text_page.raw, text)
        runs = _without_loose_gaps(list(reader.lines()))
    finally:
        text_page.close()
    runs, lost = _meaningful(runs)
    box = page.get_bbox()
    printed = printed_page(number, box, runs, partial(find_rules, page, box))
    total = len(text) - 2 * text.count("\r\n") - text.count(" ")
    odd = 0 if reader.plain else _count_odd(text)
    return PageText(printed, total, max(odd, lost))


class _Reader:
    """Asks pdfium where characters stand, with the same buffers for all of a page."""

    def __init__(self, raw: Any, text: str) -> None:
        self.raw = raw
        self.text = text
        self.even = pdfium.FPDFText_CountChars(raw) == len(text)
        self.plain = not _SPECIAL.search(text)
        self.box = pdfium.FS_RECTF()
        self.matrix = pdfium.FS_MATRIX()
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self._box = ctypes.byref(self.box)
        self._matrix = ctypes.byref(self.matrix)
        self._x, self._y = ctypes.byref(self.x), ctypes.byref(self.y)
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._edge_buffers = [ctypes.byref(edge) for edge in self._edges]

    def lines(self) -> Iterator[list[Run]]:
        """The lines as pdfium breaks them, in pieces where they may reach over a column's gap."""
        shift = 0  # characters that pdfium counts twice
        for found in _LINE.finditer(self.text):
            line = found[0]
            start = found.start() + shift
            if not line.isascii() and max(line) > "\uffff":
                shift += sum(character > "\uffff" for character in line)
            if not line.isspace():
                yield self._runs(line, start)

    def _runs(self, line: str, start: int) -> list[Run]:
        gaps = self._gaps(line, start)
        if not gaps:
            return [self._run(line, start)]
        pieces = self._cuts(line, start, gaps)
        return [
            self._run(line[first:last], start + first)
            for first, last in pieces
            if not line[first:last].isspace()
        ]

    def _run(self, piece: str, start: int) -> Run:
        stripped = piece.strip()
        start += len(piece) - len(piece.lstrip())
        index = self._index(start)
        size, angle, left, up = self._origin(index)
        stop = self._stop(stripped, start + len(stripped) - 1, size, angle)
        if _is_spaced_out(stripped):
            stripped = self._closed_up(stripped, start)
        bold = pdfcalls.font_weight(self.raw, index) >= _BOLD
        mapped = pdfcalls.has_map_error(self.raw, index) != 1
        if not self.plain and _SPECIAL.search(stripped):
            stripped = _clean(stripped)
        return Run(stripped, left, max(stop, left), up, size, bold, angle, mapped)

    def _closed_up(self, text: str, start: int) -> str:
        """The text without spaces that aren't wider than most gaps between its characters."""
        places = [self._origin(self._index(start + i)) for i in range(len(text))]
        gaps = {
            i: (places[i + 1][2] - places[i - 1][2]) / places[i][0]
            for i in range(1, len(text) - 1)
            if text[i] == " " and text[i - 1] >= _WIDE
        }
        usual = median(gaps.values()) if gaps else 0.0
        return "".join(
            character
            for i, character in enumerate(text)
            if character != " " or gaps.get(i, 0.0) > usual + _SPACE
        )

    def _index(self, position: int) -> int:
        """Pdfium's number of the character at a position: it counts some that aren't text."""
        if self.even:
            return position
        return int(pdfcalls.char_index(self.raw, position))

    def _origin(self, index: int) -> tuple[float, int, float, float]:
        """The type's size, its direction, and where a character stands along and across it."""
        size, angle = self._size(index)
        pdfcalls.char_origin(self.raw, index, self._x, self._y)
        if angle == 0:
            return size, 0, self.x.value, self.y.value
        return size, angle, *turned_point(self.x.value, self.y.value, angle)

    def _size(self, index: int) -> tuple[float, int]:
        """The size of a character's type, and its direction."""
        pdfcalls.char_matrix(self.raw, index, self._matrix)
        m = self.matrix
        a, b = m.a, m.b
        size = pdfcalls.font_size(self.raw, index) * math.hypot(m.c, m.d)
        if b == 0 and a > 0:
            return size, 0
        return size, round(math.atan2(b, a) / (math.pi / 2)) % 4

    def _stop(self, text: str, position: int, size: float, angle: int) -> float:
        """Where the last character ends. Some fonts tell only how far its ink reaches."""
        index = self._index(position)
        _, right = self._sides(index, angle)
        last = text[-1]
        if last < _WIDE:
            return right
        pdfcalls.char_origin(self.raw, index, self._x, self._y)
        along = turned_point(self.x.value, self.y.value, angle)[0]
        return max(right, along + size * (0.5 if _WIDE_MARKS.match(last) else 1.0))

    def _sides(self, index: int, angle: int) -> tuple[float, float]:
        """Where a character begins and ends along the direction of its line."""
        pdfcalls.loose_box(self.raw, index, self._box)
        box = self.box
        if angle == 0:
            return box.left, box.right
        one = turned_point(box.left, box.bottom, angle)[0]
        other = turned_point(box.right, box.top, angle)[0]
        return min(one, other), max(one, other)

    def _cuts(
        self, line: str, start: int, gaps: Iterable[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """The pieces of a line, by position in it, that no column's gap divides."""
        first = 0
        for before, after in gaps:
            index, behind = self._index(start + before), self._index(start + after)
            size, angle = self._size(index)
            _, left = self._sides(index, angle)
            right, _ = self._sides(behind, angle)
            if 0 <= right - left <= _CLOSE * size:
                continue
            size = min(size, self._size(behind)[0])
            wide = line[before] >= _WIDE and line[after] >= _WIDE
            least = _WIDE_COLUMN_GAP if wide else _COLUMN_GAP
            spaces = line[before:after].count("\u3000")
            if right - left > (least + spaces) * size or right < left - size:
                yield first, before + 1
                first = after
        yield first, len(line)

    def _gaps(self, line: str, start: int) -> list[tuple[int, int]]:
        """The characters before and behind the places where a column's gap may be."""
        if " " in line.strip() and self._has_gap(line, start):
            return [(gap.start() - 1, gap.end()) for gap in _GAP.finditer(line)]
        if line[0] >= _WIDE and self._is_too_wide(line, start):
            return [(i, i + 1) for i in range(len(line.rstrip()) - 1)]
        return []

    def _is_too_wide(self, line: str, start: int) -> bool:
        """Whether a line of Chinese is wider than its characters: pdfium sees no space there."""
        text = line.rstrip()
        size, angle, left, _ = self._origin(self._index(start))
        _, right = self._sides(self._index(start + len(text) - 1), angle)
        return right - left > (ems(text) + _COLUMN_GAP) * size

    def _has_gap(self, line: str, start: int) -> bool:
        """Whether the pieces that pdfium sees in a line stand apart."""
        count = pdfcalls.count_rects(self.raw, self._index(start), len(line))
        if count < 2:
            return False
        left, top, right, bottom = self._edges
        edge = None
        for number in range(count):
            pdfcalls.rect(self.raw, number, *self._edge_buffers)
            height = max(top.value - bottom.value, 4.0)
            if edge is not None and not -height < left.value - edge < 0.6 * height:
                return True
            edge = right.value
        return False


def _without_loose_gaps(lines: Sequence[list[Run]]) -> list[Run]:
    """The runs, put together again where a gap is no column's: nothing else begins behind it."""
    if all(len(line) == 1 for line in lines):
        return [run for line in lines for run in line]
    starts = Counter(round(run.start) for line in lines for run in line)
    runs: list[Run] = []
    for line in lines:
        runs.append(line[0])
        for run in line[1:]:
            last, place = runs[-1], round(run.start)
            gap = run.start - last.stop
            common = starts[place - 1] + starts[place] + starts[place + 1] >= _COMMON
            unlike = max(run.size, last.size) > _UNLIKE * min(run.size, last.size)
            if common or unlike or not -run.size < gap < _SURE_GAP * run.size:
                runs.append(run)
            else:
                runs[-1] = last._replace(text=f"{last.text} {run.text}", stop=run.stop)
    return runs


def _clean(text: str) -> str:
    if text[-1] in _HYPHEN:
        text = text[:-1] + "-"
    return text.translate(_SYMBOLS).strip()


def _is_spaced_out(text: str) -> bool:
    """Whether a line is Chinese set so wide that pdfium sees spaces between its characters."""
    if text.isascii() or " " not in text:
        return False
    words = text.split(" ")
    single = sum(len(word) == 1 and word >= _WIDE for word in words)
    return single >= 4 and 3 * single >= len(words)


def _meaningful(runs: Sequence[Run]) -> tuple[list[Run], int]:
    """The runs without those that can't be text, and how many characters those have.

    Where a font doesn't say what its characters are, pdfium gives its numbers for them. They may
    be right: then they are words in plain letters.
    """
    unsure = [run for run in runs if not run.mapped]
    if not unsure:
        return list(runs), 0
    words = _WORDS.findall(" ".join(run.text for run in unsure))
    spelt = sum(bool(_SPELT.fullmatch(word)) for word in words)
    bad = {id(run) for run in unsure if not run.text.isascii() or 2 * spelt < len(words)}
    kept = [run for run in runs if id(run) not in bad]
    return kept, sum(len(run.text) for run in runs if id(run) in bad)


def _count_odd(text: str) -> int:
    """How many characters of a page mean nothing."""
    return sum(
        len(character.translate(_SYMBOLS)) != 1 or character.translate(_SYMBOLS) == character
        for character in _ODD.findall(text)
    )
