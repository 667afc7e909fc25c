"""What lexical search looks for: a question's terms, or what they are in the other language."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index import tokens
from index.types import FloatArray, Translation

UNITS = ("words", "ngrams")


@dataclass(frozen=True, slots=True)
class Asked:
    """Groups of terms of one unit (`words` or `ngrams`): any term of a group says what it means.

    ``odds`` (groups, terms) tells how probable it is that a group is said with a term.
    """

    unit: str
    terms: tuple[str, ...]
    odds: FloatArray


def plain(question: str, dictionary: str = "") -> list[Asked]:
    """The terms of ``question`` as they are, each for itself, in both units.

    ``dictionary`` has the lines of the user's, by which it is cut.
    """
    asked = tokens.terms(tokens.content(question, dictionary), dictionary)
    units = [(unit, tuple(sorted(set(getattr(asked, unit))))) for unit in UNITS]
    return [Asked(unit, terms, np.eye(len(terms), dtype=np.float32)) for unit, terms in units]


def translated(question: Iterable[Sequence[Translation]]) -> list[Asked]:
    """The translations of a question's terms: a group for each term, of all that it may be.

    They are looked for as n-grams, so that it doesn't matter how a Chinese text is cut into words:
    one of more than two characters by its pairs of characters. Stop words are left out.
    """
    groups = [_group(translations) for translations in question]
    return [_asked("ngrams", [group for group in groups if group])]


def _group(translations: Sequence[Translation]) -> dict[str, float]:
    group: dict[str, float] = {}
    for translation in translations:
        terms = _terms(translation.term)
        for term in terms:
            group[term] = min(1.0, group.get(term, 0.0) + translation.odds / len(terms))
    return group


@functools.lru_cache(maxsize=1 << 16)  # translations are the model's tokens, the same ever again
def _terms(translation: str) -> tuple[str, ...]:
    """The longest n-grams of a translation; none if there is a stop word among them."""
    ngrams = tokens.ngrams(translation)
    longest = max(map(len, ngrams), default=0)
    terms = tuple(term for term in ngrams if len(term) == longest)
    return terms if tokens.STOP_WORDS.isdisjoint({translation, *terms}) else ()


def _asked(unit: str, groups: Sequence[Mapping[str, float]]) -> Asked:
    terms = sorted({term for group in groups for term in group})
    place = {term: number for number, term in enumerate(terms)}
    odds = np.zeros((len(groups), len(terms)), np.float32)
    for row, group in zip(odds, groups, strict=True):
        row[[place[term] for term in group]] = list(group.values())
    return Asked(unit, tuple(terms), odds)
