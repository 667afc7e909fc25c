"""From the boxes in which print was found on an image to the places and sizes of lines of type."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.page.lines import ems, is_western
from ingest.printed.types import PrintedLine

Boxes = NDArray[np.float32]
"""(n, 4, 2) corners in pixels, clockwise from the upper left as the text runs."""

TALL = 1.5  # height by width of the box of a line that runs downwards

# A box is higher than its type: 1.1 ems and four pixels of the image that lines are looked for in.
# Measured on Chinese and English type from 5 to 24 pixels.
_EMS_OF_BOX, _SPARE = 1.1, 4.0
_LEAST_CHARACTERS, _LONG = 4, 25  # of a Chinese, a Western line whose width tells its size
_SPACED, _COARSE = 1.15, 3.0  # a box's height is this inexact, in pixels of the shrunk image
_BLANK = 0.1  # ems beside the ink of a character
_SPECK = 2  # pixels: the largest of dirt
_DARK = 0.6  # of the way from ink to paper
_MARK = 1.0  # of a box's height
_GUTTER = 0.8  # of a box's height
_NEIGHBOURS = 3  # boxes that begin a column
_LONE_MARK, _LEAST_MARK = 0.8, 0.15  # of the height of the line's box
_DOUBT = 0.22  # by which sizes of short lines vary
_SAME_SIZE = 0.12  # by which sizes that are measured vary
_OPENING, _CLOSING = "“‘（《「『【", "。，、；：！？”’）》」』】"


def sides(boxes: Boxes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The widths and the heights of boxes, in pixels."""
    widths = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    heights = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    return widths, heights


def turned_left(boxes: Boxes, width: int) -> Boxes:
    """The boxes of downward lines on a page ``width`` pixels wide, turned left by a quarter."""
    turned = np.stack([boxes[..., 1], width - boxes[..., 0]], axis=-1)
    return turned[:, [1, 2, 3, 0]]


def laid(boxes: Boxes, *, upwards: bool) -> Boxes:
    """The boxes with the tall ones on their left; where their lines run upwards, on their right."""
    widths, heights = sides(boxes)
    tall = (heights >= TALL * widths)[:, None, None]
    return np.where(tall, boxes[:, [3, 0, 1, 2] if upwards else [1, 2, 3, 0]], boxes)


def lies(boxes: Boxes) -> NDArray[np.bool_]:
    """Which of the boxes were tall before they were laid."""
    along: NDArray[np.float32] = np.abs(boxes[:, 1] - boxes[:, 0])
    return along[:, 1] > along[:, 0]


def widened(boxes: Boxes) -> Boxes:
    """The boxes with room for a quotation mark at both ends, as far as nothing stands there.

    Those that lie are left as they are.
    """
    _, heights = sides(boxes)
    left, top = boxes.min(axis=1).T
    right, bottom = boxes.max(axis=1).T
    wide = boxes.astype(np.float32)
    for i in np.flatnonzero(~lies(boxes)):
        height = heights[i]
        beside = np.minimum(bottom, bottom[i]) - np.maximum(top, top[i]) > 0.2 * height
        before = left[i] - right[beside & (right <= left[i] + height / 2) & (left < left[i])]
        after = left[beside & (left >= right[i] - height / 2) & (right > right[i])] - right[i]
        room = [max(0.0, min([_MARK * height, *(gaps / 2)])) for gaps in (before, after)]
        along = (boxes[i, 1] - boxes[i, 0]) / max(np.linalg.norm(boxes[i, 1] - boxes[i, 0]), 1)
        wide[i, [0, 3]] -= along * room[0]
        wide[i, [1, 2]] += along * room[1]
    return wide


def split_at_gutters(boxes: Boxes, crops: Iterable[NDArray[np.uint8]]) -> Boxes:
    """The boxes, with those cut that reach over the gap before a column where others begin."""
    found = []
    for box, crop in zip(boxes, crops, strict=True):
        height, width = crop.shape[:2]
        along = (box[1] - box[0]) / width
        inked = np.flatnonzero(_ink(crop))
        begins = (boxes[:, 0] - box[0]) @ (along / (along @ along))  # in pixels of the crop
        start = 0
        for i in np.flatnonzero(np.diff(inked) > _GUTTER * height):
            end, after = int(inked[i]) + 1, int(inked[i + 1])
            if (np.abs(begins - after) < _GUTTER * height / 2).sum() >= _NEIGHBOURS:
                found.append(_between(box, along, start, end))
                start = after
        found.append(_between(box, along, start, width))
    return np.array(found, np.float32).reshape(-1, 4, 2)


def _between(
    box: NDArray[np.float32], along: NDArray[np.float32], start: int, end: int
) -> NDArray[np.float32]:
    """The box from pixel ``start`` to ``end`` of its crop."""
    left, right = along * start, along * end
    return np.stack([box[0] + left, box[0] + right, box[3] + right, box[3] + left])


