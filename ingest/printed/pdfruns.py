"""Runs of type, each along its own direction, become a printed page that stands upright."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import NamedTuple

from ingest.printed.types import PrintedLine, PrintedPage, Rectangle

_ASCENT = 0.88  # of the em above the baseline
_WIDE = "\u2e80"  # from here on characters are as wide as they are high
_NARROW = 0.33  # of a page's width, for a line in one of several columns
_FEWEST_LINES = 20

Box = tuple[float, float, float, float]  # left, bottom, right, top; y grows upwards


class Run(NamedTuple):
    """A line along its own direction: ``angle`` in quarters of a turn, ``up`` of its baseline."""

    text: str
    start: float
    stop: float
    up: float
    size: float
    bold: bool
    angle: int
    mapped: bool = True  # its font says what its characters are


def printed_page(
    number: int, box: Box, runs: Sequence[Run], find_rules: Callable[[], Sequence[Box]]
) -> PrintedPage:
    """The page, turned so that most of its lines run to the right, or downwards if they do.

    ``box`` is what is seen of it, in the coordinates of the runs and of what ``find_rules`` gives,
    which is called if the page has many columns.
    """
    inside = _inside(runs, box)
    angle = _main_angle(inside)
    seen = _turned(box, angle)
    upright = [run for run in inside if run.angle == angle]
    page = _downwards(number, seen, upright) or _page(number, seen, upright)
    if not _has_columns(page):
        return page
    rules = [_rectangle(_turned(rule, angle), seen, page.vertical) for rule in find_rules()]
    return replace(page, rules=tuple(rules))


def turned_point(x: float, y: float, angle: int) -> tuple[float, float]:
    """How far a point lies along and across lines that run in a direction."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[angle]


def _turned(box: Box, angle: int) -> Box:
    """A box (left, bottom, right, top) as lines of that direction see it."""
    one = turned_point(box[0], box[1], angle)
    other = turned_point(box[2], box[3], angle)
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[0], other[0]),
        max(one[1], other[1]),
    )


def _inside(runs: Sequence[Run], box: Box) -> list[Run]:
    """The runs that a reader sees: none beside the page."""
    boxes = [_turned(box, angle) for angle in range(4)]
    kept = []
    for run in runs:
        left, bottom, right, top = boxes[run.angle]
        if run.start < right and run.stop > left and bottom - 1 < run.up < top:
            kept.append(run)
    return [run for run in kept if run.text]


def _main_angle(runs: Sequence[Run]) -> int:
    letters: Counter[int] = Counter()
    for run in runs:
        letters[run.angle] += len(run.text)
    return letters.most_common(1)[0][0] if letters else 0


def _page(number: int, box: Box, runs: Sequence[Run]) -> PrintedPage:
    left, bottom, right, top = box
    lines = tuple(
        PrintedLine(
            run.text,
            left=run.start - left,
            top=top - run.up - _ASCENT * run.size,
            right=run.stop - left,
            bottom=top - run.up + (1 - _ASCENT) * run.size,
            size=run.size,
            bold=run.bold,
        )
        for run in runs
    )
    return PrintedPage(number, right - left, top - bottom, lines)


def _downwards(number: int, box: Box, runs: Sequence[Run]) -> PrintedPage | None:
    """The page turned left by a quarter if its characters stand below each other, else None."""
    single = [run for run in runs if len(run.text) == 1 and run.text >= _WIDE]
    if 2 * len(single) < sum(len(run.text) for run in runs) or len(single) < 8:
        return None
    left, _, right, top = box
    columns: list[list[Run]] = []
    for run in sorted(single, key=lambda run: (-round(run.start / (0.4 * run.size)), -run.up)):
        above = columns[-1][-1] if columns else None
        step = above.up - run.up if above else 0.0
        if above and 0 < step < 1.6 * run.size and abs(above.start - run.start) < 0.6 * run.size:
            columns[-1].append(run)
        else:
            columns.append([run])
    lines = tuple(_turned_line(column, right, top) for column in columns)
    return PrintedPage(number, top - box[1], right - left, lines, vertical=True)


def _has_columns(page: PrintedPage) -> bool:
    """Whether most lines are so short that there are three columns or more."""
    if len(page.lines) < _FEWEST_LINES:
        return False
    return median(line.right - line.left for line in page.lines) < _NARROW * page.width


def _rectangle(rule: Box, seen: Box, vertical: bool) -> Rectangle:  # noqa: FBT001
    left, bottom, right, top = rule
    if vertical:
        return Rectangle(seen[3] - top, seen[2] - right, seen[3] - bottom, seen[2] - left)
    return Rectangle(left - seen[0], seen[3] - top, right - seen[0], seen[3] - bottom)


def _turned_line(column: Sequence[Run], right: float, top: float) -> PrintedLine:
    size = column[0].size
    start = top - column[0].up - _ASCENT * size
    return PrintedLine(
        "".join(run.text for run in column),
        left=start,
        top=right - column[0].start - size,
        right=top - column[-1].up + (1 - _ASCENT) * size,
        bottom=right - column[0].start,
        size=size,
        bold=column[0].bold,
    )
