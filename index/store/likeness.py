"""Which articles of the library may be near-duplicates of a text, by the bands of its signature."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.types import BoolArray, IntArray
from ingest.dedupe import BANDS, LEAST_BANDS

BandArray = npt.NDArray[np.uint32]
_Matches = tuple[IntArray, IntArray]

MOST = 5  # articles that are worth a closer look
_FEW = 32  # articles that are compared with all that isn't sorted: more would take longer than that


class Likeness:
    """The signatures of articles, in memory. Not for several threads at once.

    They are kept in sorted runs, each less than half as long as the one before, so that what is
    added costs little and few places are looked at. What has just been added isn't in one: sorting
    a library's signatures takes far longer than to compare a few articles with all of them.
    """

    def __init__(self) -> None:
        """Of no articles."""
        self._runs: list[tuple[IntArray, IntArray]] = []  # keys (n,), sorted, and their articles
        self._unsorted: list[tuple[IntArray, BandArray]] = []  # articles (n,), bands (n, `BANDS`)
        self._compared = 0  # how many articles these were compared with

    def add(self, articles: Sequence[int], bands: npt.NDArray[np.integer]) -> None:
        """Add articles (n,) by their numbers, with their bands (n, ``BANDS``)."""
        self._unsorted.append((np.array(articles, np.int64), bands.astype(np.uint32, copy=False)))

    def alike(self, bands: npt.NDArray[np.integer]) -> list[list[int]]:
        """For each of the signatures (n, ``BANDS``) the articles that may have the same text, the
        likeliest first.
        """
        self._compared += len(bands)
        if self._compared > _FEW:
            self._sort()
        keys = _keys(bands)
        found = [_found(run, keys) for run in self._runs]
        found += [_matching(part, bands) for part in self._unsorted]
        if not found:
            return [[] for _ in bands]
        rows, articles = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((articles, rows))
        rows, articles = rows[order], articles[order]
        first = np.flatnonzero(np.diff(rows, prepend=-1) | np.diff(articles, prepend=-1))
        counts = np.diff(first, append=len(rows))
        chosen = counts >= LEAST_BANDS
        rows, articles, counts = rows[first][chosen], articles[first][chosen], counts[chosen]
        order = np.lexsort((articles, -counts, rows))
        rows, articles = rows[order], articles[order]
        borders = np.searchsorted(rows, np.arange(len(keys) + 1))
        return [articles[start:end][:MOST].tolist() for start, end in itertools.pairwise(borders)]

    def _sort(self) -> None:
        """Put all in runs."""
        self._compared = 0
        if not self._unsorted:
            return
        articles, bands = (np.concatenate(part) for part in zip(*self._unsorted, strict=True))
        self._unsorted.clear()
        run = _sorted(_keys(bands).ravel(), np.repeat(articles, BANDS))
        while self._runs and len(self._runs[-1][0]) < 2 * len(run[0]):
            other = self._runs.pop()
            run = _sorted(*(np.concatenate(both) for both in zip(other, run, strict=True)))
        self._runs.append(run)


def repeated(bands: npt.NDArray[np.integer]) -> BoolArray:
    """Which of the signatures (n, ``BANDS``) may have the same text as another of them: (n,)."""
    _, places, counts = np.unique(_keys(bands), return_inverse=True, return_counts=True)
    shared: BoolArray = (counts > 1)[places].reshape(bands.shape).sum(axis=1) >= LEAST_BANDS
    return shared


def _keys(bands: npt.NDArray[np.integer]) -> IntArray:
    """(n, ``BANDS``): the bands, each together with its place."""
    return bands.astype(np.int64) * BANDS + np.arange(BANDS)


def _sorted(keys: IntArray, articles: IntArray) -> tuple[IntArray, IntArray]:
    order = np.argsort(keys)
    return keys[order], articles[order]


def _matching(part: tuple[IntArray, BandArray], bands: npt.NDArray[np.integer]) -> _Matches:
    """The rows of ``bands`` (n, ``BANDS``) and the articles that have one in common, unsorted."""
    articles, held = part
    same = [np.flatnonzero(held == row) // BANDS for row in bands.astype(np.uint32, copy=False)]
    rows = np.repeat(np.arange(len(same)), [len(one) for one in same])
    return rows, articles[np.concatenate([*same, np.empty(0, np.int64)])]


def _found(run: tuple[IntArray, IntArray], keys: IntArray) -> _Matches:
    """The rows of ``keys`` (n, ``BANDS``) and the articles of the run that have one in common."""
    held, articles = run
    flat = keys.ravel()
    flat = flat[order := np.argsort(flat)]  # the next is looked up near the one before
    starts = np.searchsorted(held, flat)
    there = np.flatnonzero(held[np.minimum(starts, len(held) - 1)] == flat)
    flat, order, starts = flat[there], order[there], starts[there]
    lengths = np.searchsorted(held, flat, side="right") - starts
    places = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return np.repeat(order // BANDS, lengths), articles[places]
