"""The same text in several articles: a press release that two papers print counts once.

Two texts are reprints when nearly all of the shorter one stands in the longer one, unless they
give different numbers between the same words. How much stands in another is told by shingles, runs
of a few characters or words. (Broder, On the resemblance and containment of documents, 1997.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.types import Article
from retriever.types import Hit
from retriever.units import NUMBER, spaced

SHINGLE = 4  # units
CONTAINED = 0.7  # share of the shorter text's shingles that the longer one has
RELATED = 0.5  # the same of the articles of two passages
AROUND = 2  # units on either side of a number that tell what it counts
LONGER = 3  # times as many shingles: not the same text with an end, but another

_DIGITS = dict(zip("零〇一二两三四五六七八九", "001223456789", strict=True)) | {"十": "10"}
# The place and day before a report: each paper gives its own.
_DATELINE = re.compile(r"^[^。，,]{0,30}\d+ ?日[^。，,]{0,4}?(?:[电電]|[讯訊]|消息|[报報]道)")


@dataclass(frozen=True, slots=True)
class _Text:
    units: tuple[str, ...]
    shingles: frozenset[tuple[str, ...]]


def collapse(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The ``k`` best of ``hits`` (best first) without those that repeat a better one in another
    article; that article is then among the better one's ``reprints``.
    """
    kept: list[tuple[Hit, _Text]] = []
    also: list[list[Article]] = []
    articles: dict[str, _Text] = {}
    for hit in hits:
        text = _text(hit.text)
        position = _repeated(hit, text, kept, articles)
        if position is not None:
            also[position].append(hit.article)
        elif len(kept) < k:
            kept.append((hit, text))
            also.append([])
    return [
        replace(hit, reprints=tuple({one.id: one for one in others}.values())) if others else hit
        for (hit, _), others in zip(kept, also, strict=True)
    ]


def distinct(articles: Iterable[Article]) -> list[Article]:
    """The articles without reprints of those before them."""
    kept: list[tuple[Article, _Text]] = []
    for article in articles:
        text = _text(article.text)
        if not any(_same(text, other) for _, other in kept):
            kept.append((article, text))
    return [article for article, _ in kept]


def _repeated(
    hit: Hit, text: _Text, kept: Sequence[tuple[Hit, _Text]], articles: dict[str, _Text]
) -> int | None:
    """The position in ``kept`` of the passage that ``hit`` repeats, if one does."""
    for position, (other, before) in enumerate(kept):
        if (
            hit.article.id != other.article.id
            and _same(text, before)
            and _contained(*(_of(one.article, articles) for one in (hit, other))) >= RELATED
        ):
            return position
    return None


def _of(article: Article, articles: dict[str, _Text]) -> _Text:
    if article.id not in articles:
        articles[article.id] = _text(article.text)
    return articles[article.id]


def _text(text: str) -> _Text:
    units = tuple(spaced(_DATELINE.sub("", text, count=1)).split())
    runs = zip(*(units[start:] for start in range(SHINGLE)), strict=False)
    return _Text(units, frozenset(runs) or frozenset([units]))


def _same(one: _Text, other: _Text) -> bool:
    lengths = len(one.shingles), len(other.shingles)
    return (
        max(lengths) <= LONGER * min(lengths)
        and _contained(one, other) >= CONTAINED
        and not _numbers_differ(one, other)
    )


def _contained(one: _Text, other: _Text) -> float:
    """The share of the shorter text that stands in the longer one."""
    return len(one.shingles & other.shingles) / min(len(one.shingles), len(other.shingles))


def _numbers_differ(one: _Text, other: _Text) -> bool:
    """Whether between the same words each has a number that the other hasn't."""
    left, right = _numbers(one), _numbers(other)
    return any(
        not (left[words] <= right[words] or right[words] <= left[words])
        for words in left.keys() & right.keys()
    )


def _numbers(text: _Text) -> dict[tuple[str, ...], set[str]]:
    """The numbers by the units around them, where a number is only known to be one."""
    edge = ("",) * AROUND
    blank = (*edge, *("#" if NUMBER.fullmatch(unit) else unit for unit in text.units), *edge)
    found: dict[tuple[str, ...], set[str]] = {}
    for place, unit in enumerate(text.units):
        if blank[place + AROUND] == "#":
            words = blank[place : place + 2 * AROUND + 1]
            found.setdefault(words, set()).add(_DIGITS.get(unit, unit))
    return found
