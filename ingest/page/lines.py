"""The lines of a page: how wide they are, where they were wrapped, where a sentence ends.

Widths are counted in ems: a Chinese character is one em wide, a Western one half an em (or one,
on pages wrapped after a number of characters).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

WINDOW = 6  # lines looked at on each side of a line
SUPPORT = 3  # lines that must agree on a width
WIDEST = 65.0  # ems; what is wider isn't wrapped
LOOSEST = 3.0  # ems; a line that leaves more free wasn't broken by the column's width
RAGGED = 6.0  # ems; how much the lengths of wrapped Western lines vary
LONG = 40.0  # ems; an unwrapped line as long as this that ends no sentence goes on

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAN_CHARACTER = re.compile(f"[{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_NARROW_RUN = re.compile("[\u0020-\u024f]+")
_INVISIBLE = re.compile("[\ufeff\u200b\u2060\u00ad]")
_CLOSING = "”’」』》〉）)]】\"'"
_STOPS = frozenset("。！？!?…｡")
_STOP_BEFORE_REMARK = re.compile(
    f"[。！？!?…][{re.escape(_CLOSING)}]*(?:（[^（）]{{1,40}}）|\\([^()]{{1,40}}\\))$"
)
# The numbers of notes behind a text.
FOOTNOTES = re.compile(r"(?<=\S)(?:[\[［]\d{1,3}[\]］]|[①-⑳])+$")
_SEEN = 200  # last characters that tell how a text ends
_PAUSES = frozenset("；;：:")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that isn't blank, without the white space around it."""

    text: str
    gap: int  # blank lines before it
    indent: float = 0.0  # ems of white space that it begins with


@dataclass(frozen=True, slots=True)
class Fit:
    """How a line fits its column. ``width`` is the column's, None where nothing is wrapped;
    ``before`` and ``after`` are the widths that the lines above and below suggest.
    """

    length: float
    width: float | None
    before: float | None = None
    after: float | None = None


def read_lines(text: str) -> list[Line]:
    """The lines that aren't blank. Invisible characters (BOM, soft hyphens) are left out."""
    lines = []
    gap = 0
    for raw in _INVISIBLE.sub("", text).splitlines():
        stripped = raw.strip()
        if not stripped:
            gap += 1
            continue
        margin = raw[: len(raw) - len(raw.lstrip())]
        lines.append(Line(stripped, gap, ems(margin.expandtabs(4))))
        gap = 0
    return lines


def ems(text: str, narrow: float = 0.5) -> float:
    """The width of ``text`` in ems, a Western character being ``narrow`` ems wide."""
    return len(text) - (1 - narrow) * _narrow_count(text)


def _narrow_count(text: str) -> int:
    return sum(map(len, _NARROW_RUN.findall(text)))


def han_count(text: str) -> int:
    """How many Chinese characters ``text`` holds."""
    return sum(map(len, _HAN_RUN.findall(text)))


