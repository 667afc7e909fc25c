"""Near-duplicates: the same article in two files, or printed again with small changes.

Two texts are reprints of each other when nearly all runs of a few units (shingles: Broder, On the
resemblance and containment of documents, 1997) stand in both, and no number of the one stands where
the other has another. What may be one is found by MinHash, with one permutation whose empty bins
borrow from the next full one (Li, Owen and Zhang 2012; Shrivastava and Li 2014), in bands.

A unit is a Chinese character, a number or a word of Latin letters, whatever its script, width and
case; punctuation is none.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

UnitArray = npt.NDArray[np.uint64]
BoolArray = npt.NDArray[np.bool_]
KindArray = npt.NDArray[np.uint8]

BANDS = 32
LEAST_BANDS = 4  # that two texts have in common, below which they aren't worth a closer look
SAME = 0.8  # share of the longer text's shingles that the shorter one has, too
SHORT = 50  # units; a shorter text is only the same as an identical one

_ROWS = 3  # bins of a band
_SHINGLE = 4  # units
_AROUND = 2  # units on either side of a number that tell what it counts
_MOST = 200_000  # characters; a longer text is only the same as an identical one

_NUMERALS = "一二三四五六七八九十百千万亿两零〇"
_DIGITS = dict(zip("零〇一二两三四五六七八九", "001223456789", strict=True)) | {"十": "10"}
# The place and day before a report: each paper gives its own.
_DATELINE = re.compile(r"^[^。，,]{0,30}\d+ ?日[^。，,]{0,4}?(?:[电電]|[讯訊]|消息|[报報]道)")
_NOTHING, _LETTER, _DIGIT, _POINT, _NUMERAL, _OTHER, _UNKNOWN = range(7)  # kinds of characters
# For each code point of the Basic Multilingual Plane what it is folded to, and its kind.
_FOLDS, _KINDS = np.zeros(0x10000, np.uint32), np.full(0x10000, _UNKNOWN, np.uint8)

_MIX = np.uint64(0xD6E8FEB86659FD93)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_A_NUMBER = np.uint64(1)
_PLACES = np.random.default_rng(2012).integers(1, 2**63, 64, np.uint64) | np.uint64(1)
_BINS = np.arange(BANDS * _ROWS, dtype=np.uint64) * np.uint64(2**64 // (BANDS * _ROWS))


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """A text as hashes of its units (n,), and which of them are numbers (n,)."""

    hashes: UnitArray
    numeric: BoolArray

    def shingles(self) -> UnitArray:
        """Its shingles as hashes (m,), sorted; a very short text is a single one."""
        units = self.hashes
        if len(units) < _SHINGLE:
            units = np.concatenate([units, np.zeros(_SHINGLE - len(units), np.uint64)])
        last = len(units) - _SHINGLE + 1
        runs = units[:last]
        for place in range(1, _SHINGLE):
            runs = runs * _STEP + units[place : last + place]
        return np.sort(_mixed(runs))

    def numbers(self) -> dict[int, set[int]]:
        """The numbers by the units around them, where a number is only known to be one."""
        edge = np.zeros(_AROUND, np.uint64)
        blank = np.concatenate([edge, np.where(self.numeric, _A_NUMBER, self.hashes), edge])
        places = np.flatnonzero(self.numeric)
        around = np.zeros(len(places), np.uint64)
        for offset in range(2 * _AROUND + 1):
            around = _mixed(around * _STEP + blank[places + offset])
        found: dict[int, set[int]] = {}
        same = _same_numbers()
        values = self.hashes[places].tolist()
        for words, value in zip(around.tolist(), values, strict=True):
            found.setdefault(words, set()).add(same.get(value, value))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A text as it is compared with others: its units, and its shingles (m,), each once."""

    units: Units
    shingles: UnitArray

    def common(self, other: Compared) -> int:
        """How many shingles stand in both."""
        return len(np.intersect1d(self.shingles, other.shingles, assume_unique=True))

    def differs(self, other: Compared) -> bool:
        """Whether between the same words each has a number that the other hasn't."""
        mine, theirs = self.units.numbers(), other.units.numbers()
        return any(
            not (mine[words] <= theirs[words] or theirs[words] <= mine[words])
            for words in mine.keys() & theirs.keys()
        )


@functools.lru_cache(maxsize=64)  # a text is compared with several others
def compared(text: str) -> Compared:
    """The beginning of ``text``, without its dateline, ready to be compared."""
    units = read_units(_DATELINE.sub("", text[:_MOST], count=1))
    shingles = units.shingles()
    return Compared(units, shingles[np.diff(shingles, prepend=~shingles[:1]) != 0])


