"""A translation table from texts that say the same in two languages.

IBM Model 1 (Brown et al. 1993) over the sets of tokens of each pair, in both directions at once:
a link counts by the product of what the two directions think of it (alignment by agreement, Liang
et al. 2006), which keeps rare tokens from being linked with everything around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.static import Translations, unit
from index.training.ragged import BoolArray, IntArray, Ragged, starts_of
from index.types import FloatArray

Int32Array = npt.NDArray[np.int32]
Float64Array = npt.NDArray[np.float64]

_ROUNDS = 6
_PARTNERS = 40  # the tokens that most go with a token are tried as its translations
_KEPT = 8  # translations of a token
_LEAST = 0.03  # odds below which a translation isn't kept
_WEAK = 1e-4  # of two tokens that hardly go together, neither is tried
_SILENT = 1e-3  # odds that a token has no partner in its pair
_TOKENS = 120  # of a text that are looked at
_NEIGHBOURS = 10
_LEAST_MIXED = 0.01
_PULL = 1.5  # weight of the translations' vectors beside a token's own
_PAIRS_AT_ONCE, _ROWS_AT_ONCE = 4096, 1024


@dataclass(frozen=True, slots=True)
class Links:
    """Every way to link a token of a pair's left side with one of its right side."""

    kind: Int32Array
    """Which two tokens: a row of ``kinds``."""
    left: Int32Array
    """The left token's place among all of them; tokens of one pair only once."""
    right: Int32Array
    kinds: IntArray
    """(kinds, 2): the tokens."""


def learn_translations(pairs: Sequence[tuple[Ragged, Ragged]], chinese: BoolArray) -> Translations:
    """The table of all tokens, from sets of (Chinese, English) texts of the same meaning.

    ``chinese`` (tokens,) tells which tokens are Chinese. The others also stand in Chinese texts,
    where they are their own translation.
    """
    tokens = len(chinese)
    left, right = (_token_sets([pair[side] for pair in pairs]) for side in (0, 1))
    kinds = _partners(left, right, chinese)
    links = _links(left, right, kinds, tokens)
    there, back = _expectation_maximisation(links, tokens)
    foreign = kinds[:, 0] != kinds[:, 1]  # what stays itself is counted once
    both = np.concatenate([kinds[foreign], kinds[:, ::-1]])
    return _table(both, np.concatenate([there[foreign], back]), tokens)


