"""Parts of a newspaper page's make-up: columns of text, articles, and how their ends match."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.printed.heads import Head
from ingest.printed.order import reading_order
from ingest.printed.strips import Strip

LEADING = 1.5  # ems from line to line

MATCHES = {  # how a column's end and another's beginning go together
    ("cut", "cut"): 2.0,
    ("cut", ""): 1.0,
    ("cut", "new"): -3.0,
    ("done", "cut"): -3.0,
    ("done", "new"): 0.0,
    ("full", "cut"): 0.3,
    ("full", "new"): 0.0,
    ("heading", "new"): 0.5,
    ("heading", "cut"): -3.0,
    ("closed", "remark"): 1.0,
    ("done", "remark"): 1.0,
    ("full", "remark"): 1.0,
    ("cut", "remark"): -1.0,
    ("closed", "cut"): -3.0,
    ("closed", "new"): -1.0,
    ("jump", "cut"): 2.0,
    ("jump", "new"): 2.0,
    ("cut", "jump"): -3.0,
    ("done", "jump"): -3.0,
    ("full", "jump"): -3.0,
    ("closed", "jump"): -3.0,
}


@dataclass(slots=True)
class Run:
    """Strips below each other in one column."""

    strips: list[Strip]
    start: str  # "new", "cut" or "jump": how its text begins; "" if that can't be told
    stop: str  # "cut", "full", "done", "closed" or "jump": how its text ends

    @property
    def left(self) -> float:
        """Its left edge."""
        return min(strip.left for strip in self.strips)

    @property
    def right(self) -> float:
        """Its right edge."""
        return max(strip.right for strip in self.strips)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.strips[0].top

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.strips[-1].bottom


@dataclass(slots=True)
class Story:
    """What belongs to one article, in reading order."""

    head: Head | None
    runs: list[Run] = field(default_factory=list)

    @property
    def strips(self) -> list[Strip]:
        """All strips of its columns."""
        return [strip for run in self.runs for strip in run.strips]

    @property
    def place(self) -> tuple[float, float]:
        """Where it begins on the page: down, then across."""
        if self.head:
            return self.head.top, self.head.left
        return self.runs[0].top, self.runs[0].left


def shared(one: Run | Strip | Head, other: Run | Strip | Head) -> float:
    """How many points both have in common across the page; less than 0 for a gap."""
    return min(one.right, other.right) - max(one.left, other.left)


def narrower(one: Run | Strip, other: Run | Strip) -> float:
    """The width of the narrower of two."""
    return min(one.right - one.left, other.right - other.left)


def in_order(story: Story) -> None:
    """Put the columns of an article in reading order, unless links have given it."""
    if len(story.runs) > 1:
        boxes = [
            Strip.of([line for strip in run.strips for line in strip.lines]) for run in story.runs
        ]
        by_box = {id(box): run for box, run in zip(boxes, story.runs, strict=True)}
        story.runs = [by_box[id(box)] for box in reading_order(boxes)]
