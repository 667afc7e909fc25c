"""From a question to the passages that may answer it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np

from index.embed import Embedder
from index.index import Index
from index.lexical.asked import Asked, translated
from index.types import BoolArray, FloatArray, IntArray, Located, Translation
from ingest.errors import ArticleNotFound
from retriever.admit import admitted
from retriever.candidates import Candidates
from retriever.fuse import fuse
from retriever.query import language_of, understand
from retriever.rerank import Reranker, load_reranker
from retriever.translate import Translator, translations
from retriever.types import Hit, Query

CANDIDATES = 60  # from each side
RERANKED = 50
TRIES = 5  # of a search whose terms are ahead of what is read: somebody has just written


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, its unit vector (dimension,), and what its terms may be in the other language, if
    it has any that are ``known`` there.
    """

    query: Query
    vector: FloatArray
    translated: Sequence[Asked]
    known: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """As `Candidates`, but for the articles: whole ones are only read of those that come next."""

    numbers: IntArray
    located: Sequence[Located]
    lexical: FloatArray
    dense: FloatArray
    same_language: BoolArray


class Retriever:
    """Searches an index, with the embedder that the index was made with."""

    def __init__(self, index: Index, embedder: Embedder, reranker: Reranker | None = None) -> None:
        """``reranker`` is the built-in one unless given."""
        self.index = index
        self.embedder = embedder
        self.reranker = reranker or load_reranker()

    def understand(
        self, question: str, *, today: date | None = None, without: Collection[str] = ()
    ) -> Query:
        """What the question says about the articles that may answer it, as asked ``today``.

        ``without`` holds the keys of filters that aren't wanted.
        """
        catalogue = self.index.catalogue()
        return understand(question, catalogue, today=today or date.today(), without=without)

    def search(self, query: Query, k: int = 8) -> list[Hit]:
        """The ``k`` best passages (fewer when the library is smaller), best first.

        Raises ArticleNotFound if what it finds isn't there when it is read, again and again.
        """
        if k < 1:
            return []
        asked = self._asked(query)
        found, scores = self._in_one_state(lambda: self._best(asked, max(k, RERANKED)))
        best, scores = self._reranked(query, found, scores)
        chosen = best[:k].tolist()
        reprints = self.index.reprints({found.articles[i].id for i in chosen})
        return [
            Hit(
                passage=found.passages[i],
                article=found.articles[i],
                score=float(scores[i]),
                lexical=float(found.lexical[i]),
                dense=float(found.dense[i]),
                reprints=reprints.get(found.articles[i].id, ()),
            )
            for i in chosen
        ]

    def candidates(self, query: Query) -> Candidates:
        """What words, their translations and vectors find, with the scores of each.

        Raises as `search`.
        """
        asked = self._asked(query)

        def read_all() -> Candidates:
            found = self._found(asked)
            return self._read(found, np.arange(len(found.numbers)))

        return self._in_one_state(read_all)

    def _in_one_state(self, use: Callable[[], _T]) -> _T:
        for _ in range(TRIES - 1):
            with suppress(ArticleNotFound):
                return self.index.in_one_state(use)
        return self.index.in_one_state(use)

    def _asked(self, query: Query) -> _Asked:
        vector = self.embedder.encode_queries([query.topic])[0]
        terms = self._translations(query.topic)
        return _Asked(query, vector, translated(terms), known=bool(terms))

    def _best(self, asked: _Asked, most: int) -> tuple[Candidates, FloatArray]:
        """The ``most`` best of what is found, best first, and their fused scores."""
        found = self._found(asked)
        scores = fuse(found.lexical, found.dense, found.same_language)
        best = _order(scores, found.numbers)[:most]
        return self._read(found, best), scores[best]

    def _reranked(
        self, query: Query, found: Candidates, scores: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """The places (n,) of n candidates, best first, and the scores (n,) at these places: the
        reranker's for the best of them, below these the rest.
        """
        best = _order(scores, found.numbers)
        near, rest = best[:RERANKED], best[RERANKED:]
        scores = scores.copy()
        scores[near] = self.reranker.scores(
            query.topic, found.at(near), scores[near], embedder=self.embedder
        )
        if len(rest):
            scores[rest] += scores[near].min() - scores[rest].max()
        near = near[_order(scores[near], found.numbers[near])]
        return np.concatenate([near, rest]), scores

    def _found(self, asked: _Asked) -> _Found:
        """What is found, of which no article has been read."""
        index, question, vector = self.index, asked.query.topic, asked.vector
        among = admitted(asked.query.filters, index)
        near = index.search_dense(vector, CANDIDATES, among)
        rankings = (
            index.search_lexical(question, CANDIDATES, among),
            index.search_translated(asked.translated, CANDIDATES, among),
            near,
        )
        each_once = {number for one in rankings for number in one.numbers.tolist()}
        numbers = np.array(sorted(each_once), np.int64)
        located = index.located(numbers)
        language = language_of(question)
        same = np.array([one.language == language for one in located], dtype=np.bool_)
        plain = same if asked.known else np.ones_like(same)
        lexical = np.empty(len(numbers), np.float32)
        lexical[plain] = index.lexical_scores(question, numbers[plain])
        lexical[~plain] = index.translated_scores(asked.translated, numbers[~plain])
        dense = np.empty(len(numbers), np.float32)
        dense[np.searchsorted(numbers, near.numbers)] = near.scores
        others = ~np.isin(numbers, near.numbers)
        dense[others] = index.dense_scores(vector, numbers[others])
        return _Found(numbers, located, lexical, dense, same)

    def _read(self, found: _Found, places: IntArray) -> Candidates:
        """Those at ``places`` (n,), in this order, with their articles."""
        located = [found.located[place] for place in places.tolist()]
        wanted = list(dict.fromkeys(one.article for one in located))
        articles = dict(zip(wanted, self.index.numbered(wanted), strict=True))
        return Candidates(
            found.numbers[places],
            tuple(one.passage for one in located),
            tuple(articles[one.article] for one in located),
            found.lexical[places],
            found.dense[places],
            found.same_language[places],
        )

    def _translations(self, question: str) -> Sequence[Sequence[Translation]]:
        """Of the question's terms; empty if the embedder knows none."""
        if isinstance(self.embedder, Translator):
            return translations(question, self.embedder)
        return []


def _order(scores: FloatArray, numbers: IntArray) -> IntArray:
    """Places, best first. Ties go to the earlier passage, so that the order is always the same."""
    return np.lexsort((numbers, -scores))