def with_neighbours(known: Translations, table: FloatArray, chinese: BoolArray) -> Translations:
    """The table with each token's nearest neighbours in the other language mixed in.

    ``table`` (tokens, dimension) holds the tokens' vectors. A neighbour's odds go by the fourth
    power of its cosine; what was learnt and the neighbours count half each.
    """
    directions = unit(table)
    found = []
    for one, other in ((chinese, ~chinese), (~chinese, chinese)):
        mine, theirs = np.flatnonzero(one), np.flatnonzero(other)
        for first in range(0, len(mine), _ROWS_AT_ONCE):
            tokens = mine[first : first + _ROWS_AT_ONCE]
            cosines = directions[tokens] @ directions[theirs].T
            count = min(_NEIGHBOURS, len(theirs))
            best = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
            odds = np.take_along_axis(cosines, best, axis=1).clip(0) ** 4
            odds /= odds.sum(axis=1, keepdims=True).clip(1e-9)
            found.append((np.repeat(tokens, count), theirs[best.ravel()], odds.ravel()))
    source, target, odds = (np.concatenate(part) for part in zip(*found, strict=True))
    owners = np.repeat(np.arange(len(table)), np.diff(known.starts))
    keys = np.concatenate([owners, source]) * len(table) + np.concatenate([known.tokens, target])
    keys, places = np.unique(keys, return_inverse=True)
    weights = np.concatenate([known.odds, odds]).astype(np.float64) / 2
    mixed = np.bincount(places, weights).astype(np.float64)
    kinds = np.stack([keys // len(table), keys % len(table)], axis=1)
    return _table(kinds, mixed, len(table), least=_LEAST_MIXED, kept=_KEPT + _NEIGHBOURS)


def retrofit(table: FloatArray, translations: Translations) -> FloatArray:
    """``table`` (tokens, dimension) with every vector turned towards its translations' vectors.

    Its length stays. After Faruqui et al. 2015, in one round: it makes up for how seldom a rare
    token is in a batch.
    """
    from scipy.sparse import csr_array

    odds, targets, starts = translations.odds, translations.tokens, translations.starts
    known = csr_array((odds, targets, starts), (len(table), len(table)))
    directions = unit(table)
    turned = unit(directions + _PULL * (known @ directions))
    lengths: FloatArray = np.linalg.norm(table, axis=1, keepdims=True)
    return turned * lengths


def _token_sets(sides: Sequence[Ragged]) -> Ragged:
    """Each text's tokens without repetitions, all sides' rows after one another."""
    texts = sides[0]
    for side in sides[1:]:
        texts = texts.stacked(side)
    owners = texts.owners[texts.places < _TOKENS]
    ids = texts.ids[texts.places < _TOKENS]
    width = int(ids.max(initial=0)) + 1
    unique = np.unique(owners * width + ids)
    lengths = np.bincount(unique // width, minlength=len(texts))
    return Ragged(unique % width, starts_of(lengths))


def _partners(left: Ragged, right: Ragged, chinese: BoolArray) -> IntArray:
    """The pairs of tokens (kinds, 2) that go together most, by c² / (a · b) of their counts."""
    from scipy.sparse import csr_array
    from tqdm import trange

    tokens = len(chinese)
    a, b = (
        csr_array((np.ones(len(s.ids), np.float32), s.ids, s.starts), (len(s), tokens))
        for s in (left, right)
    )
    counts_a, counts_b = (np.bincount(s.ids, minlength=tokens) for s in (left, right))
    found = []
    by_token = a.T.tocsr()
    for first in trange(0, tokens, 1000, desc="counting pairs of words", leave=False):
        together = (by_token[first : first + 1000] @ b).tocoo()
        rows, columns = together.coords
        rows = rows.astype(np.int64) + first
        strength = together.data**2 / (counts_a[rows] * counts_b[columns])
        keep = (strength > _WEAK) & (
            (chinese[rows] & ~chinese[columns]) | ((rows == columns) & ~chinese[rows])
        )
        found.append((rows[keep], columns[keep].astype(np.int64), strength[keep]))
    rows, columns, strength = (np.concatenate(part) for part in zip(*found, strict=True))
    keep = _among_best(rows, strength) | _among_best(columns, strength)
    keys = np.sort(rows[keep] * tokens + columns[keep])
    return np.stack([keys // tokens, keys % tokens], axis=1)


def _among_best(groups: IntArray, strength: npt.NDArray[np.float32]) -> BoolArray:
    """Which entries are among the ``_PARTNERS`` strongest of their group."""
    order = np.lexsort((-strength, groups))
    starts = np.searchsorted(groups[order], groups[order])
    best = np.zeros(len(groups), np.bool_)
    best[order] = np.arange(len(groups)) - starts < _PARTNERS
    return best


def _links(left: Ragged, right: Ragged, kinds: IntArray, tokens: int) -> Links:
    from tqdm import trange

    possible = np.zeros((tokens, tokens), np.bool_)
    possible[kinds[:, 0], kinds[:, 1]] = True
    keys = kinds[:, 0] * tokens + kinds[:, 1]
    found = []
    for first in trange(0, len(left), _PAIRS_AT_ONCE, desc="linking words", leave=False):
        rows = np.arange(first, min(first + _PAIRS_AT_ONCE, len(left)))
        one, other = _products(left, right, rows)
        a, b = left.ids[one], right.ids[other]
        keep = possible[a, b]
        kind = np.searchsorted(keys, a[keep] * tokens + b[keep])
        found.append(np.stack([kind, one[keep], other[keep]]).astype(np.int32))
    kind, one, other = np.concatenate(found, axis=1)
    return Links(kind, one, other, kinds)


def _products(left: Ragged, right: Ragged, rows: IntArray) -> tuple[IntArray, IntArray]:
    """The places of the tokens of every two that stand in the same of ``rows``, successive ones."""
    places = np.arange(left.starts[rows[0]], left.starts[rows[-1] + 1])
    owners = np.repeat(rows, left.lengths[rows])
    times = right.lengths[owners]
    first = np.repeat(right.starts[owners] - np.cumsum(times) + times, times)
    return np.repeat(places, times), np.arange(len(first)) + first


def _expectation_maximisation(links: Links, tokens: int) -> tuple[Float64Array, Float64Array]:
    """(kinds,) twice: the odds of the right token given the left one, and of the left given it."""
    from tqdm import trange

    there = back = np.full(len(links.kinds), 1 / _PARTNERS)
    for _ in trange(_ROUNDS, desc="learning translations", leave=False):
        forth = _posterior(there[links.kind], links.right)
        fro = _posterior(back[links.kind], links.left)
        counts = np.bincount(links.kind, weights=forth * fro, minlength=len(links.kinds))
        there, back = (
            counts / np.bincount(side, counts, tokens).clip(1e-9)[side] for side in links.kinds.T
        )
    return there, back


def _posterior(odds: Float64Array, owners: Int32Array) -> Float64Array:
    """The share of each link among those of the same owner, which may also have none."""
    total = np.bincount(owners, weights=odds) + _SILENT
    return odds / total[owners]


def _table(
    kinds: IntArray,
    odds: Float64Array,
    tokens: int,
    *,
    least: float = _LEAST,
    kept: int = _KEPT,
) -> Translations:
    order = np.lexsort((-odds, kinds[:, 0]))
    source, target, odds = kinds[order, 0], kinds[order, 1], odds[order]
    place = np.arange(len(source)) - np.searchsorted(source, source)
    keep = (place < kept) & (odds >= least)
    starts = starts_of(np.bincount(source[keep], minlength=tokens))
    return Translations(starts, target[keep], odds[keep].astype(np.float32))
