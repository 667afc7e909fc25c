"""The same text in several articles: a press release that two papers print counts once.

Articles that are the same as a whole are linked when they are added. Here passages are compared:
two are reprints when nearly all of the shorter one stands in the longer one, unless they give
different numbers between the same words, and their articles have much in common, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.dedupe import Compared, compared
from ingest.types import Article
from retriever.types import Hit

CONTAINED = 0.7  # share of the shorter text's shingles that the longer one has
RELATED = 0.5  # the same of the articles of two passages
LONGER = 3  # times as many shingles: not the same text with an end, but another


def collapse(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The ``k`` best of ``hits`` (best first) without those that repeat a better one in another
    article; that article is then among the better one's ``reprints``, with its own.
    """
    kept: list[Hit] = []
    also: list[list[Article]] = []
    for hit in hits:
        position = _repeated(hit, kept)
        if position is not None:
            also[position] += [hit.article, *hit.reprints]
        elif len(kept) < k:
            kept.append(hit)
            also.append(list(hit.reprints))
    return [
        replace(hit, reprints=tuple({one.id: one for one in others}.values()))
        for hit, others in zip(kept, also, strict=True)
    ]


def _repeated(hit: Hit, kept: Sequence[Hit]) -> int | None:
    """The position in ``kept`` of the passage that ``hit`` repeats, if one does."""
    text = compared(hit.text)
    for position, other in enumerate(kept):
        if (
            hit.article.id != other.article.id
            and _same(text, compared(other.text))
            and _contained(*(compared(one.article.text) for one in (hit, other))) >= RELATED
        ):
            return position
    return None


def _same(one: Compared, other: Compared) -> bool:
    lengths = len(one.shingles), len(other.shingles)
    return (
        max(lengths) <= LONGER * min(lengths)
        and _contained(one, other) >= CONTAINED
        and not one.differs(other)
    )


def _contained(one: Compared, other: Compared) -> float:
    """The share of the shorter text that stands in the longer one."""
    return one.common(other) / min(len(one.shingles), len(other.shingles))
