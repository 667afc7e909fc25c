"""Lines that run downwards, read a second time: stood up, one character beside the other.

Recognition knows such lines laid on their left, but then it overlooks most of their punctuation.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from ingest.page.lines import is_western

_MARKS = frozenset("。，、；：？！“”‘’（）《》〈〉「」『』【】…—·°'")
_REACH = 0.25  # ems by which a character may be longer or shorter
# Marks in the upper right corner of their square are taken for others, and upright digits for wide.
_USUAL = str.maketrans("°’'０１２３４５６７８９", "。，，0123456789")
_POINT = re.compile("(?<=[0-9])[·・](?=[0-9])")


def stood_up(crop: NDArray[np.uint8], em: float) -> NDArray[np.uint8]:
    """The line, (height, width, 3) and laid on its left, as one that runs to the right.

    It is cut about every ``em`` pixels, where there is the least ink.
    """
    grey = crop.mean(axis=2)
    ink = (grey < (grey.min() + grey.max()) / 2).sum(axis=0)
    side, width = grey.shape
    reach = max(1, round(_REACH * em))
    squares, start = [], int(np.argmax(ink > 0))
    while start < width:
        end = width
        if start + (1 + 2 * _REACH) * em < width:
            near = np.arange(int(start + em) - reach, min(width, int(start + em) + reach + 1))
            end = int(near[np.argmin(ink[near] + np.abs(near - start - em) / em)])
        square = np.full((side, side, 3), np.percentile(grey, 95), np.uint8)
        character = np.rot90(crop[:, start:end], -1)[:side]
        above = (side - len(character)) // 2
        square[above : above + len(character)] = character
        squares.append(square)
        start = max(end, start + 1)
    return np.hstack(squares)


def with_marks(text: str, other: str) -> str:
    """The line with the punctuation that only the ``other`` reading of it has."""
    if is_western(text):
        return text
    found = []
    for _, a, b, c, d in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        added = other[c:d].strip()
        marks = added.translate(_USUAL) if _MARKS.issuperset(added) else ""
        found.append(text[a:b] if text[a:b].strip() else marks or text[a:b])
    return _POINT.sub(".", "".join(found).translate(_USUAL))
