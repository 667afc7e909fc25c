"""Pours lines of type into columns of any heights, for the PDF side of the page generator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from page_pdf_type import SetLine

FEWEST_LINES = 3  # that a column beside or below something else may have


@dataclass(frozen=True, slots=True)
class Region:
    """A column, or the part of one that text may run in; places are relative to the box."""

    left: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Hole:
    """What keeps the text out of columns ``first`` to ``last``: a head, a picture, another box.

    ``top`` is its distance from the box's upper edge, or None where it stands at the foot.
    """

    first: int
    last: int
    top: float | None
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and where its upper left corner is."""

    line: SetLine
    left: float
    top: float


def regions(
    lefts: Sequence[float], height: float, holes: Sequence[Hole], least: float
) -> list[Region]:
    """Where text may run in a box of that height, in reading order; none lower than ``least``."""
    found = []
    for number, left in enumerate(lefts):
        free = [(0.0, height)]
        for hole in holes:
            if hole.first <= number <= hole.last:
                top = height - hole.height if hole.top is None else hole.top
                free = [part for span in free for part in _without(span, top, top + hole.height)]
        found += [Region(left, top, bottom) for top, bottom in free if bottom - top >= least]
    return found


def _without(span: tuple[float, float], top: float, bottom: float) -> list[tuple[float, float]]:
    if bottom <= span[0] or top >= span[1]:
        return [span]
    return [(span[0], top), (bottom, span[1])]


def pour(lines: Sequence[SetLine], free: Sequence[Region]) -> list[Placed] | None:
    """The lines in the regions one after the other, or None if they don't fit."""
    placed: list[Placed] = []
    region = iter(free)
    now = next(region, None)
    top = now.top if now else 0.0
    for number, line in enumerate(lines):
        following = lines[number + 1] if line.keeps and number + 1 < len(lines) else None
        while now is not None:
            above = line.above if top > now.top else 0.0
            needed = line.face.height + (following.face.height if following else 0.0)
            if top + above + needed <= now.bottom + 0.01:
                break
            now = next(region, None)
            top = now.top if now else 0.0
        if now is None:
            return None
        placed.append(Placed(line, now.left, top + above))
        top += above + line.face.height
    return placed


def fit(
    lines: Sequence[SetLine], step: float, shape: Callable[[float], Sequence[Region]]
) -> tuple[float, list[Placed]]:
    """The least height, in steps, of a box that holds all lines, and where they stand in it."""
    height = step * FEWEST_LINES
    while True:
        placed = pour(lines, shape(height))
        if placed is not None:
            return height, placed
        height += step
