"""From a question to the passages that may answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Embedder
from index.index import Index
from index.types import FloatArray, IntArray, Translation
from ingest.types import Article, Passage
from retriever.fuse import BoolArray, fuse
from retriever.query import language_of
from retriever.translate import Translator, translations
from retriever.types import Hit, Query

CANDIDATES = 60  # from each side


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer a question, and what their rank is made of: all are (n,)."""

    numbers: IntArray
    passages: tuple[Passage, ...]
    articles: tuple[Article, ...]
    """The article of each."""
    lexical: FloatArray
    """How well they match its terms, or across languages what these may be in the other."""
    dense: FloatArray
    """Cosines with the question."""
    same_language: BoolArray
    """Whether they are in the language of the question."""


class Retriever:
    """Searches an index, with the embedder that the index was made with."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        self.embedder = embedder

    def understand(self, question: str) -> Query:
        """What the question says about the articles that may answer it."""
        return Query(question)

    def search(self, query: Query, k: int = 8) -> list[Hit]:
        """The ``k`` best passages (fewer when the library is smaller), best first."""
        if k < 1 or not self.index.passage_count:
            return []
        found = self.candidates(query)
        fused = fuse(found.lexical, found.dense, found.same_language)
        # Ties go to the earlier passage, so that a search always gives the same list.
        best = np.lexsort((found.numbers, -fused))[:k]
        return [
            Hit(
                passage=found.passages[i],
                article=found.articles[i],
                score=float(fused[i]),
                lexical=float(found.lexical[i]),
                dense=float(found.dense[i]),
            )
            for i in best.tolist()
        ]

    def candidates(self, query: Query) -> Candidates:
        """What words, their translations and vectors find, with the scores of each."""
        index, question = self.index, query.text
        vector = self.embedder.encode_queries([question])[0]
        translated = self._translations(question)
        numbers = np.unique(
            np.concatenate(
                [
                    index.search_lexical(question, CANDIDATES).numbers,
                    index.search_translated(translated, CANDIDATES).numbers,
                    index.search_dense(vector, CANDIDATES).numbers,
                ]
            )
        )
        passages = index.passages(numbers.tolist())
        by_id = {key: index.article(key) for key in {one.article_id for one in passages}}
        articles = [by_id[one.article_id] for one in passages]
        language = language_of(question)
        same = np.array([article.language == language for article in articles], dtype=np.bool_)
        plain = same if translated else np.ones_like(same)
        lexical = np.empty(len(numbers), np.float32)
        lexical[plain] = index.lexical_scores(question, numbers[plain])
        lexical[~plain] = index.translated_scores(translated, numbers[~plain])
        return Candidates(
            numbers,
            tuple(passages),
            tuple(articles),
            lexical,
            index.dense_scores(vector, numbers),
            same,
        )

    def _translations(self, question: str) -> Sequence[Sequence[Translation]]:
        """Of the question's terms; empty if the embedder knows none."""
        if isinstance(self.embedder, Translator):
            return translations(question, self.embedder)
        return []
