"""One state of what tantivy holds: tantivy proposes candidates, `index.lexical.bm25` scores them.

A passage's score is its BM25 over all units asked for together, divided by the most that the
question could reach: between 0 and 1, and comparable over questions. (A sum of the units' z-scores
orders passages as well, but its values depend on the candidates.) Tantivy's own k1 and b are fixed.

A group of terms counts as one term: how often it stands in a passage, and in how many passages, is
the sum over its terms, by their odds. (Probabilistic structured queries: Darwish and Oard, 2003.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from index import tokens
from index.lexical.asked import UNITS, Asked
from index.lexical.bm25 import inverse_frequencies, saturation
from index.lexical.counting import Kept, count, field_of
from index.lexical.files import schema
from index.types import FloatArray, IntArray, Ranking, ranked

PASSAGE = "passage"  # the kind of all documents but one, which tells of the state
CANDIDATES = 100  # measured: they hold all of the exact ten best
_SPARSE = 50  # of so many passages one: from there on, tantivy is told which ones to look at
_REMEMBERED = 1024  # passages whose texts and places are
_QUESTIONS = 4  # whose scores are

_Term = tuple[str, str]  # the field and the term


class State:
    """What is found in an index as it is now. Every method may raise what tantivy does.

    ``sequence`` tells which state of the source that is, 0 being none; ``dictionary`` has the lines
    of the user's, by which the passages were cut.
    """

    def __init__(self, index: Any, stamp: str) -> None:
        """Of a tantivy index, which counts if it was made by those who set this ``stamp``."""
        import tantivy

        self._tantivy = tantivy
        self._schema = schema()
        self._searcher = index.searcher()
        self.sequence, self.dictionary = self._read_state(stamp)
        self._mean_lengths = self._read_mean_lengths() if self.sequence else {}
        self._places: dict[int, Any] = {}
        self._texts: dict[int, Kept] = {}
        self._scores: dict[object, dict[int, float]] = {}

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

    def numbers(self) -> IntArray:
        """The numbers (n,) of all passages, in order."""
        query = self._tantivy.Query.term_query(self._schema, "kind", PASSAGE)
        return np.sort(self._integers("number", self._find(query, self.present)))

    def search(self, asked: Sequence[Asked], k: int, among: IntArray | None) -> Ranking:
        """The ``k`` best of the passages that have a term of ``asked``; of the passages ``among``
        (n,), if these are given.
        """
        boosts = self._boosts(asked)
        limit = max(CANDIDATES, k)
        found = self._candidates(_telling(boosts), limit, among)
        if len(found) < limit:
            found = self._candidates(boosts, limit, among)
        return ranked(*self._scored(asked, found), k)

    def scores(self, asked: Sequence[Asked], numbers: IntArray) -> FloatArray:
        """The scores (n,) of the passages ``numbers`` (n,); 0 for what isn't there."""
        wanted = numbers.tolist()
        unknown = [number for number in wanted if number not in self._places]
        self._remember_places(self._find(self._these(unknown), len(unknown)))
        addresses = [self._places[number] for number in wanted if number in self._places]
        found, scores = self._scored(asked, addresses)
        by_number = dict(zip(found.tolist(), scores.tolist(), strict=True))
        return np.array([by_number.get(number, 0) for number in wanted], np.float32)

    def containing(self, phrase: str) -> IntArray:
        """The numbers (n,) of the passages in which ``phrase`` stands, normalised, in one piece."""
        ngrams = {(field_of("ngrams", term), term) for term in tokens.ngrams(phrase)}
        if not ngrams:
            return np.empty(0, np.int64)
        must = [(self._tantivy.Occur.Must, self._term(*ngram)) for ngram in ngrams]
        found = self._find(self._tantivy.Query.boolean_query(must), self.present)
        wanted = tokens.normalise(phrase)
        return self._integers("number", [a for a in found if wanted in self._kept(a).text])

    def idf(self, word: str) -> float:
        """What a word (as `tokens.words` gives it) weighs in this library."""
        return float(self._idf(self._frequencies("words", [word]))[0])

    def _candidates(
        self, boosts: dict[_Term, float], limit: int, among: IntArray | None
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
        if limit < 1 or self.sequence == 0:
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
        return self._tantivy.Query.term_set_query(self._schema, "number", list(numbers))

    def _term(self, field: str, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, field, term, "freq")

    def _scored(self, asked: Sequence[Asked], addresses: list[Any]) -> tuple[IntArray, FloatArray]:
        """The numbers and scores of passages. A question's are searched, then scored with others:
        the last few questions' scores are remembered.
        """
        numbers = self._remember_places(addresses)
        key = tuple((part.unit, part.terms, part.odds.tobytes()) for part in asked)
        if key not in self._scores and len(self._scores) == _QUESTIONS:
            self._scores.clear()
        known = self._scores.setdefault(key, {})
        new = {
            number: address
            for number, address in zip(numbers.tolist(), addresses, strict=True)
            if number not in known
        }
        if new:
            scores = self._exact_scores(asked, new).tolist()
            known.update(zip(new, scores, strict=True))
        return numbers, np.array([known[number] for number in numbers.tolist()], np.float32)

    def _exact_scores(self, asked: Sequence[Asked], places: dict[int, Any]) -> FloatArray:
        """The scores (n,) of n passages, given by number and address."""
        kept = [self._text(*place) for place in places.items()]
        addresses = list(places.values())
        scores, bound = np.zeros(len(addresses), np.float32), 0.0
        for part in asked:
            by_group = part.odds @ count(part.unit, part.terms, kept)
            lengths = self._integers(f"{part.unit}_length", addresses)
            idf = self._group_idf(part)
            scores += saturation(by_group.T, lengths, self._mean_lengths[part.unit]) @ idf
            bound += float(idf.sum())
        return scores / (bound or 1)

    def _remember_places(self, addresses: list[Any]) -> IntArray:
        """The numbers of passages."""
        numbers = self._integers("number", addresses)
        if len(self._places) > _REMEMBERED:
            self._places.clear()
        self._places.update(zip(numbers.tolist(), addresses, strict=True))
        return numbers

    def _text(self, number: int, address: Any) -> Kept:
        kept = self._texts.get(number)
        if kept is None:
            if len(self._texts) > _REMEMBERED:
                self._texts.clear()
            kept = self._texts[number] = self._kept(address)
        return kept

    def _kept(self, address: Any) -> Kept:
        document = self._searcher.doc(address)
        return Kept(document["text"][0].decode(), str(document["words"][0]))

    def _integers(self, field: str, addresses: list[Any]) -> IntArray:
        return np.array(self._searcher.fast_field_values(field, addresses), dtype=np.int64)

    def _boosts(self, asked: Sequence[Asked]) -> dict[_Term, float]:
        """What makes tantivy, which weighs each term by its own idf, weigh it by its groups'."""
        boosts: dict[_Term, float] = defaultdict(float)
        for part in asked:
            own = self._idf(self._frequencies(part.unit, part.terms))
            of_part = (self._group_idf(part) @ part.odds / own).tolist()
            for term, boost in zip(part.terms, of_part, strict=True):
                boosts[field_of(part.unit, term), term] += boost
        return boosts

    def _group_idf(self, asked: Asked) -> FloatArray:
        return self._idf(asked.odds @ self._frequencies(asked.unit, asked.terms))

    def _frequencies(self, unit: str, terms: Sequence[str]) -> FloatArray:
        found = [self._searcher.doc_freq(field_of(unit, term), term) for term in terms]
        return np.array(found, np.float32)

    def _idf(self, frequencies: FloatArray) -> FloatArray:
        passages = self.counted
        return inverse_frequencies(np.minimum(frequencies, passages), passages)

    def _read_state(self, stamp: str) -> tuple[int, str]:
        query = self._tantivy.Query.term_query(self._schema, "kind", stamp)
        hits = self._searcher.search(query, 1, count=False).hits
        if not hits:
            return 0, ""
        document = self._searcher.doc(hits[0][1])
        return int(document["sequence"][0]), document["text"][0].decode()

    def _read_mean_lengths(self) -> dict[str, float]:
        sums = {unit: {"sum": {"field": f"{unit}_length"}} for unit in UNITS}
        found = self._searcher.aggregate(self._tantivy.Query.all_query(), sums)
        return {unit: (found[unit]["value"] or 1) / max(1, self.present) for unit in UNITS}


def _telling(boosts: dict[_Term, float]) -> dict[_Term, float]:
    """Without the characters that pairs are asked of: they stand in a great many passages, and
    those that have none of the pairs are hardly ever among the best.
    """
    paired = {character for _, term in boosts if len(term) == 2 for character in term}
    return {
        (field, term): boost
        for (field, term), boost in boosts.items()
        if field != "ngrams" or term not in paired
    }
