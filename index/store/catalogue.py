"""Who wrote the articles, where they appeared and when: what a search can be narrowed down to."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from index.tokens import fold
from index.types import BoolArray, IntArray

DayArray = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A name as it is written most often, and the rows (n,) of the articles that have it."""

    name: str
    rows: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """One state of the library. Articles are known here by their row, 0 to ``articles`` - 1.

    A reprint has the passages of the article that it repeats, which then stand here once more.

    ``authors`` and ``sources`` are by the names as `tokens.fold` gives them, so that simplified and
    traditional characters are one.
    """

    sequence: int
    ids: Sequence[str]
    """(articles,)."""
    firsts: IntArray
    """(articles,): the row of the article that a reprint repeats; its own row for all others."""
    titles: Mapping[int, str]
    """Of reprints, by row: their passages stand below the title of the article they repeat."""
    authors: Mapping[str, Named]
    sources: Mapping[str, Named]
    published: DayArray
    """(articles,): NaT where it isn't known."""
    passages: IntArray
    """(passages,): the numbers of the passages of all articles."""
    rows: IntArray
    """(passages,): the article of each."""
    held: BoolArray
    """(articles,): which have passages."""
    newest: date | None
    """The last day on which one of them was published; None if none has a date."""

    def written_by(self, author: str) -> BoolArray:
        """(articles,): which are by ``author``, alone or with others."""
        return self._marked(self.authors.get(fold(author)))

    def appeared_in(self, source: str) -> BoolArray:
        """(articles,): which are of ``source``."""
        return self._marked(self.sources.get(fold(source)))

    def published_between(self, first: date | None, last: date | None) -> BoolArray:
        """(articles,): which were published on these days or between them; None is no limit."""
        found = ~np.isnat(self.published)
        if first:
            found &= self.published >= np.datetime64(first)
        if last:
            found &= self.published <= np.datetime64(last)
        return found

    def undated(self) -> BoolArray:
        """(articles,): which don't say when they were published."""
        return np.isnat(self.published)

    def _marked(self, named: Named | None) -> BoolArray:
        marked = np.zeros(len(self.published), np.bool_)
        if named:
            marked[named.rows] = True
        return marked


def make_catalogue(
    sequence: int,
    articles: Iterable[tuple[int, str, int | None, str | None, str, str | None, str | None]],
    passages: Iterable[tuple[int, int]],
) -> Catalogue:
    """The catalogue of ``articles`` (number, id, number of the article that it repeats, title,
    authors as JSON, source, date), by number, and of ``passages`` (number, number of the article).
    """
    numbers: list[int] = []
    ids: list[str] = []
    repeated: list[int] = []
    titles: dict[int, str] = {}
    published: list[date | None] = []
    authors: dict[str, list[int]] = {}
    sources: dict[str, list[int]] = {}
    for row, (number, key, original, title, names, source, day) in enumerate(articles):
        numbers.append(number)
        ids.append(key)
        repeated.append(number if original is None else original)
        if original is not None and title:
            titles[row] = title
        published.append(_day(day))
        for name in _names(names):
            authors.setdefault(name, []).append(row)
        if source:
            sources.setdefault(source, []).append(row)
    pairs = np.fromiter(itertools.chain.from_iterable(passages), np.int64).reshape(-1, 2)
    by_number = np.array(numbers, np.int64)
    firsts = np.searchsorted(by_number, np.array(repeated, np.int64))
    rows = np.searchsorted(by_number, pairs[:, 1])
    searched, rows = _with_reprints(pairs[:, 0], rows, firsts)
    held = np.bincount(rows, minlength=len(numbers)) > 0
    return Catalogue(
        sequence,
        ids,
        firsts,
        titles,
        _by_name(authors),
        _by_name(sources),
        np.array(published, dtype="datetime64[D]"),
        searched,
        rows,
        held,
        max((day for day, here in zip(published, held, strict=True) if day and here), default=None),
    )


def _with_reprints(
    passages: IntArray, rows: IntArray, firsts: IntArray
) -> tuple[IntArray, IntArray]:
    """The passages (n,) and the articles (n,) that they are of, and after them once more those of
    the articles that others repeat.
    """
    linked = np.flatnonzero(firsts != np.arange(len(firsts)))
    order = np.argsort(rows, kind="stable")
    starts, ends = (
        np.searchsorted(rows[order], firsts[linked], side) for side in ("left", "right")
    )
    lengths = ends - starts
    places = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return (
        np.concatenate([passages, passages[order][places]]),
        np.concatenate([rows, np.repeat(linked, lengths)]),
    )


def _by_name(rows: Mapping[str, Sequence[int]]) -> dict[str, Named]:
    spellings: dict[str, list[str]] = {}
    for name in rows:
        spellings.setdefault(fold(name), []).append(name)
    return {
        folded: Named(
            max(names, key=lambda name: len(rows[name])),
            np.concatenate([np.array(rows[name], np.int64) for name in names]),
        )
        for folded, names in spellings.items()
    }


@functools.lru_cache(maxsize=4096)
def _names(authors: str) -> tuple[str, ...]:
    return tuple(json.loads(authors))


@functools.lru_cache(maxsize=4096)
def _day(published: str | None) -> date | None:
    """The date; None for what isn't one, as an article made by other programs may say anything."""
    try:
        return date.fromisoformat(published) if published else None
    except ValueError:
        return None
