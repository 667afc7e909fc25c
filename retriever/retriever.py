"""From a question to the passages that may answer it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.embed import Embedder
from index.index import Index
from index.types import FloatArray
from ingest.types import Article, Passage
from retriever.fuse import fuse
from retriever.maxsim import TokenEmbedder, maxsim
from retriever.query import language_of
from retriever.types import Hit

BoolArray = npt.NDArray[np.bool_]

CANDIDATES = 60  # from either side


class Retriever:
    """Searches an index, with the embedder that the index was made with."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        self.embedder = embedder

    def search(self, question: str, k: int = 8) -> list[Hit]:
        """The ``k`` best passages (fewer when the library is smaller), best first."""
        if k < 1 or not self.index.passage_count:
            return []
        vector = self.embedder.encode_queries([question])[0]
        numbers = np.union1d(
            self.index.search_lexical(question, CANDIDATES).numbers,
            self.index.search_dense(vector, CANDIDATES).numbers,
        )
        lexical = self.index.lexical_scores(question, numbers)
        dense = self.index.dense_scores(vector, numbers)
        found = _with_articles(self.index, self.index.passages(numbers.tolist()))
        language = language_of(question)
        same = np.array([article.language == language for _, article in found], dtype=np.bool_)
        fused = fuse(lexical, dense, self._token_scores(question, found, same), same)
        # Ties go to the earlier passage, so that a search always gives the same list.
        best = np.lexsort((numbers, -fused))[:k]
        return [
            Hit(
                passage=found[i][0],
                article=found[i][1],
                score=float(fused[i]),
                lexical=float(lexical[i]),
                dense=float(dense[i]),
            )
            for i in best.tolist()
        ]

    def _token_scores(
        self, question: str, found: Sequence[tuple[Passage, Article]], same: BoolArray
    ) -> FloatArray:
        """MaxSim (n,) of the passages in other languages; 0 for the rest, which have words."""
        scores = np.zeros(len(found), dtype=np.float32)
        if isinstance(self.embedder, TokenEmbedder) and not same.all():
            texts = [
                self.embedder.token_vectors(article.text[passage.start : passage.end])
                for (passage, article), alike in zip(found, same, strict=True)
                if not alike
            ]
            query = self.embedder.token_vectors(question)
            scores[~same] = maxsim(query, self.embedder.token_weights(question), texts)
        return scores


def _with_articles(index: Index, passages: Sequence[Passage]) -> list[tuple[Passage, Article]]:
    articles = {key: index.article(key) for key in {passage.article_id for passage in passages}}
    return [(passage, articles[passage.article_id]) for passage in passages]
