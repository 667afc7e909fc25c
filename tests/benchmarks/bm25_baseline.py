"""The baseline that every search is measured against: textbook BM25 over pairs of characters."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from index.types import Ranking, ranked

K1, B = 1.2, 0.75
HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"([{HAN}]+)|[^\W_{HAN}]+")


def bigrams(text: str) -> list[str]:
    """The pairs of neighbouring Chinese characters (one that has no neighbour stands alone), and
    the words of other scripts, in NFKC and lower case.
    """
    terms: list[str] = []
    for run in RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        if run[1] and len(run[1]) > 1:
            terms += map(operator.add, run[1], run[1][1:])
        else:
            terms.append(run[0])
    return terms


class BigramBM25:
    """Passages by the weights of their bigrams; nothing is stemmed, folded or left out."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._counter = CountVectorizer(analyzer=bigrams, dtype=np.float32)
        weights = self._counter.fit_transform(texts)  # counts, (passages, terms)
        frequencies = np.bincount(weights.indices, minlength=weights.shape[1])
        idf = np.log1p((len(texts) - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
        lengths = np.asarray(weights.sum(axis=1)).ravel()
        slack = (K1 * (1 - B + B * lengths / lengths.mean())).repeat(np.diff(weights.indptr))
        weights.data *= (K1 + 1) * idf[weights.indices] / (weights.data + slack)
        self._weights = weights.tocsc()  # by terms: a search reads those of its question alone

    def search(self, question: str, k: int) -> Ranking:
        """The ``k`` best of the passages that share a term with ``question``, by position."""
        counts = self._counter.transform([question])
        scores = self._weights @ counts.T.tocsc()
        return ranked(scores.indices.astype(np.int64), scores.data, k)
