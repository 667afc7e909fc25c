"""Tells the articles of a newspaper page apart by how the page is made up.

Strips below each other are columns; a title heads the columns that begin below it, as far as
nothing stands beside it. Columns without a title above them go on from another one: a sentence cut
at a column's foot goes on at the head of the column to its right, or below a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.page.byline import parse_byline
from ingest.page.jumps import parse_jump
from ingest.page.lines import ends_clause
from ingest.printed.heads import Head
from ingest.printed.links import insert_parts, link_parts
from ingest.printed.rules import are_apart
from ingest.printed.stories import LEADING, MATCHES, Run, Story, in_order, narrower, shared
from ingest.printed.strips import Strip
from ingest.printed.types import Rectangle
from ingest.printed.typeset import Column, column_of, is_indented

_TALLEST_GAP = 1.3  # lines between parts of a column that has no picture there
_ALIGNED = 2.2  # lines by which the heads of an article's columns differ
_HEADING = 1.13  # times the size of running text
_SAME_EDGE = 1.0  # ems

_REMARK_LINES = 6
_OPENING = "（(【[〔"


def make_up(
    strips: Sequence[Strip],
    heads: Sequence[Head],
    size: float,
    closes: Callable[[Strip], bool],
    rules: Sequence[Rectangle] = (),
) -> list[Story]:
    """The articles of a page, in the order of their places.

    ``strips`` hold the running text, of that type size; ``closes`` says whether a strip ends with
    what only ends an article. ``rules`` and frames keep articles apart.
    """
    columns = {id(strip): column_of(strip, strips) for strip in strips}
    indented = is_indented(strips, columns.values())
    runs = _runs(strips, heads, columns, size, closes, rules, indented=indented)
    stories, left_over = _headed(runs, heads, size, rules)
    stories += [Story(None, [run]) for run in left_over]
    link_parts(stories, size, rules)
    insert_parts(stories)
    return sorted(stories, key=lambda story: story.place)


def _runs(
    strips: Sequence[Strip],
    heads: Sequence[Head],
    columns: dict[int, Column],
    size: float,
    closes: Callable[[Strip], bool],
    rules: Sequence[Rectangle],
    *,
    indented: bool,
) -> list[Run]:
    """The columns of text, each as long as nothing else begins in it."""
    runs: list[Run] = []
    for strip in sorted(strips, key=lambda strip: (strip.top, strip.left)):
        above = [run for run in runs if shared(run, strip) > 0.5 * narrower(run, strip)]
        last = max(above, key=lambda run: run.bottom, default=None)
        start, stop = _ends(strip, columns[id(strip)], size, indented=indented)
        if closes(strip):
            bare = len(strip.lines) < _REMARK_LINES and strip.lines[0].text[0] in _OPENING
            start, stop = "remark" if bare else start, "closed"
        jump = parse_jump(strip.lines[0].text)
        if jump:
            above_it = last is not None and strip.top - last.bottom < _TALLEST_GAP * LEADING * size
            closing = len(strip.lines) == 1 and (jump.onward or (jump.onward is None and above_it))
            start, stop = ("remark", "closed") if closing else ("jump", _after_jump(strip, stop))
        match = MATCHES.get((last.stop, start), 0.0) if last else 0.0
        near = last is not None and strip.top - last.bottom < _TALLEST_GAP * LEADING * size
        if (
            last is not None
            and near
            and len(above) == len([run for run in above if run.bottom <= strip.top + size])
            and match > -1.0
            and _same_column(columns[id(last.strips[-1])], columns[id(strip)], size)
            and not _between(heads, last, strip)
            and not are_apart(rules, last, strip)
            and not _is_shared_below(last, strip, strips)
        ):
            last.strips.append(strip)
            last.stop = stop
        else:
            runs.append(Run([strip], start, stop))
    return runs


def _after_jump(strip: Strip, stop: str) -> str:
    """How a column ends that begins with where its text comes from."""
    return stop if len(strip.lines) > 1 else "jump"


def _same_column(one: Column, other: Column, size: float) -> bool:
    left, right = abs(one.left - other.left), abs(one.right - other.right)
    return left < _SAME_EDGE * size and right < 2 * _SAME_EDGE * size


def _between(heads: Sequence[Head], run: Run, strip: Strip) -> bool:
    return any(
        shared(head, strip) > 0
        and run.bottom - 2 < head.bottom
        and head.top < strip.top
        and head.bottom > run.top
        and head.top > run.top
        for head in heads
    )


def _is_shared_below(run: Run, strip: Strip, strips: Sequence[Strip]) -> bool:
    """Whether another strip stands beside the one below the run, or beside the run above it."""
    below, above = strip, run.strips[-1]
    return any(
        (_beside(other, below) and shared(above, other) > 0.3 * (other.right - other.left))
        or (_beside(other, above) and shared(below, other) > 0.3 * (other.right - other.left))
        for other in strips
        if other is not below and other is not above
    )


def _beside(one: Strip, other: Strip) -> bool:
    return min(one.bottom, other.bottom) - max(one.top, other.top) > 0.3 * one.size


def _ends(strip: Strip, column: Column, size: float, *, indented: bool) -> tuple[str, str]:
    """How the text of a strip begins and ends."""
    if strip.size > _HEADING * size or all(parse_byline(line.text) for line in strip.lines):
        return "new", "heading"
    first, last = strip.lines[0], strip.lines[-1]
    start = ""
    if first.text[0].islower():
        start = "cut"
    elif indented:
        start = "new" if (first.left - column.left) / first.size > 0.5 else "cut"
    if not ends_clause(last.text):
        return start, "cut"
    return start, "full" if (column.right - last.right) / last.size < 1.2 else "done"


def _headed(
    runs: Sequence[Run], heads: Sequence[Head], size: float, rules: Sequence[Rectangle]
) -> tuple[list[Story], list[Run]]:
    """Each title with the columns right below it, and the other columns."""
    stories = {id(head): Story(head) for head in heads}
    left_over: list[Run] = []
    beside: list[tuple[Run, Head]] = []
    for run in runs:
        near = [other for other in runs if not are_apart(rules, run, other)]
        titles = [head for head in heads if not are_apart(rules, run, head)]
        above = _above(run, near, titles, size)
        if not isinstance(above, Head):
            left_over.append(run)
        elif shared(above, run) > 0.2 * (run.right - run.left):
            stories[id(above)].runs.append(run)
        else:
            beside.append((run, above))
    for run, head in beside:
        tops = [other.top for other in stories[id(head)].runs] or [
            other.top for other, same in beside if same is head
        ]
        if abs(run.top - min(tops)) < _ALIGNED * LEADING * size:
            stories[id(head)].runs.append(run)
        else:
            left_over.append(run)
    for story in stories.values():
        in_order(story)
    return list(stories.values()), left_over


def _above(run: Run, runs: Sequence[Run], heads: Sequence[Head], size: float) -> Head | Run | None:
    """What stands next above a column: a title, also one that has the room above it for itself."""
    width = run.right - run.left
    found: list[Head | Run] = [
        other
        for other in runs
        if other is not run
        and other.bottom < run.top + 0.5 * size
        and shared(other, run) > 0.3 * min(width, other.right - other.left)
    ]
    for head in heads:
        reach = min(head.reach[1], run.right) - max(head.reach[0], run.left)
        if head.bottom < run.top + 0.8 * size and reach > 0.5 * width:
            found.append(head)
    return max(found, key=lambda other: other.bottom, default=None)