def is_western(text: str) -> bool:
    """Whether ``text`` is mainly words separated by spaces."""
    return 4 * han_count(text) < len(text)


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends where ``text`` ends."""
    text = FOOTNOTES.sub("", text[-_SEEN:])
    bare = text.rstrip(_CLOSING)
    if bare[-1:] in _STOPS or (bare[-1:] == "." and not "A" <= bare[-2:-1] <= "Z"):
        return True
    return text[-1:] in ("）", ")") and bool(_STOP_BEFORE_REMARK.search(text))


def ends_clause(text: str) -> bool:
    """Whether a sentence, or a clause as long as one, ends where ``text`` ends."""
    return ends_sentence(text) or text.rstrip(_CLOSING)[-1:] in _PAUSES


def fits(lines: Sequence[Line]) -> list[Fit]:
    """For every line the width of the column that it stands in, told from its neighbours."""
    western = [is_western(line.text) for line in lines]
    lengths = _lengths(lines, western)
    wrapped = [
        None if ends_clause(line.text) else length
        for line, length in zip(lines, lengths, strict=True)
    ]
    found = []
    for i, length in enumerate(lengths):
        ragged = western[i]
        first, last = _region(lengths, i)
        before = _common_width(tuple(wrapped[first : i + 1]), ragged=ragged)
        after = _common_width(tuple(wrapped[i:last]), ragged=ragged)
        around = _common_width(tuple(wrapped[first:last]), ragged=ragged)
        found.append(Fit(length, _own_width(length, before, after, around), before, after))
    return found


def _region(lengths: Sequence[float], i: int) -> tuple[int, int]:
    """The lines around line ``i``, as far as no line shows that nothing is wrapped there."""
    first = i
    while first > max(0, i - WINDOW) and lengths[first - 1] <= WIDEST:
        first -= 1
    last = i + 1
    while last < min(len(lengths), i + WINDOW + 1) and lengths[last] <= WIDEST:
        last += 1
    return first, last


def missing(fit: Fit, following: str) -> float:
    """How many ems were left free at the end of a line, though ``following`` came next."""
    if fit.width is None:
        return 0.0
    piece = 0.0
    if is_western(following):
        word = _WORD.match(following)
        piece = ems(word[0]) + 0.5 if word else 0.0
    return fit.width - fit.length - piece


def common_slack(lines: Sequence[Line], column: Sequence[Fit]) -> float:
    """How many ems wrapped lines of this page leave free: 0 on a strict grid, at most ``LOOSEST``.

    Punctuation that may not begin a line and first lines whose indent was lost make it larger.
    """
    free = [
        missing(column[i], lines[i + 1].text)
        for i in range(len(lines) - 1)
        if column[i].width is not None and not ends_clause(lines[i].text)
    ]
    wrapped = sorted(ems_free for ems_free in free if ems_free <= LOOSEST)
    return max(0.0, wrapped[int(0.95 * (len(wrapped) - 1))]) if wrapped else 0.0


def base_gap(lines: Sequence[Line], position: int) -> int:
    """How many blank lines stand between wrapped lines around ``position`` and so mean nothing."""
    above = lines[max(1, position - WINDOW) : position]
    below = lines[position + 1 : position + 1 + WINDOW]
    return max(_usual_gap(above), _usual_gap(below))


def _usual_gap(lines: Sequence[Line]) -> int:
    gaps = sorted(line.gap for line in lines)
    return gaps[(len(gaps) - 1) // 3] if len(gaps) >= SUPPORT else 0


def _lengths(lines: Sequence[Line], western: Sequence[bool]) -> list[float]:
    """The lines' widths. A Western character is as wide as makes neighbours differ less."""
    full = [float(len(line.text)) for line in lines]
    half = [ems(line.text) for line in lines]

    def differences(widths: Sequence[float]) -> float:
        chinese = [width for width, is_other in zip(widths, western, strict=True) if not is_other]
        return sum(min(abs(a - b), LOOSEST) for a, b in pairwise(chinese))

    widths = full if differences(full) < differences(half) else half
    return [line.indent + width for line, width in zip(lines, widths, strict=True)]


def _own_width(length: float, *widths: float | None) -> float | None:
    """Which of the widths found around a line is its own column's.

    Where a narrow column meets a wide one, it's the narrowest that holds the line.
    """
    known = [width for width in widths if width is not None and length <= 2.5 * width]
    return min(
        (width for width in known if length <= width + 1.5), default=max(known, default=None)
    )


@lru_cache(maxsize=1024)
def _common_width(lengths: tuple[float | None, ...], *, ragged: bool) -> float | None:
    """The length that most wrapped lines have; of ragged ones the largest that enough come near."""
    if len(lengths) < SUPPORT:
        return None
    slack = RAGGED if ragged else LOOSEST - 1
    counts = Counter(length for length in lengths if length)
    supported = []
    for length, count in counts.items():
        near = sum(n for other, n in counts.items() if length - slack <= other <= length + 1)
        if near >= SUPPORT and length <= WIDEST:
            supported.append((0 if ragged else count, length))
    return max(supported)[1] if supported else None
