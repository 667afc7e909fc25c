"""One state of what tantivy holds: tantivy proposes candidates, `index.lexical.bm25` scores them.

A passage's score is its BM25 over all units asked for together, divided by the most that the
question could reach: between 0 and 1, and comparable over questions. (A sum of the units' z-scores
orders passages as well, but its values depend on the candidates.) Tantivy's own k1 and b are fixed.

A group of terms counts as one term: how often it stands in a passage, and in how many passages, is
the sum over its terms, by their odds. (Probabilistic structured queries: Darwish and Oard, 2003.)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index import tokens
from index.lexical.asked import UNITS, Asked
from index.lexical.bm25 import inverse_frequencies, saturation
from index.lexical.counting import Term, Wanted, count, field_of, wanted
from index.lexical.files import schema
from index.lexical.records import RecordFiles, take_apart, text_of
from index.lexical.writing import PASSAGE, Contents
from index.types import FloatArray, IntArray, Ranking, ranked

CANDIDATES = 80  # measured: they hold 99 of 100 of the exact ten best
_MORE = 1.5  # times as many as are asked for, if that is more
_COMMON = 2.5  # the idf below which a term is no reason to look at a passage
_SPARSE = 50  # of so many passages one: from there on, tantivy is told which ones to look at
_FEW = 1000  # numbers that are looked up one by one
_REMEMBERED = 1 << 14  # passages whose places are, and terms whose frequencies are
_QUESTIONS = 4  # whose scores are
_STALE_SHARE = 0.1
_PLACED = ("number", "place", "size")  # where a passage's record is


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A unit's groups of terms: how much each of the question's m terms says each of them,
    ``weights`` (groups, m), and their ``idf`` (groups,).
    """

    unit: str
    weights: FloatArray
    idf: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """What is asked of a state: m ``terms``, with their ``idf`` (m,), in all parts; and the scores
    of the passages that have been scored for it.
    """

    terms: Sequence[Term]
    wanted: Wanted
    idf: FloatArray
    parts: Sequence[_Part]
    scores: dict[int, float]


