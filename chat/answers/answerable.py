"""Whether the passages found answer a question at all.

A linear model of how well the best passage and the best sentence cover the question tells how
probable it is, beside how well other passages do: those that only look alike are as good as others
of their kind, in a large library better than in a small one. Passages in the question's language
are judged by their words and their meaning, passages in other languages by translations and
meaning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Embedder
from index.index import below
from index.tokens import content
from index.types import FloatArray
from retriever.coverage import Coverage, by_meaning
from retriever.types import Hit

ANSWER_FEATURES = (
    "best lexical score",
    "lexical score of other articles",
    "share of the question's meaning in the best passage",
    "share of the question's meaning in other articles",
    "share of the question's meaning in the best sentence",
    "logarithm of the library's size",
    "best cosine of a passage",
)

ANSWERED_FROM = 0.5  # probability that the passages hold the answer
ANSWERED_SHARE = 0.75  # of the questions that people ask, about so many have an answer
PRIOR = math.log(ANSWERED_SHARE / (1 - ANSWERED_SHARE))

_OTHERS = 4  # passages that are compared with the best
_UNSEEN = ""  # a word that no passage has


@dataclass(frozen=True, slots=True)
class Answerable:
    """Tells from ``ANSWER_FEATURES`` how probable an answer is: a logistic regression."""

    weights: tuple[float, ...]
    constant: float

    def probability(self, features: FloatArray) -> float:
        """From 0 to 1, of features (``ANSWER_FEATURES``,)."""
        return probability(float(features @ np.array(self.weights)) + self.constant)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a library makes of a probability: ``scale`` times its log-odds, and ``shift``.

    (Platt, 1999.) The scale is positive, so that the order of questions stays.
    """

    scale: float = 1.0
    shift: float = 0.0

    def applied(self, uncalibrated: float) -> float:
        """The calibrated probability, from 0 to 1."""
        return probability(self.scale * log_odds(uncalibrated) + self.shift)


# Fitted by tests/benchmarks/fit_answerable.py, on questions about other articles.
# Within a language the cosine is left out, as the built-in model was trained on some of those
# questions, which flatters it. ``PRIOR`` is added to the constant, as questions with an answer and
# without weighed the same, but ``ANSWERED_SHARE`` of those that people ask have one.
WITHIN_A_LANGUAGE = Answerable((4.76, -4.14, 5.57, 1.03, 1.89, -0.34, 0.0), -4.09 + PRIOR)
ACROSS_LANGUAGES = Answerable((5.44, -6.29, 5.80, -2.71, -1.16, 0.0, 4.50), -3.18 + PRIOR)


def answer_features(
    question: str,
    hits: Sequence[Hit],
    sentences: Coverage,
    *,
    idf: Callable[[str], float],
    embedder: Embedder,
) -> FloatArray:
    """``ANSWER_FEATURES`` of ``hits`` (at least one), whose sentences cover the question's meaning
    as ``sentences`` tells; ``idf`` gives a word's weight in the library.
    """
    lexical = np.array([hit.lexical for hit in hits])
    # A short question is half stop words, which any passage in the other language covers.
    passages = by_meaning(content(question), [_in_context(hit) for hit in hits], embedder)
    shares = passages.shares()
    best = int((lexical + shares).argmax())
    others = np.array([hit.article.id != hits[best].article.id for hit in hits])
    return np.array(
        [
            lexical.max(),
            _mean_of_best(lexical[others]),
            shares[best],
            _mean_of_best(shares[others]),
            sentences.shares().max(),
            idf(_UNSEEN),
            max(hit.dense for hit in hits),
        ],
        dtype=np.float32,
    )


def probability(odds: float) -> float:
    """From 0 to 1, of log-odds."""
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0


def log_odds(chance: float) -> float:
    """The logarithm of the odds of a probability; of one near 0 or 1 a large one, but finite."""
    limited = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(limited / (1 - limited))


def _in_context(hit: Hit) -> str:
    """A passage's text below who wrote the article and what stands above it on the page."""
    return below((*hit.article.authors, hit.article.title, hit.passage.heading), hit.text)


def _mean_of_best(values: FloatArray) -> float:
    """The mean of the ``_OTHERS`` highest; 0 of none."""
    return float(np.sort(values)[-_OTHERS:].mean()) if len(values) else 0.0
