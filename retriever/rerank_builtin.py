"""The reranker that ships with Wenjin: a linear model of a few plain features."""

from __future__ import annotations

import numpy as np

from index.embed import Embedder
from index.types import FloatArray
from retriever.candidates import Candidates
from retriever.rerank_features import features

# What each of ``FEATURES`` counts, fitted by tests/benchmarks/fit_rerank.py.
WITHIN_A_LANGUAGE = (0.41, 0.0, 0.0, 0.10, 0.21, 0.14, 0.12, 0.014)
ACROSS_LANGUAGES = (0.0, 0.30, 0.38, 0.0, 0.0, 0.15, 0.17, 0.0)


class BuiltinReranker:
    """Looks for the question's own wording, its meaning token by token, and passages that others
    of the same article support.
    """

    def scores(
        self,
        question: str,
        found: Candidates,
        fused: FloatArray,
        *,
        embedder: Embedder,
    ) -> FloatArray:
        """(n,): with the mean and the spread of ``fused`` in each language."""
        seen = features(question, found, fused, embedder)
        scores = fused.copy()
        for group, weights in (
            (found.same_language, WITHIN_A_LANGUAGE),
            (~found.same_language, ACROSS_LANGUAGES),
        ):
            scores[group] = _spread_like(fused[group], seen[group] @ np.array(weights, np.float32))
        return scores


def _spread_like(fused: FloatArray, scores: FloatArray) -> FloatArray:
    """``scores`` with the mean and the standard deviation of ``fused``, both (n,)."""
    spread = scores.std() if len(scores) else 0
    if spread < 1e-6:
        return fused
    even: FloatArray = fused.mean() + (scores - scores.mean()) * (fused.std() / spread)
    return even
