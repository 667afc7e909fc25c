"""Mends what recognition regularly gets wrong in a line: spaces, and the width of punctuation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import mean, median

from ingest.page.lines import HAN

_WIDE = str.maketrans(",;:?!()", "，；：？！（）")
_BESIDE_HAN = re.compile(
    f"(?<=[{HAN}”’》」』】）])[,;:?!]|(?<=[％%])[,;](?=[{HAN}])|(?<=[{HAN}])[()]|[()](?=[{HAN}《“])|(?<=[。！？”》])[)]"
)
_PAIR = re.compile("\\([^()（）]*）|（[^()（）]*\\)")
_LAST_STOP = re.compile(f"(?<=[{HAN}])\\.$")
_NEEDLESS_SPACE = re.compile("(?<=[，。；：？！、）》”]) +| +(?=[，。；：？！、）》”])")
_IS_HAN = re.compile(f"[{HAN}]")
_WIDER = 2.0  # steps of recognition by which a space widens the gap between two characters


def mend_line(text: str, columns: Sequence[int]) -> str:
    """The line as it was printed.

    Recognition has one width of punctuation for both scripts, and leaves out most spaces between
    Chinese characters; ``columns`` are the places of the characters other than spaces, in its
    steps.
    """
    if len(columns) == sum(not character.isspace() for character in text):
        text = _with_spaces(text, columns)
    text = _BESIDE_HAN.sub(lambda found: found[0].translate(_WIDE), text)
    text = _LAST_STOP.sub("。", text)
    text = _PAIR.sub(lambda found: f"（{found[0][1:-1]}）", text)
    return _NEEDLESS_SPACE.sub("", text).strip()


def _with_spaces(text: str, columns: Sequence[int]) -> str:
    """The text with spaces where two Chinese characters stand apart more than others do."""
    places = [i for i, character in enumerate(text) if not character.isspace()]
    gaps = {
        second: b - a
        for (first, a), (second, b) in pairwise(zip(places, columns, strict=True))
        if second == first + 1 and _IS_HAN.match(text[first]) and _IS_HAN.match(text[second])
    }
    if len(gaps) < 2:
        return text
    common = median(gaps.values())
    pitch = mean(gap for gap in gaps.values() if gap <= common + 1)
    wide = {place for place, gap in gaps.items() if gap >= pitch + _WIDER}
    return "".join(f" {c}" if i in wide else c for i, c in enumerate(text))
