"""From a question to the passages that may answer it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date

import numpy as np

from index.embed import Embedder
from index.index import Index
from index.types import FloatArray, IntArray, Translation
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
TRIES = 5  # of a search that somebody takes the passages from before it has read them


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

        Raises ArticleNotFound if what it finds is removed before it is read, again and again.
        """
        for _ in range(TRIES - 1):
            with suppress(ArticleNotFound):
                return self._search(query, k)
        return self._search(query, k)

    def _search(self, query: Query, k: int) -> list[Hit]:
        if k < 1 or not self.index.passage_count:
            return []
        found = self.candidates(query)
        best, scores = self._ranked(query, found)
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

    def _ranked(self, query: Query, found: Candidates) -> tuple[IntArray, FloatArray]:
        """The places (n,) of n candidates, best first, and the scores (n,) at these places: the
        reranker's for the best of them, below these the rest.
        """
        scores = fuse(found.lexical, found.dense, found.same_language)
        best = _best(scores, found.numbers)
        near, rest = best[:RERANKED], best[RERANKED:]
        scores[near] = self.reranker.scores(
            query.topic, found.at(near), scores[near], embedder=self.embedder
        )
        if len(rest):
            scores[rest] += scores[near].min() - scores[rest].max()
        near = near[_best(scores[near], found.numbers[near])]
        return np.concatenate([near, rest]), scores

    def candidates(self, query: Query) -> Candidates:
        """What words, their translations and vectors find, with the scores of each.

        Raises ArticleNotFound if one of the passages is removed meanwhile.
        """
        index, question = self.index, query.topic
        among = admitted(query.filters, index)
        vector = self.embedder.encode_queries([question])[0]
        translated = self._translations(question)
        numbers = np.unique(
            np.concatenate(
                [
                    index.search_lexical(question, CANDIDATES, among).numbers,
                    index.search_translated(translated, CANDIDATES, among).numbers,
                    index.search_dense(vector, CANDIDATES, among).numbers,
                ]
            )
        )
        read = index.read(numbers)
        passages = tuple(passage for passage, _ in read)
        articles = tuple(article for _, article in read)
        language = language_of(question)
        same = np.array([article.language == language for article in articles], dtype=np.bool_)
        plain = same if translated else np.ones_like(same)
        lexical = np.empty(len(numbers), np.float32)
        lexical[plain] = index.lexical_scores(question, numbers[plain])
        lexical[~plain] = index.translated_scores(translated, numbers[~plain])
        return Candidates(
            numbers,
            passages,
            articles,
            lexical,
            index.dense_scores(vector, numbers),
            same,
        )

    def _translations(self, question: str) -> Sequence[Sequence[Translation]]:
        """Of the question's terms; empty if the embedder knows none."""
        if isinstance(self.embedder, Translator):
            return translations(question, self.embedder)
        return []


def _best(scores: FloatArray, numbers: IntArray) -> IntArray:
    """Places, best first. Ties go to the earlier passage, so that the order is always the same."""
    return np.lexsort((numbers, -scores))
