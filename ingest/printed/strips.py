"""Lines of type become strips: runs of lines that stand below each other in a column.

Only places count, not the order in which a file gives its lines. The sweep down the page closes a
strip when a line reaches over it and its neighbour, when two lines share the room below it, or
when the type or a gap shows that something else begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.printed.rules import are_apart, are_divided
from ingest.printed.types import PrintedLine, Rectangle

SAME_SIZE = 1.18  # sizes of type that differ less belong together
_WIDEST_GAP = 1.5  # ems between lines of a strip
_WORD_GAP = 0.55  # ems between pieces of one line
_WIDEST_SPACE = 3.0  # ems of one that stretches a justified line
_SPACE = 0.15  # ems from which on a gap is a space
_INDENT = 4.5  # ems
_WIDER = 2.0  # ems by which a line may be wider than those above it
_OVERLAP = 0.4  # ems that lines in one column have in common
_LEVEL, _ROW = 0.2, 15  # ems between the tops of lines in one row, and the most of them
_WIDE = "\u2e80"


@dataclass(slots=True)
class Strip:
    """Lines that stand below each other, from top to bottom; places in points."""

    lines: list[PrintedLine]
    left: float
    right: float
    _size: tuple[int, float] = (0, 0.0)  # of how many lines, what

    @classmethod
    def of(cls, lines: Sequence[PrintedLine]) -> Strip:
        """A strip of at least one line."""
        return cls(list(lines), min(line.left for line in lines), max(line.right for line in lines))

    @property
    def top(self) -> float:
        """Where its first line begins."""
        return self.lines[0].top

    @property
    def bottom(self) -> float:
        """Where its last line ends."""
        return self.lines[-1].bottom

    @property
    def size(self) -> float:
        """The size of most of its type."""
        if self._size[0] != len(self.lines):
            self._size = len(self.lines), main_size(self.lines)
        return self._size[1]

    @property
    def text(self) -> str:
        """Its lines, as they are."""
        return "\n".join(line.text for line in self.lines)


def main_size(lines: Iterable[PrintedLine]) -> float:
    """The size that most characters have, to a tenth of a point; 0 without lines."""
    letters: dict[float, int] = {}
    for line in lines:
        size = round(line.size, 1)
        letters[size] = letters.get(size, 0) + len(line.text)
    return max(letters.items(), key=lambda item: (item[1], item[0]))[0] if letters else 0.0


def find_strips(lines: Sequence[PrintedLine], rules: Sequence[Rectangle] = ()) -> list[Strip]:
    """The strips of a page, by where they begin. None reaches over one of the ``rules``."""
    open_strips: list[Strip] = []
    closed: list[Strip] = []
    for line in whole_lines(lines, rules):
        reached = [strip for strip in open_strips if _shares(strip, line)]
        near = [strip for strip in reached if _is_near(strip, line)]
        over = near or reached
        for strip in reached:
            if strip not in over:
                open_strips.remove(strip)
                closed.append(strip)
        if len(over) == 1 and _extend(over[0], line, open_strips, closed):
            continue
        for strip in over:
            if strip in open_strips:
                open_strips.remove(strip)
                closed.append(strip)
        open_strips.append(Strip([line], line.left, line.right))
    whole = [
        part
        for strip in closed + open_strips
        for part in split_strip(
            strip,
            [
                i
                for i, pair in enumerate(pairwise(strip.lines), 1)
                if rules and are_apart(rules, *pair)
            ],
        )
    ]
    return sorted(whole, key=lambda strip: (strip.top, strip.left))


def split_strip(strip: Strip, places: Iterable[int]) -> list[Strip]:
    """The strip cut before the lines at ``places``, in their order."""
    edges = [0, *places, len(strip.lines)]
    return [Strip.of(strip.lines[a:b]) for a, b in pairwise(edges) if a < b]


def whole_lines(lines: Sequence[PrintedLine], rules: Sequence[Rectangle] = ()) -> list[PrintedLine]:
    """The lines from top to bottom; pieces of one line put together, what is printed twice once."""
    ordered = sorted(lines, key=lambda line: (line.top + line.bottom, line.left, line.text))
    kept: list[PrintedLine] = []
    for line in ordered:
        position = _same_row(kept, line, rules)
        if position is None:
            kept.append(line)
        else:
            joined = _joined(kept.pop(position), line)
            again = _same_row(kept, joined, rules)
            kept.append(joined if again is None else _joined(kept.pop(again), joined))
    return _without_rifts(sorted(kept, key=lambda line: (line.top, line.left)))


def _without_rifts(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """The lines, those put together again that wide spaces of justified type tear apart.

    The line above or below reaches over such a gap; over one between columns none does.
    """
    kept = list(lines)
    i = 0
    while i < len(kept):
        beside = next((j for j in _level(kept, i) if _is_rift(kept, kept[i], kept[j])), None)
        if beside is None:
            i += 1
        else:
            other = kept.pop(beside)
            i -= beside < i
            kept[i] = _joined(kept[i], other)
    return kept


def _level(lines: Sequence[PrintedLine], i: int) -> Iterator[int]:
    """The places of the lines, sorted from top to bottom, that are level with line ``i``."""
    top, most = lines[i].top, _LEVEL * lines[i].size
    start = i
    while start > max(0, i - _ROW) and top - lines[start - 1].top < most:
        start -= 1
    yield from range(start, i)
    for j in range(i + 1, min(len(lines), i + _ROW + 1)):
        if lines[j].top - top >= most:
            break
        yield j


def _is_rift(lines: Sequence[PrintedLine], one: PrintedLine, other: PrintedLine) -> bool:
    size = one.size
    even = abs(one.top - other.top) < _LEVEL * size and abs(one.size - other.size) < 0.05 * size
    if not even or not 0 < other.left - one.right < _WIDEST_SPACE * size:
        return False
    near = [line for line in lines if 0.8 * size < abs(line.top - one.top) < 2 * size]
    bridges = 0
    for rows in (
        [line for line in near if line.top < one.top],
        [line for line in near if line.top > one.top],
    ):
        if any(_reaches_over(line, one, other) for line in rows):
            bridges += 1
        elif any(_overlap(line, one) for line in rows) and any(
            _overlap(line, other) for line in rows
        ):
            return False
    return bridges > 0


def _reaches_over(line: PrintedLine, one: PrintedLine, other: PrintedLine) -> bool:
    """Whether a line of the same column stands above or below two pieces and their gap."""
    slack = 0.5 * line.size
    inside = line.left < one.right - slack and line.right > other.left + slack
    whole = one.left > line.left - _INDENT * line.size and other.right < line.right + slack
    return inside and whole and abs(line.size - one.size) < 0.05 * one.size


def _same_row(
    kept: Sequence[PrintedLine], line: PrintedLine, rules: Sequence[Rectangle]
) -> int | None:
    """Where a piece of the same line stands among the last lines, if one does."""
    for position in range(len(kept) - 1, max(-1, len(kept) - 16), -1):
        other = kept[position]
        if other.bottom + other.size < line.top:
            break
        shared = min(other.bottom, line.bottom) - max(other.top, line.top)
        if shared < 0.5 * min(other.size, line.size):
            continue
        size = max(other.size, line.size)
        gap = max(other.left, line.left) - min(other.right, line.right)
        twice = other.text == line.text and abs(other.left - line.left) < 0.2 * size
        close = -0.3 * size < gap < _WORD_GAP * min(other.size, line.size)
        if twice or (close and not are_divided(rules, other, line)):
            return position
    return None


def _joined(one: PrintedLine, other: PrintedLine) -> PrintedLine:
    first, second = (one, other) if one.left <= other.left else (other, one)
    larger = one if len(one.text) * one.size >= len(other.text) * other.size else other
    if first.text == second.text and second.left - first.left < 0.2 * larger.size:
        return first
    wide = first.text[-1] >= _WIDE or second.text[0] >= _WIDE
    apart = second.left - first.right > _SPACE * larger.size and not wide
    return replace(
        larger,
        text=f"{first.text} {second.text}" if apart else first.text + second.text,
        left=first.left,
        right=max(first.right, second.right),
        bold=first.bold and second.bold,
    )


def _shares(strip: Strip, line: PrintedLine) -> bool:
    """Whether a line stands in the strip's column."""
    shared = min(strip.right, line.right) - max(strip.left, line.left)
    if shared > min(_OVERLAP * line.size, 0.5 * (line.right - line.left)):
        return True
    above = strip.lines[-1]
    return _goes_on(above, line) and 0 <= line.left - strip.left < _INDENT * line.size


