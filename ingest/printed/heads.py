"""Finds the titles of a newspaper page: display type with what stands right above and below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.page.byline import parse_byline
from ingest.page.display import FULL_STOP, SUBTITLE
from ingest.page.furniture import Kind, line_kind
from ingest.page.lines import ends_sentence
from ingest.printed.rules import room_beside
from ingest.printed.strips import Strip
from ingest.printed.types import Rectangle
from ingest.printed.typeset import join_print, opens_lede

TITLE = 1.38  # times the size of running text
_CLOSE = 4.0  # ems between a title and the columns below it
_TOUCH = 0.5  # points
MINOR = 1.13  # the same for the lines above and below a title
_LONGEST = 110  # characters of a title's strip
_LONGEST_LABEL = 12
_SUBTITLE_OFF = 3.0  # ems that it may stand to the right of its title
_SHORTEST_QUOTE = 10  # characters
_SHORTEST_EYEBROW = 4
_LABEL = 0.7  # times the title's size


@dataclass(slots=True)
class Head:
    """A title with its eyebrow, subtitle and byline, from top to bottom.

    ``reach`` is how far to the left and right nothing else stands beside it.
    """

    strips: list[Strip]
    reach: tuple[float, float] = (0.0, 0.0)
    bylines: list[Strip] = field(default_factory=list)

    @property
    def all(self) -> list[Strip]:
        """Its strips and bylines."""
        return [*self.strips, *self.bylines]

    @property
    def left(self) -> float:
        """Its left edge."""
        return min(strip.left for strip in self.all)

    @property
    def right(self) -> float:
        """Its right edge."""
        return max(strip.right for strip in self.all)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return min(strip.top for strip in self.all)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(strip.bottom for strip in self.all)

    @property
    def size(self) -> float:
        """Of its largest type."""
        return max(strip.size for strip in self.strips)


def find_heads(
    strips: Sequence[Strip], size: float, rules: Sequence[Rectangle] = ()
) -> tuple[list[Head], list[Strip]]:
    """The titles, for running text of that size, and the strips that belong to none."""
    running = [strip for strip in strips if strip.size < MINOR * size]
    titles = [
        strip
        for strip in strips
        if (_is_title(strip, size) or _is_small_title(strip, strips, size))
        and not repeats(strip, running)
    ]
    heads = _grouped(titles, strips)
    taken = {id(strip) for head in heads for strip in head.strips}
    rest = [strip for strip in strips if id(strip) not in taken]
    for head in heads:
        others = [strip for strip in strips if strip not in head.strips]
        head.reach = room_beside(rules, head, *_reach(head, others))
        rest = _with_neighbours(head, rest, running, size)
    for head in heads:
        others = rest + [strip for other in heads if other is not head for strip in other.all]
        head.reach = room_beside(rules, head, *_reach(head, others))
    return heads, rest


def _is_title(strip: Strip, size: float) -> bool:
    text = strip.text
    return strip.size >= TITLE * size and len(text) <= _LONGEST and not FULL_STOP.search(text)


def _is_small_title(strip: Strip, strips: Sequence[Strip], size: float) -> bool:
    """Whether type that a heading might have too is a title: by itself above several columns."""
    if strip.size < MINOR * size or len(strip.text) > _LONGEST or FULL_STOP.search(strip.text):
        return False
    left, right = _reach(Head([strip]), [other for other in strips if other is not strip])
    below = [
        other
        for other in strips
        if other.size < MINOR * size
        and 0 < other.top - strip.bottom + size < _CLOSE * size
        and other.left > left - 1
        and other.right < right + 1
    ]
    highest = min((other.top for other in below), default=0.0)
    below = [other for other in below if other.top < highest + size]
    if _follows_text(strip, strips, size):
        return False
    if len(below) > 1:
        return True
    first = below[0].lines[0].text if below else ""
    return opens_lede(first) or line_kind(first) is Kind.BYLINE


def _follows_text(strip: Strip, strips: Sequence[Strip], size: float) -> bool:
    """Whether text stands right above, in the same column: it's a section's heading."""
    return any(
        other.size < MINOR * size
        and 0 < strip.top - other.bottom + size < _CLOSE * size
        and other.left < strip.left + size
        and strip.right < other.right + size
        and len(other.lines) > 1
        for other in strips
    )


def repeats(strip: Strip, strips: Sequence[Strip]) -> bool:
    """Whether display type repeats a sentence of the text, which columns' ends may cut."""
    quote = _bare(strip.text).strip('“”"「」')
    if len(quote) < _SHORTEST_QUOTE:
        return False
    held = [_bare(other.text) for other in strips if other is not strip]
    if any(quote in other for other in held):
        return True
    cuts = range(1, len(quote))
    ends = {i for i in cuts if any(other.endswith(quote[:i]) for other in held)}
    return any(other.startswith(quote[i:]) for i in ends for other in held)