class State:
    """What is found in an index as it is now. Every method may raise what tantivy and reading
    records do.
    """

    def __init__(self, index: Any, stamp: str, files: RecordFiles) -> None:
        """Of a tantivy index, which counts if it was made by those who set this ``stamp``, with its
        records among ``files``.
        """
        import tantivy

        self._tantivy = tantivy
        self._schema = schema()
        self._searcher = index.searcher()
        self.contents = self._read_contents(stamp)
        if self.contents.sequence:
            self._records = files.open(self.contents.file, self.contents.size)
        self._places: dict[int, tuple[int, int]] = {}
        self._frequency: dict[Term, int] = {}
        self._questions: dict[object, _Question] = {}

    @property
    def present(self) -> int:
        """How many passages there are."""
        return max(0, int(self._searcher.num_docs) - 1)

    @property
    def counted(self) -> int:
        """How many passages the frequencies are of: removed ones are among them until tantivy
        merges the files that they are in.
        """
        return int(self._searcher.doc_freq("kind", PASSAGE))

    @property
    def is_stale(self) -> bool:
        """Whether it is better made anew: because so many removed passages still count in its
        statistics, or because most records are of removed ones. That costs each removed passage
        a few others, however large the library is.
        """
        counted, present = self.counted, self.present
        return counted - present > _STALE_SHARE * counted or self.contents.records > 2 * present

    def passages(self) -> tuple[IntArray, IntArray, IntArray]:
        """The numbers (n,) of all passages, where their records are (n,) and their sizes (n,)."""
        query = self._tantivy.Query.term_query(self._schema, "kind", PASSAGE)
        addresses = self._find(query, self.present)
        number, place, size = (self._integers(name, addresses) for name in _PLACED)
        return number, place, size

    def lengths(self, numbers: Sequence[int]) -> dict[str, int]:
        """How many terms of each unit those of the passages ``numbers`` that are there have."""
        addresses = self._find(self._these(numbers), len(numbers))
        return {unit: int(self._integers(f"{unit}_length", addresses).sum()) for unit in UNITS}

    def search(self, asked: Sequence[Asked], k: int, among: IntArray | None) -> Ranking:
        """The ``k`` best of the passages that have a term of ``asked``; of the passages ``among``
        (n,), if these are given.
        """
        question = self._question(asked)
        limit = max(CANDIDATES, math.ceil(k * _MORE))
        found = self._candidates(_telling(question), limit, among)
        if len(found) < limit:
            found = self._candidates(_boosts(question), limit, among)
        numbers = self._located(found)
        return ranked(np.array(numbers, np.int64), self._scored(question, numbers), k)

    def scores(self, asked: Sequence[Asked], numbers: IntArray) -> FloatArray:
        """The scores (n,) of the passages ``numbers`` (n,); 0 for what isn't there."""
        wanted = numbers.tolist()
        unknown = [number for number in wanted if number not in self._places]
        if unknown and len(self._places) + len(unknown) > _REMEMBERED:
            self._places.clear()
            unknown = wanted
        self._located(self._find(self._these(unknown), len(unknown)))
        there = [number in self._places for number in wanted]
        scores = np.zeros(len(wanted), np.float32)
        scores[there] = self._scored(self._question(asked), list(itertools.compress(wanted, there)))
        return scores

    def containing(self, phrase: str) -> IntArray:
        """The numbers (n,) of the passages in which ``phrase`` stands, normalised, in one piece."""
        ngrams = {(field_of("ngrams", term), term) for term in tokens.ngrams(phrase)}
        if not ngrams:
            return np.empty(0, np.int64)
        must = [(self._tantivy.Occur.Must, self._term(*ngram)) for ngram in ngrams]
        numbers = self._located(self._find(self._tantivy.Query.boolean_query(must), self.present))
        text = tokens.normalise(phrase)
        records = self._records.read(map(self._places.__getitem__, numbers))
        found = [text in text_of(record) for record in records]
        return np.array(numbers, np.int64)[found]

    def idf(self, word: str) -> float:
        """What a word (as `tokens.words` gives it) weighs in this library."""
        return float(self._idf(self._frequencies([("words", word)]))[0])

    def _candidates(
        self, boosts: dict[Term, float], limit: int, among: IntArray | None
    ) -> list[Any]:
        query = self._tantivy.Query
        should = self._tantivy.Occur.Should
        any_term = query.boolean_query(
            [
                (should, query.boost_query(self._term(*term), boost))
                for term, boost in boosts.items()
            ]
        )
        if among is None:
            return self._find(any_term, limit)
        if len(among) * _SPARSE <= self.present:
            return self._find(self._both(any_term, among), limit)
        return self._find_among(any_term, limit, among)

    def _find(self, query: Any, limit: int) -> list[Any]:
        """Where at most ``limit`` passages are that ``query`` finds, by tantivy's score."""
        if limit < 1 or self.contents.sequence == 0:
            return []
        return [address for _, address in self._searcher.search(query, limit, count=False).hits]

    def _find_among(self, query: Any, limit: int, among: IntArray) -> list[Any]:
        """The same of the passages ``among``, by looking further and further down the ranking."""
        depth = 2 * limit * self.present // len(among)
        while True:
            found = self._find(query, depth)
            kept = np.flatnonzero(np.isin(self._integers("number", found), among))[:limit]
            if len(kept) == limit or len(found) < depth:
                return [found[position] for position in kept]
            depth *= 4

    def _both(self, query: Any, numbers: IntArray) -> Any:
        """What ``query`` finds, with its score, of the passages ``numbers``."""
        must = self._tantivy.Occur.Must
        these = self._tantivy.Query.const_score_query(self._these(numbers.tolist()), 0.0)
        return self._tantivy.Query.boolean_query([(must, query), (must, these)])

    def _these(self, numbers: Sequence[int]) -> Any:
        """The passages with these numbers; few are found several times faster one by one."""
        query = self._tantivy.Query
        if len(numbers) > _FEW:
            return query.term_set_query(self._schema, "number", list(numbers))
        should = self._tantivy.Occur.Should
        ones = [query.term_query(self._schema, "number", number) for number in numbers]
        return query.boolean_query([(should, query.const_score_query(one, 0.0)) for one in ones])

    def _term(self, field: str, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, field, term, "freq")

    def _located(self, addresses: list[Any]) -> list[int]:
        """The numbers of passages, whose places are remembered."""
        if not addresses:
            return []
        if len(self._places) > _REMEMBERED:
            self._places.clear()
        numbers, places, sizes = (
            self._searcher.fast_field_values(name, addresses) for name in _PLACED
        )
        self._places.update(zip(numbers, zip(places, sizes, strict=True), strict=True))
        return list(numbers)

    def _question(self, asked: Sequence[Asked]) -> _Question:
        """Passages are searched, then scored with others: the last few questions are remembered."""
        key = tuple((part.unit, part.terms, part.odds.tobytes()) for part in asked)
        if key not in self._questions:
            if len(self._questions) == _QUESTIONS:
                self._questions.clear()
            self._questions[key] = self._new_question(asked)
        return self._questions[key]

    def _new_question(self, asked: Sequence[Asked]) -> _Question:
        fields = [[(field_of(part.unit, term), term) for term in part.terms] for part in asked]
        terms = sorted({term for part in fields for term in part})
        frequencies = self._frequencies(terms)
        column = {term: number for number, term in enumerate(terms)}
        parts = []
        for part, of_part in zip(asked, fields, strict=True):
            weights = np.zeros((len(part.odds), len(terms)), np.float32)
            weights[:, [column[term] for term in of_part]] = part.odds
            parts.append(_Part(part.unit, weights, self._idf(weights @ frequencies)))
        return _Question(terms, wanted(terms), self._idf(frequencies), parts, {})

    def _scored(self, question: _Question, numbers: Sequence[int]) -> FloatArray:
        """The scores (n,) of passages whose places are known."""
        known = question.scores
        new = [number for number in dict.fromkeys(numbers) if number not in known]
        if new:
            known.update(zip(new, self._exact_scores(question, new).tolist(), strict=True))
        return np.array([known[number] for number in numbers], np.float32)

    def _exact_scores(self, question: _Question, numbers: Sequence[int]) -> FloatArray:
        """The scores (n,) of n passages."""
        records = take_apart(self._records.read(map(self._places.__getitem__, numbers)))
        counts = count(question.wanted, records)
        scores, bound = np.zeros(len(numbers), np.float32), 0.0
        for part in question.parts:
            by_group = (part.weights @ counts).T
            lengths = records.lengths[part.unit]
            scores += saturation(by_group, lengths, self._mean_length(part.unit)) @ part.idf
            bound += float(part.idf.sum())
        return scores / (bound or 1)

    def _mean_length(self, unit: str) -> float:
        length = self.contents.words if unit == "words" else self.contents.ngrams
        return (length or 1) / max(1, self.present)

    def _integers(self, field: str, addresses: list[Any]) -> IntArray:
        return np.array(self._searcher.fast_field_values(field, addresses), dtype=np.int64)

    def _frequencies(self, terms: Sequence[Term]) -> FloatArray:
        known = self._frequency
        if len(known) > _REMEMBERED:
            known.clear()
        for term in terms:
            if term not in known:
                known[term] = int(self._searcher.doc_freq(*term))
        return np.array([known[term] for term in terms], np.float32)

    def _idf(self, frequencies: FloatArray) -> FloatArray:
        passages = self.counted
        return inverse_frequencies(np.minimum(frequencies, passages), passages)

    def _read_contents(self, stamp: str) -> Contents:
        query = self._tantivy.Query.term_query(self._schema, "kind", stamp)
        hits = self._searcher.search(query, 1, count=False).hits
        if not hits:
            return Contents()
        return Contents.decode(self._searcher.doc(hits[0][1])["contents"][0])


def _boosts(question: _Question) -> dict[Term, float]:
    """What makes tantivy, which weighs each term by its own idf, weigh it by its groups'."""
    boosts = np.zeros(len(question.terms), np.float32)
    for part in question.parts:
        boosts += part.idf @ part.weights / question.idf
    return dict(zip(question.terms, boosts.tolist(), strict=True))


def _telling(question: _Question) -> dict[Term, float]:
    """The same without the terms that hardly any of the best has nothing else of: common ones,
    characters that pairs are asked of, and words of two characters, which are such a pair.
    """
    boosts = _boosts(question)
    paired = {character for _, term in boosts if len(term) == 2 for character in term}
    for (field, term), idf in zip(question.terms, question.idf.tolist(), strict=True):
        if ("ngrams", term) in boosts and field == "words":
            boosts["ngrams", term] += boosts.pop((field, term))
        elif idf < _COMMON or (field == "ngrams" and term in paired):
            del boosts[field, term]
    return boosts
