"""The order in which the strips of a page are read.

A recursive cut after Nagy and Seth, "Hierarchical representation of optically scanned documents"
(1984): first between columns that nothing reaches over, then between what stands below each other.
Rows of columns whose gap goes through are read as one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from ingest.printed.strips import Strip

_TOUCH = 1.0  # points that what stands apart may have in common


def reading_order(strips: Sequence[Strip]) -> list[Strip]:
    """The strips in reading order."""
    if len(strips) < 2:
        return list(strips)
    columns = side_by_side(strips)
    if len(columns) > 1:
        return [strip for column in columns for strip in reading_order(column)]
    rows = _whole_rows(_below_each_other(strips))
    if len(rows) > 1:
        return [strip for row in rows for strip in reading_order(row)]
    first = min(strips, key=lambda strip: (strip.top, strip.left))
    return [first, *reading_order([strip for strip in strips if strip is not first])]


def side_by_side(strips: Sequence[Strip]) -> list[list[Strip]]:
    """The strips in groups from left to right, with a gap between them from top to bottom."""
    ordered = sorted(strips, key=lambda strip: (strip.left, strip.top))
    return _apart(ordered, [(strip.left, strip.right) for strip in ordered])


def _below_each_other(strips: Sequence[Strip]) -> list[list[Strip]]:
    ordered = sorted(strips, key=lambda strip: (strip.top, strip.left))
    return _apart(ordered, [(strip.top, strip.bottom) for strip in ordered])


def _apart(strips: Sequence[Strip], spans: Sequence[tuple[float, float]]) -> list[list[Strip]]:
    """The strips in groups whose ``spans`` are apart, in order of where these begin."""
    groups: list[list[Strip]] = []
    reach = -inf
    for strip, (start, end) in zip(strips, spans, strict=True):
        if start > reach - _TOUCH:
            groups.append([])
        groups[-1].append(strip)
        reach = max(reach, end)
    return groups


def _whole_rows(rows: Sequence[list[Strip]]) -> list[list[Strip]]:
    """The rows, with those put together that the same gap between columns runs through."""
    whole = [list(rows[0])]
    for row in rows[1:]:
        together = whole[-1] + row
        if len(side_by_side(whole[-1])) > 1 and len(side_by_side(together)) > 1:
            whole[-1] = together
        else:
            whole.append(list(row))
    return whole
