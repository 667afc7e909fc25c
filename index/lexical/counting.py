"""How often terms stand in passages, counted in all of their records at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index import tokens
from index.lexical.records import Records, hashes
from index.types import BoolArray, FloatArray, IntArray

_LOW = 0xFFFF  # of a number, by which most of those that aren't wanted are told

Term = tuple[str, str]
"""The field and the term."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Terms as they are counted: each is a number, among ``keys`` (u,), which are sorted; ``rows``
    (m,) tells which is whose.

    An n-gram's is that of its code units, of which none is 0; the ``longest`` has four. A word's is
    its hash above a unit of 0. Those that have one of the terms at all have a true one of
    ``words`` (65536,) or ``units`` (65536,) at the lowest 16 bits.
    """

    keys: npt.NDArray[np.uint64]
    rows: IntArray
    words: BoolArray
    units: BoolArray
    longest: int


def field_of(unit: str, term: str) -> str:
    """Where a term is found: one that isn't Chinese is the same in both units."""
    return unit if tokens.is_han(term) else "words"


def wanted(terms: Sequence[Term]) -> Wanted:
    """What is counted for m terms."""
    is_word = np.array([field == "words" for field, _ in terms], np.bool_)
    ngrams = [term.encode("utf-16-le") for field, term in terms if field != "words"]
    of_words = hashes(term for field, term in terms if field == "words")
    of_ngrams = np.frombuffer(b"".join(one.ljust(8, b"\0") for one in ngrams), "<u8")
    keys = np.zeros(len(terms), np.uint64)
    keys[is_word] = of_words.astype(np.uint64) << np.uint64(16)
    keys[~is_word] = of_ngrams
    unique, rows = np.unique(keys, return_inverse=True)
    words, units = np.zeros(_LOW + 1, np.bool_), np.zeros(_LOW + 1, np.bool_)
    words[of_words & _LOW] = True
    units[(of_ngrams & np.uint64(_LOW)).astype(np.int64)] = True
    return Wanted(unique, rows, words, units, max(map(len, ngrams), default=0) // 2)


def count(terms: Wanted, records: Records) -> FloatArray:
    """How often each of m terms stands in each of n passages: (m, n)."""
    shape = len(terms.keys), len(records.unit_starts)
    if not len(terms.keys):
        return np.zeros(shape, np.float32)
    places = np.flatnonzero(terms.words[records.words & _LOW])
    found = [records.words[places].astype(np.uint64) << np.uint64(16)]
    passages = [np.searchsorted(records.word_starts, places, "right")]
    places = np.flatnonzero(terms.units[records.units])
    begin = np.searchsorted(records.unit_starts, places, "right")
    ngrams = np.zeros(len(places), np.uint64)
    for offset in range(terms.longest):
        following = records.units.take(places + offset, mode="clip").astype(np.uint64)
        ngrams = ngrams | following << np.uint64(16 * offset)
        found.append(np.where(following, ngrams, 0))  # else it would be the one before once more
        passages.append(begin)
    of_all = np.concatenate(found)
    rows = np.minimum(np.searchsorted(terms.keys, of_all), shape[0] - 1)
    cells = (rows * shape[1] + np.concatenate(passages) - 1)[terms.keys[rows] == of_all]
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    return counts[terms.rows].astype(np.float32)
