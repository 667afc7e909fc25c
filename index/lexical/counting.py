"""How often terms stand in passages, counted in what the index keeps of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index import tokens
from index.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Kept:
    """What the index keeps of a passage, as `index.lexical.document.IndexedText` has it."""

    text: str
    words: str


def field_of(unit: str, term: str) -> str:
    """Where a term is found: one that isn't Chinese is the same in both units."""
    return unit if tokens.is_han(term) else "words"


def count(unit: str, terms: Sequence[str], passages: Sequence[Kept]) -> FloatArray:
    """How often each of m terms of a unit stands in each of n passages: (m, n)."""
    counted = np.zeros((len(terms), len(passages)), np.float32)
    in_words = np.array([field_of(unit, term) == "words" for term in terms], np.bool_)
    words = [f" {term} " for term, chosen in zip(terms, in_words, strict=True) if chosen]
    ngrams = [term for term, chosen in zip(terms, in_words, strict=True) if not chosen]
    if words:
        counted[in_words] = _occurrences(words, 1, [passage.words for passage in passages])
    if ngrams:
        counted[~in_words] = _occurrences(ngrams, 0, [passage.text for passage in passages])
    return counted


def _occurrences(strings: Sequence[str], anchor: int, texts: Sequence[str]) -> IntArray:
    """How often each of m strings stands in each of n texts, overlapping or not: (m, n).

    All texts at once, which is much quicker than `str.count`: first the places of all characters
    that strings have at ``anchor``, then what stands around these.
    """
    codes = _codes("\n".join(["", *texts, ""]))  # no string goes over a line's end
    starts = np.cumsum([1, *(len(text) + 1 for text in texts)])
    wanted = np.unique(_codes("".join(string[anchor] for string in strings)))
    numbers = np.zeros(int(wanted[-1]) + 2, np.int32)  # from 1; any other character is 0
    numbers[wanted] = np.arange(1, len(wanted) + 1)
    found = numbers.take(codes, mode="clip")
    places = np.flatnonzero(found)
    found = found[places]
    places = places[np.argsort(found, kind="stable")]
    ends = np.cumsum(np.bincount(found, minlength=len(wanted) + 1))

    counted = np.zeros((len(strings), len(texts)), np.int64)
    for row, string in enumerate(strings):
        number = int(numbers[ord(string[anchor])])
        at = places[ends[number - 1] : ends[number]] - anchor
        for offset, character in enumerate(string):
            if offset != anchor:
                at = at[codes.take(at + offset, mode="clip") == ord(character)]
        counted[row] = np.bincount(np.searchsorted(starts, at, "right") - 1, minlength=len(texts))
    return counted


def _codes(text: str) -> IntArray:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)