def _bare(text: str) -> str:
    """The text as it reads in whatever lines it is set."""
    return "".join(text.split()).replace("-", "")


def _grouped(titles: Sequence[Strip], strips: Sequence[Strip]) -> list[Head]:
    """The strips of large type, those of one title together."""
    heads: list[Head] = []
    for strip in sorted(titles, key=lambda strip: (strip.top, strip.left)):
        above = [head for head in heads if _is_one_title(head.strips[-1], strip, strips)]
        if above:
            min(above, key=lambda head: -_shared(head.strips[-1], strip)).strips.append(strip)
        else:
            heads.append(Head([strip]))
    return heads


def _is_one_title(above: Strip, below: Strip, strips: Sequence[Strip]) -> bool:
    """Whether display type goes on below; a subtitle may stand farther to the right."""
    near = -above.size < below.top - above.bottom < 0.7 * max(above.size, below.size)
    far = _SUBTITLE_OFF * above.size if SUBTITLE.match(below.text) else 0.0
    in_reach = _shared(above, below) > -far
    return near and in_reach and not _any_between(above, below, strips)


def _any_between(above: Strip, below: Strip, strips: Sequence[Strip]) -> bool:
    return any(
        other is not above
        and other is not below
        and other.top > above.bottom - 2
        and other.bottom < below.top + 2
        and _shared(other, below) > 0
        for other in strips
    )


def _shared(one: Strip, other: Strip) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def _with_neighbours(
    head: Head, rest: Sequence[Strip], running: Sequence[Strip], size: float
) -> list[Strip]:
    """Give the title its eyebrow, subtitle and byline; what is left, without the label above it."""
    left = list(rest)
    for strip in sorted(rest, key=lambda strip: -strip.bottom):
        if _is_right_above(strip, head, left, size) and not repeats(strip, running):
            left.remove(strip)
            if strip.size >= MINOR * size and not _is_label(strip, head):
                head.strips.insert(0, strip)
    for strip in sorted(rest, key=lambda strip: strip.top):
        if strip in left and _is_right_below(strip, head, size) and not _beside(strip, left, head):
            byline = _is_byline(strip)
            if not byline and repeats(strip, running):
                continue
            if byline or strip.size >= MINOR * size or SUBTITLE.match(strip.text):
                left.remove(strip)
                (head.bylines if byline else head.strips).append(strip)
    return left


def _is_right_above(strip: Strip, head: Head, strips: Sequence[Strip], size: float) -> bool:
    """Whether an eyebrow or a label stands there: one line that belongs to nothing above it."""
    if len(strip.lines) > (1 if strip.size < MINOR * size else 3):
        return False
    if line_kind(strip.text) or ends_sentence(strip.text):
        return False
    gap = head.top - strip.bottom
    if not -0.3 * head.size < gap < 0.9 * head.size or _apart(strip, head):
        return False
    if strip.size >= MINOR * size:
        return True
    alone = not any(
        other is not strip
        and _shared(other, strip) > 0
        and -size < strip.top - other.bottom < 0.5 * size
        for other in strips
    )
    return alone and len(strip.text) <= _LONGEST_LABEL and gap < 0.8 * head.size


def _is_label(strip: Strip, head: Head) -> bool:
    """Whether it only names the part of the page that the article belongs to."""
    return len(strip.text) <= _SHORTEST_EYEBROW and strip.size < _LABEL * head.size


def _is_right_below(strip: Strip, head: Head, size: float) -> bool:
    """Whether a subtitle or a byline stands there."""
    gap = strip.top - head.bottom
    if _apart(strip, head) or not -0.5 * size < gap < max(0.8 * head.size, 1.8 * size):
        return False
    return len(strip.lines) <= 3 and len(strip.text) <= _LONGEST


def _beside(strip: Strip, others: Sequence[Strip], head: Head) -> bool:
    """Whether below the title something else stands beside the strip: it's in a column."""
    return any(
        other is not strip
        and min(other.bottom, strip.bottom) - max(other.top, strip.top) > 0.3 * strip.size
        and min(other.right, head.right) - max(other.left, head.left) > other.size
        for other in others
    )


def _apart(strip: Strip, head: Head) -> bool:
    """Whether a line stands neither above nor below the title, however it is aligned there."""
    return strip.left < head.reach[0] - 1 or strip.right > head.reach[1] + 1


def _is_byline(strip: Strip) -> bool:
    return bool(parse_byline(strip.lines[0].text) and parse_byline(join_print(strip.lines)))


def _reach(head: Head, others: Sequence[Strip]) -> tuple[float, float]:
    """How far the room beside a title is free."""
    beside = [
        strip
        for strip in others
        if min(strip.bottom, head.bottom) - max(strip.top, head.top) > _TOUCH
    ]
    left = max((s.right for s in beside if s.right <= head.left + 2), default=float("-inf"))
    right = min((s.left for s in beside if s.left >= head.right - 2), default=float("inf"))
    return left, right
