"""How much of a question a text covers: by its words, their pairs, or the meaning of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from index.embed import Embedder
from index.tokens import content, is_han, ngrams, normalise, words
from index.types import FloatArray

# Two tokens less alike than this (as squared cosine) have nothing to do with each other.
FLOOR = 0.09


@runtime_checkable
class TokenMatcher(Protocol):
    """An embedder that also compares token by token."""

    def best_cosines(self, question: str, texts: Sequence[str]) -> FloatArray:
        """(texts, tokens): of each token of ``question`` with the nearest one of each text."""

    def token_weights(self, text: str) -> FloatArray:
        """How much each token of ``text`` says, (tokens,): rare ones more."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which terms of a question, in its order, occur in which of several texts.

    ``matches`` is (texts, terms), from 0 to 1; ``weights`` is (terms,): how much each term says.
    """

    matches: FloatArray
    weights: FloatArray

    def shares(self) -> FloatArray:
        """The share of the question that each text covers, (texts,) from 0 to 1."""
        shares = self.matches @ self.weights / max(float(self.weights.sum()), 1e-9)
        return np.asarray(shares, dtype=np.float32)

    def telling(self) -> Coverage:
        """The same, where a term counts the more, the fewer of these texts have it."""
        found = self.matches.sum(axis=0)
        return Coverage(
            self.matches, self.weights * np.log((len(self.matches) + 1) / (found + 0.5))
        )

    def near_the_end(self) -> Coverage:
        """The same, where the last terms count most: there a Chinese question says what it asks
        for.
        """
        return Coverage(self.matches, self.weights * _ramp(len(self.weights)) ** 2)

    def near_the_start(self) -> Coverage:
        """The same, where the first terms count most: there a question says what it is about."""
        return Coverage(self.matches, self.weights * _ramp(len(self.weights))[::-1])

    def joined(self, others: npt.NDArray[np.intp]) -> Coverage:
        """Of pairs: each text with the one whose position ``others`` (texts,) gives."""
        return Coverage(np.maximum(self.matches, self.matches[others]), self.weights)


def _ramp(length: int) -> FloatArray:
    """(length,): rising evenly to 1."""
    return np.linspace(1 / max(1, length), 1, length, dtype=np.float32)


def by_words(question: str, texts: Sequence[str], idf: Callable[[str], float]) -> Coverage:
    """Coverage by the question's content words, rare ones first."""
    terms = list(dict.fromkeys(words(content(question))))
    matches = np.zeros((len(texts), len(terms)), dtype=np.float32)
    for row, text in enumerate(texts):
        plain, whole_words = normalise(text), set(ngrams(text))
        for column, term in enumerate(terms):
            matches[row, column] = term in plain if is_han(term) else term in whole_words
    return Coverage(matches, np.array([idf(term) for term in terms], dtype=np.float32))


def by_pairs(question: str, texts: Sequence[str]) -> Coverage:
    """Coverage by the pairs of characters in the question's content, words of other scripts whole.

    ``texts`` are normalised.
    """
    terms: list[str] = []
    for run in content(question).split():
        pairs = [run[start : start + 2] for start in range(len(run) - 1)]
        terms += pairs if is_han(run) and pairs else [run]
    terms = list(dict.fromkeys(terms))
    matches = [[term in text for term in terms] for text in texts]
    return Coverage(np.array(matches, dtype=np.float32), np.ones(len(terms), dtype=np.float32))


def by_meaning(question: str, texts: Sequence[str], embedder: Embedder) -> Coverage:
    """Coverage by alikeness of tokens; with an embedder that has none, of the whole question.

    After the late interaction of ColBERT (Khattab & Zaharia, 2020), with weights for the tokens; it
    also works across languages.
    """
    if isinstance(embedder, TokenMatcher):
        matches = np.clip(embedder.best_cosines(question, texts), 0, 1) ** 2
        matches[matches < FLOOR] = 0
        return Coverage(matches, embedder.token_weights(question))
    cosines = embedder.encode_passages(texts) @ embedder.encode_queries([question])[0]
    return Coverage(np.clip(cosines[:, None], 0, 1), np.ones(1, dtype=np.float32))
