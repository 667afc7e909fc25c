"""How much of a question a text covers: by its words, or across languages by its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chat.soft_match import TokenEmbedder, best_matches
from index.embed import Embedder
from index.tokens import content, is_han, ngrams, normalise, words
from index.types import FloatArray


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which terms of a question occur in which of several texts.

    ``matches`` is (texts, terms), from 0 to 1; ``weights`` is (terms,): how much each term says.
    """

    matches: FloatArray
    weights: FloatArray

    def shares(self) -> FloatArray:
        """The share of the question that each text covers, (texts,) from 0 to 1."""
        return _shares(self.matches, self.weights)

    def telling_shares(self) -> FloatArray:
        """The same, where a term counts the more, the fewer of these texts have it."""
        texts = len(self.matches)
        telling = np.log((texts + 1) / (self.matches.sum(axis=0) + 0.5))
        return _shares(self.matches, self.weights * telling)

    def shares_with(self, others: npt.NDArray[np.intp]) -> FloatArray:
        """The shares of pairs: each text with the one whose position ``others`` (texts,) gives."""
        return _shares(np.maximum(self.matches, self.matches[others]), self.weights)


def _shares(matches: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(matches @ weights / max(float(weights.sum()), 1e-9), dtype=np.float32)


def by_words(question: str, texts: Sequence[str], idf: Callable[[str], float]) -> Coverage:
    """Coverage by the question's content words, rare ones first."""
    terms = list(dict.fromkeys(words(content(question))))
    matches = np.zeros((len(texts), len(terms)), dtype=np.float32)
    for row, text in enumerate(texts):
        plain, whole_words = normalise(text), set(ngrams(text))
        for column, term in enumerate(terms):
            matches[row, column] = term in plain if is_han(term) else term in whole_words
    return Coverage(matches, np.array([idf(term) for term in terms], dtype=np.float32))


def by_meaning(question: str, texts: Sequence[str], embedder: Embedder) -> Coverage:
    """Coverage by alikeness of tokens; with an embedder that has none, of the whole question."""
    if isinstance(embedder, TokenEmbedder):
        asked = embedder.token_vectors(question)
        matches = best_matches(asked, [embedder.token_vectors(text) for text in texts])
        return Coverage(matches, embedder.token_weights(question))
    cosines = embedder.encode_passages(texts) @ embedder.encode_queries([question])[0]
    return Coverage(np.clip(cosines[:, None], 0, 1), np.ones(1, dtype=np.float32))