def without_lone_marks(boxes: Boxes) -> Boxes:
    """The boxes without those of marks beside the end of a line: `widened` takes those in."""
    widths, heights = sides(boxes)
    left, top = boxes.min(axis=1).T
    right, bottom = boxes.max(axis=1).T
    x, y = boxes.mean(axis=1).T
    lone = np.zeros(len(boxes), bool)
    for i in np.flatnonzero(~lies(boxes) & (widths > heights)):
        room = _MARK * heights[i]
        small = (widths < _LONE_MARK * heights[i]) & (heights < heights[i] / _LONE_MARK)
        small &= heights > _LEAST_MARK * heights[i]  # the box may be a picture's
        beside = (top[i] < y) & (y < bottom[i]) & (left[i] - room < x) & (x < right[i] + room)
        lone |= small & beside
    return boxes[~lone]


def trimmed(boxes: Boxes, crops: Iterable[NDArray[np.uint8]]) -> Boxes:
    """The boxes without what reaches beyond the ends of the lines, into the gap between columns."""
    found = boxes.astype(np.float32)
    for i, crop in enumerate(crops):
        inked = np.flatnonzero(_ink(crop))
        if not len(inked):
            continue
        along = (boxes[i, 1] - boxes[i, 0]) / crop.shape[1]
        found[i, [0, 3]] += along * inked[0]
        found[i, [1, 2]] -= along * (crop.shape[1] - 1 - inked[-1])
    return found


def _ink(crop: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which columns of pixels have ink: of a thin stroke three in a row, of a speck fewer."""
    grey = crop.mean(axis=2)
    dark = (grey < grey.min() + _DARK * (grey.max() - grey.min())).sum(axis=0)
    return np.convolve(dark, np.ones(3), mode="same") > _SPECK


def skew(boxes: Boxes) -> float:
    """By how many radians the lines fall to the right, told by the longer half of them."""
    boxes = boxes[~lies(boxes)]
    if not len(boxes):
        return 0.0
    widths, heights = sides(boxes)
    edges = (boxes[:, 1] - boxes[:, 0])[widths >= max(median(widths), 3 * median(heights))]
    return float(median(math.atan2(y, x) for x, y in edges)) if len(edges) else 0.0


def place(
    text: str, box: NDArray[np.float32], em: float, *, angle: float, scale: float
) -> PrintedLine:
    """The line in points, as if the page weren't skewed, no higher than its type.

    One that lies has its place as if its characters were all printed on the first.
    """
    (width,), _ = sides(box[None])
    x, y = (float(value) for value in box.mean(axis=0))
    x, y = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    half = float(width) / 2
    if lies(box[None])[0]:
        y, half = y - half + em / 2, em / 2
    return PrintedLine(
        text,
        left=(x - half) * scale,
        top=(y - em / 2) * scale,
        right=(x + half) * scale,
        bottom=(y + em / 2) * scale,
        size=em * scale,
    )


def type_sizes(texts: Sequence[str], boxes: Boxes, *, shrunk: float) -> list[float]:
    """The sizes of type of the lines, in pixels.

    Heights of boxes vary with their letters, so that of a long line its width is believed: Chinese
    characters are an em wide, and how wide Western ones are on the average the page tells. Short
    lines have the size of a long one unless they clearly have not. A page may set its type spaced;
    a line that is spaced more than the others has no larger type.
    ``shrunk`` is by how much the image was made smaller before lines were looked for.
    """
    widths, heights = sides(boxes)
    by_height = np.maximum(heights - _SPARE * shrunk, heights / 2) / _EMS_OF_BOX
    by_width = np.array([_by_width(*line) for line in zip(texts, widths, strict=True)])
    lengths = np.array([len(text.strip(_OPENING + _CLOSING)) for text in texts])
    western = np.array([is_western(text) for text in texts])
    words = western & (lengths >= _LONG)
    spaced = ~western & (lengths >= _LEAST_CHARACTERS)
    if words.any():
        by_width[words] *= np.median(by_height[words] / by_width[words]).clip(0.9, 1.3)
    if spaced.any():
        by_height[spaced] *= np.median(by_width[spaced] / by_height[spaced]).clip(1.0, 1.4)
    most = _SPACED * by_height + _COARSE * shrunk
    sizes = np.where(words | spaced, np.minimum(by_width, most), by_height)
    sure = words | (spaced & (lengths >= 2 * _LEAST_CHARACTERS))
    if sure.any():
        ratios = sizes[:, None] / sizes[sure]
        nearest = np.abs(ratios - 1).argmin(axis=1)
        likely = sizes[sure][nearest]
        near = np.abs(sizes - likely) < _DOUBT * likely + _COARSE * shrunk
        sizes = np.where(~sure & near, likely, sizes)
    return [float(size) for size in np.minimum(sizes, heights)]


def _by_width(text: str, width: float) -> float:
    """The size of type in pixels if letters are half as wide as Chinese characters."""
    characters = ems(text) - (text[0] in _OPENING) / 2 - (text[-1] in _CLOSING) / 2
    return width / max(characters - _BLANK, 0.5)


def in_common_sizes(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """The lines with sizes that differ by no more than measuring does made the same."""
    sizes = np.array([line.size for line in lines])
    letters = np.array([len(line.text) for line in lines])
    common = sizes.copy()
    left = np.ones(len(lines), bool)
    while left.any():
        near = (np.abs(sizes[:, None] / sizes - 1) <= _SAME_SIZE) & left
        most = near[np.argmax(np.where(left, near @ letters, -1))]
        common[most] = np.median(np.repeat(sizes[most], letters[most]))
        left &= ~most
    return [replace(line, size=float(size)) for line, size in zip(lines, common, strict=True)]
