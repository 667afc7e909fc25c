"""Gives the bodies of a page their titles: by what they speak of and by where they stand."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.page.byline import Credit
from ingest.page.furniture import Block, Kind
from ingest.page.jumps import JumpMark
from ingest.page.matching import affinities, assign, terms
from ingest.page.quotes import is_quoted
from ingest.page.reflow import join_lines

# How a title's place weighs against its words: 1 would be a body that holds all of them.
JUST_BEFORE, JUST_AFTER, ELSEWHERE = 0.15, 0.05, -0.15
SAME_QUOTE = 1.0

MOST_TITLES = 100  # that are given to bodies at a time; no page has more


@dataclass(slots=True)
class Body:
    """A run of paragraphs and headings, and what the page says about it."""

    position: int
    blocks: list[Block] = field(default_factory=list)
    title: str | None = None
    byline: Credit | None = None
    closer: Credit | None = None
    jumps: list[JumpMark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its blocks, a line each."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Head:
    """A title with the byline below it, a title alone, or a byline alone."""

    position: int
    title: str | None
    byline: Credit | None
    level: int = 0  # number of Markdown hashes
    quotes: tuple[str, ...] = ()  # the pull-quotes right below it
    signature: str = ""  # the byline as it is printed

    @property
    def line(self) -> str:
        """All that it says, as one line."""
        return join_lines(filter(None, [*(self.title or "").split("\n"), self.signature]))


def give_titles(titled: Sequence[Head], heads: Sequence[Head], bodies: Sequence[Body]) -> None:
    """Give every body the title that fits it best. What is left over heads a section, or is noted.

    Of the ``heads`` those ``titled`` have a title.
    """
    # A title without a byline may stand above one; a second byline belongs to another article.
    starts = [body.position for body in bodies]
    marks = {
        True: sorted(starts + [head.position for head in heads]),
        False: sorted(starts + [head.position for head in titled]),
    }
    chosen: dict[int, Head] = {}  # by the position of the body
    for start in range(0, len(titled), MOST_TITLES):
        first = titled[start].position if start else 0
        rest = titled[start + MOST_TITLES :]
        last = rest[0].position if rest else math.inf
        near = [body for body in bodies if first <= body.position < last]
        chosen |= _matched(titled[start : start + MOST_TITLES], near, marks)
    given = {head.position for head in chosen.values()}
    left = [head for head in titled if head.position not in given]
    for head in reversed(left):
        _keep(head, bodies, chosen)
    for body in bodies:
        if best := chosen.get(body.position):
            body.title, body.byline = best.title, best.byline


def _matched(
    titled: Sequence[Head], bodies: Sequence[Body], marks: Mapping[bool, Sequence[int]]
) -> dict[int, Head]:
    """The titles of bodies by their positions; ``marks`` are where heads and bodies stand."""
    counted = [terms(body.text) for body in bodies]
    values = []
    for head in titled:
        likeness = affinities(head.title or "", counted)
        values.append(
            [
                likeness[j]
                + _place(head, body, marks[head.byline is not None])
                + SAME_QUOTE * _shares_quote(head, bodies, j)
                for j, body in enumerate(bodies)
            ]
        )
    assigned = zip(titled, assign(values), strict=True)
    return {bodies[j].position: head for head, j in assigned if j is not None}


def _keep(head: Head, bodies: Sequence[Body], chosen: dict[int, Head]) -> None:
    """Let a title that no body has head the first section of the body below it.

    With a byline it is rather that body's own, and one without that stands between, the heading.
    If the body has a signed title already, or there is no body, it becomes a note.
    """
    place = bisect_left([body.position for body in bodies], head.position)
    if place == len(bodies):
        bodies[-1].notes.append(head.line)
        return
    below = bodies[place]
    title = chosen.get(below.position)
    if head.byline is None:
        below.blocks.insert(0, Block(Kind.SHORT, head.title or "", head.level))
    elif title is None or (title.byline is None and head.position < title.position):
        chosen[below.position] = head
        if title:
            _keep(title, bodies, chosen)
    else:
        below.notes.append(head.line)


def _shares_quote(head: Head, bodies: Sequence[Body], j: int) -> bool:
    """Whether a pull-quote below a title is taken from a body that doesn't follow it anyway."""
    if not head.quotes:
        return False
    following = next((i for i, body in enumerate(bodies) if body.position > head.position), None)
    return j != following and any(is_quoted(quote, bodies[j].text) for quote in head.quotes)


def _place(head: Head, body: Body, marks: Sequence[int]) -> float:
    """What a title's place on the page says for a body."""
    first, last = sorted((head.position, body.position))
    if bisect_right(marks, first) < bisect_left(marks, last):
        return ELSEWHERE
    return JUST_BEFORE if head.position < body.position else JUST_AFTER