def _is_near(strip: Strip, line: PrintedLine) -> bool:
    return line.top - strip.bottom < _WIDEST_GAP * max(line.size, strip.lines[-1].size)


def _extend(strip: Strip, line: PrintedLine, open_strips: list[Strip], closed: list[Strip]) -> bool:
    """Add the line to the strip if it goes on there; if lines beside it don't, cut them off."""
    tail = 0
    while tail < len(strip.lines) and not _overlap(strip.lines[-1 - tail], line):
        tail += 1
    below = line.top > strip.lines[-1].bottom - 0.5 * line.size
    if (tail == 1 and below) or tail == len(strip.lines):
        tail = 0  # the line above is a short last one
    if 0 < tail < len(strip.lines):
        open_strips.remove(strip)
        closed.append(Strip.of(strip.lines[:-tail]))
        open_strips.append(Strip.of(strip.lines[-tail:]))
        open_strips.append(Strip([line], line.left, line.right))
        return True
    wider = len(strip.lines) > 2 and line.right > strip.right + _WIDER * line.size
    if wider or _is_staggered(strip, line) or not _goes_on(strip.lines[-1], line):
        return False
    strip.lines.append(line)
    strip.left = min(strip.left, line.left)
    strip.right = max(strip.right, line.right)
    return True


def _is_staggered(strip: Strip, line: PrintedLine) -> bool:
    """Whether a line begins and ends much farther to one side than those above it."""
    left, right = line.left - strip.left, line.right - strip.right
    inset, wider = _INDENT * line.size, _WIDER * line.size
    return (left > inset and right > wider) or (left < -inset and right < -wider)


def _overlap(above: PrintedLine, line: PrintedLine) -> bool:
    return min(above.right, line.right) - max(above.left, line.left) > 0


def _goes_on(above: PrintedLine, line: PrintedLine) -> bool:
    """Whether a line can be the next one of what stands above it."""
    size = max(above.size, line.size)
    if size > SAME_SIZE * min(above.size, line.size):
        return False
    return -0.5 * size < line.top - above.bottom < _WIDEST_GAP * size