def are_reprints(one: str, other: str) -> bool:
    """Whether the two are the same text but for small changes, and tell the same numbers."""
    if one == other:
        return True
    if max(len(one), len(other)) > _MOST:
        return False
    left, right = compared(one), compared(other)
    if min(len(left.units.hashes), len(right.units.hashes)) < SHORT:
        return np.array_equal(left.units.hashes, right.units.hashes)
    longest = max(len(left.shingles), len(right.shingles))
    return left.common(right) >= SAME * longest and not left.differs(right)


def signature(text: str) -> tuple[int, ...]:
    """Hashes (``BANDS``,) of 32 bits: reprints have `LEAST_BANDS` or more of them in common, each
    at its place.
    """
    hashes = read_units(text[:_MOST]).shingles()
    bins = hashes[np.searchsorted(hashes, _BINS) % len(hashes)].reshape(BANDS, _ROWS)
    bands = bins[:, 0]
    for row in range(1, _ROWS):
        bands = _mixed(bands * _STEP + bins[:, row])
    return tuple((bands >> _HALF).tolist())


def read_units(text: str) -> Units:
    """The units of ``text``."""
    codes, kinds = _folded(text)
    digits = kinds == _DIGIT
    points = np.flatnonzero(kinds == _POINT)
    if len(points):  # one between two digits is a part of the number: 21.6, 1,200
        edged = points[(points > 0) & (points < len(kinds) - 1)]
        inside = edged[digits[edged - 1] & digits[edged + 1]]
        kinds[points] = _NOTHING
        digits[inside] = True
        kinds[inside] = _DIGIT
    begins = kinds != _NOTHING
    goes_on = kinds == _LETTER
    goes_on |= digits
    begins[1:] &= ~(goes_on[1:] & (kinds[1:] == kinds[:-1]))
    starts = np.flatnonzero(begins)
    if not len(starts):
        return Units(np.empty(0, np.uint64), np.empty(0, np.bool_))
    places = np.arange(len(codes))
    places -= np.maximum.accumulate(np.where(begins, places, 0))
    weighted = codes * _PLACES[np.minimum(places, len(_PLACES) - 1, out=places)]
    weighted[kinds == _NOTHING] = 0
    first = kinds[starts]
    return Units(_mixed(np.add.reduceat(weighted, starts)), (first == _DIGIT) | (first == _NUMERAL))


def _folded(text: str) -> tuple[npt.NDArray[np.uint32], KindArray]:
    """The code points (n,), simplified, half-width and small, and the kind (n,) of each."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    beyond = np.flatnonzero(codes >= len(_FOLDS))
    if not len(beyond):
        return _looked_up(codes)
    common = codes.copy()
    common[beyond] = 0
    folded, kind = _looked_up(common)
    folded[beyond], kind[beyond] = codes[beyond], _OTHER
    return folded, kind


def _looked_up(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], KindArray]:
    """The same for code points (n,) of the Basic Multilingual Plane."""
    kinds = _KINDS[codes]
    if kinds.max(initial=0) == _UNKNOWN:  # which is above all others
        _learn(sorted(set(codes[kinds == _UNKNOWN].tolist())))
        kinds = _KINDS[codes]
    return _FOLDS[codes], kinds


def _learn(codes: Sequence[int]) -> None:
    """Put what these code points are folded to and their kinds into the tables.

    To learn them all takes longer than whoever compares a few texts has.
    """
    normal = [unicodedata.normalize("NFKC", chr(code)).lower()[:1] for code in codes]
    lines = "\n".join(map(_printed, normal))
    simplified = _simplifier()(lines).split("\n")
    _FOLDS[codes] = [ord(one) for one in simplified]
    _KINDS[codes] = [_kind(one) for one in simplified]  # last: other threads look there first


@functools.cache
def _simplifier() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def _printed(character: str) -> str:
    return character if character in {".", ","} or character.isalnum() else "_"


def _kind(character: str) -> int:
    if character in {".", ","}:
        return _POINT
    if character in _NUMERALS:
        return _NUMERAL
    if not character.isascii():
        return _OTHER
    return _DIGIT if character.isdigit() else _LETTER if character.isalpha() else _NOTHING


@functools.cache
def _same_numbers() -> dict[int, int]:
    """The hashes of Chinese numerals, and of the digits that say the same."""
    return {
        int(read_units(numeral).hashes[0]): int(read_units(digits).hashes[0])
        for numeral, digits in _DIGITS.items()
    }


def _mixed(hashes: UnitArray) -> UnitArray:
    """Every bit of the result depends on every bit (arithmetic is modulo 2**64)."""
    mixed = hashes * _MIX
    mixed ^= mixed >> _HALF
    mixed *= _MIX
    return mixed
