"""The rules and boxes on a page of a PDF: what is drawn, not set in type."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

from ingest.printed import pdfcalls
from ingest.printed.pdfruns import Box

_MOST_OBJECTS = 20_000
_MOST_RULES = 500  # more are a chart or a map
_MOST_SEGMENTS = 12  # of a rectangle's outline, drawn twice
_THICKEST = 4.0  # points
_SHORTEST = 24.0
_WHITE = 250  # of 255
_WHOLE = 0.95  # of a page's width and height


def find_rules(page: Any, box: Box) -> tuple[Box, ...]:
    """The rules, frames and tinted boxes on the pypdfium2 page that is seen in ``box``.

    They are the bounds of lines and plain outlines, none where there are too many to be a layout.
    """
    count = pdfcalls.count_objects(page.raw)
    if count > _MOST_OBJECTS:
        return ()
    found: list[Box] = []
    for bounds in _outlines(page.raw, count):
        if _is_rule(bounds, box):
            found.append(bounds)
            if len(found) > _MOST_RULES:
                return ()
    return tuple(found)


def _outlines(raw: Any, count: int) -> Iterator[Box]:
    sides = [ctypes.c_float() for _ in range(4)]
    buffers = [ctypes.byref(side) for side in sides]
    for number in range(count):
        drawn = pdfcalls.page_object(raw, number)
        if pdfcalls.object_type(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        plain = pdfcalls.count_segments(drawn) <= _MOST_SEGMENTS
        if plain and _is_seen(drawn) and pdfcalls.bounds(drawn, *buffers):
            left, bottom, right, top = (side.value for side in sides)
            yield left, bottom, right, top


def _is_seen(path: Any) -> bool:
    """Whether its outline is drawn, or filled with a colour but white."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfcalls.draw_mode(path, ctypes.byref(fill), ctypes.byref(stroke))
    if stroke.value or not fill.value:
        return bool(stroke.value)
    parts = [ctypes.c_uint() for _ in range(4)]
    pdfcalls.fill_color(path, *map(ctypes.byref, parts))
    *color, alpha = (part.value for part in parts)
    return alpha > 0 and min(color) < _WHITE


def _is_rule(bounds: Box, box: Box) -> bool:
    """Whether it is long and thin, or large, and on the page, but not all of it."""
    left, bottom, right, top = bounds
    if right < box[0] or left > box[2] or top < box[1] or bottom > box[3]:
        return False
    short, long = sorted((right - left, top - bottom))
    whole = _WHOLE * (box[2] - box[0]), _WHOLE * (box[3] - box[1])
    if long < _SHORTEST or (right - left > whole[0] and top - bottom > whole[1]):
        return False
    return short <= _THICKEST or short >= _SHORTEST
