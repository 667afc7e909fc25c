"""Joins the parts of a newspaper page's articles where one goes on in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ingest.page.matching import terms
from ingest.printed.heads import Head
from ingest.printed.rules import are_apart, stands_between
from ingest.printed.stories import LEADING, MATCHES, Run, Story, in_order, narrower, shared
from ingest.printed.types import Rectangle

_WIDEST_GUTTER = 5.0  # ems between columns of an article
_HIGHER = 5.0  # ems that a box may begin above its title
_BESIDE_TITLE = 0.4  # what a column is worth that begins where the title does
_LIKENESS = 2.0
_WORTH = 1.0  # what shows that a column goes on in another one


def link_parts(stories: list[Story], size: float, rules: Sequence[Rectangle] = ()) -> None:
    """Join articles' parts where one's last column goes on in the other's first."""
    counted = {id(story): _terms(story) for story in stories}
    while True:
        spread = Counter(term for story in stories for term in counted[id(story)])
        links = [
            (worth, i, j)
            for i, one in enumerate(stories)
            for j, other in enumerate(stories)
            if i != j and one.runs and other.runs and not (one.head and other.head)
            for worth in (_worth(one, other, size, rules),)
            if worth > 0
        ]
        links = [
            (
                worth
                + _LIKENESS * _likeness(counted[id(stories[i])], counted[id(stories[j])], spread),
                i,
                j,
            )
            for worth, i, j in links
        ]
        best = max(links, default=None)
        if best is None or best[0] < _WORTH:
            return
        one, other = stories[best[1]], stories[best[2]]
        joined = Story(one.head or other.head, one.runs + other.runs)
        in_order(joined)
        stories[:] = [story for story in stories if story is not one and story is not other]
        stories.append(joined)
        counted[id(joined)] = _terms(joined)


def insert_parts(stories: list[Story]) -> None:
    """Give an article what stands above one of its columns and goes on in it."""
    for part in [story for story in stories if not story.head]:
        for story in stories:
            place = _place_above(part, story) if story.head else None
            if place is not None:
                story.runs[place:place] = part.runs
                stories.remove(part)
                break


def _place_above(part: Story, story: Story) -> int | None:
    """Before which column of an article a part belongs, if it stands right above it."""
    run = part.runs[0]
    for i, (before, after) in enumerate(pairwise(story.runs), 1):
        same = shared(run, after) > 0.8 * narrower(run, after) and run.bottom <= after.top
        fits = MATCHES.get((run.stop, after.start), 0.0) + MATCHES.get(
            (before.stop, run.start), 0.0
        )
        if same and fits >= 1 and before.right < run.left:
            return i
    return None


def _terms(story: Story) -> Counter[str]:
    heads = [strip.text for strip in story.head.all] if story.head else []
    return terms("\n".join([*heads, *(strip.text for strip in story.strips)]))


def _likeness(one: Counter[str], other: Counter[str], spread: Counter[str]) -> float:
    """How much of what one part speaks of the other does too, 0 to 1; rare terms weigh more."""
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    weights = {term: 1 / spread[term] for term in fewer}
    total = sum(weights.values()) or 1.0
    return sum(weight for term, weight in weights.items() if term in more) / total


def _is_beside_head(run: Run, head: Head, size: float) -> bool:
    """Whether a column begins where the title beside it does: with the box of both."""
    return head.top - _HIGHER * size < run.top < head.bottom + size and run.right < head.right


def _worth(one: Story, other: Story, size: float, rules: Sequence[Rectangle]) -> float:
    """How much shows by their places that ``other`` goes on from ``one``, at its end or within."""
    first, last = other.runs[0], other.runs[-1]
    if other.head and not (
        MATCHES.get((one.runs[-1].stop, first.start), 0.0) >= 0
        and _is_beside_head(one.runs[0], other.head, size)
    ):
        return 0.0
    parted = _are_parted(rules, one, one.runs[-1], other, first)
    worth = 0.0 if parted else _step(one.runs[-1], first, size)
    if worth > 0 and one.head and first.left > one.head.right:
        top = one.head.top - _HIGHER * size < first.top < one.head.bottom + size
        worth += _BESIDE_TITLE * top
    for run, following in pairwise(one.runs):
        fits = (
            MATCHES.get(pair, 0.0)
            for pair in ((run.stop, first.start), (last.stop, following.start))
        )
        if not other.head and min(fits) >= 1 and not _are_parted(rules, one, run, other, first):
            worth = max(worth, _step(run, first, size))
    return worth


def _are_parted(
    rules: Sequence[Rectangle], one: Story, last: Run, other: Story, first: Run
) -> bool:
    """Whether a rule or a frame shows that two columns belong to different articles."""
    if are_apart(rules, last, first):
        return True
    tops = [story.head.top for story in (one, other) if story.head]
    return bool(tops) and stands_between(rules, last, first, max(tops))


def _step(last: Run, first: Run, size: float) -> float:
    """How much shows that one column goes on in another: below it or to its right."""
    match = MATCHES.get((last.stop, first.start), 0.0)
    if last.bottom <= first.top + size and shared(last, first) > 0:
        gap = (first.top - last.bottom) / (LEADING * size)
        return match + 1.0 - min(1.0, gap / 12)
    gutter = (first.left - last.right) / size
    if not -0.5 < gutter < _WIDEST_GUTTER or first.top > last.bottom:
        return 0.0
    lower = abs(last.bottom - first.bottom) / (LEADING * size)
    return match + 0.9 - min(0.3, lower / 60)
