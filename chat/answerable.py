"""Whether the passages found answer a question at all.

A linear model of how well the best passage and the best sentence cover the question tells how
probable it is. Passages in the question's language are judged by their words and their meaning,
passages in other languages by their meaning alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chat.coverage import Coverage, by_meaning
from index.embed import Embedder
from index.index import below
from index.types import FloatArray
from retriever.types import Hit

ANSWERED_FROM = 0.5  # probability that the passages hold the answer

ANSWER_FEATURES = (
    "best lexical score",
    "best share of the question's meaning in a passage",
    "best share of the question's meaning in a sentence",
    "best cosine of a passage",
)


@dataclass(frozen=True, slots=True)
class Answerable:
    """Tells from ``ANSWER_FEATURES`` how probable an answer is: a logistic regression."""

    weights: tuple[float, ...]
    constant: float

    def probability(self, features: FloatArray) -> float:
        """From 0 to 1, of features (``ANSWER_FEATURES``,)."""
        return 1 / (1 + math.exp(-float(features @ np.array(self.weights)) - self.constant))


# Fitted by tests/benchmarks/fit_answerable.py, on questions about other articles.
# The cosine is left out, as the built-in model was trained on those questions, which flatters it;
# log 3 is added to the constant, as about three of four questions that people ask have an answer.
WITHIN_A_LANGUAGE = Answerable((9.03, 7.14, 4.74, 0.0), -9.37 + math.log(3))
# Little tells here what can be answered from what can't, so nothing is added.
ACROSS_LANGUAGES = Answerable((0.0, 0.0, 5.00, 6.99), -3.80)


def answer_features(
    question: str, hits: Sequence[Hit], sentences: Coverage, embedder: Embedder
) -> FloatArray:
    """``ANSWER_FEATURES`` of ``hits`` (at least one), whose sentences cover the question's meaning
    as ``sentences`` tells.
    """
    return np.array(
        [
            max(hit.lexical for hit in hits),
            by_meaning(question, [_in_context(hit) for hit in hits], embedder).shares().max(),
            sentences.shares().max(),
            max(hit.dense for hit in hits),
        ],
        dtype=np.float32,
    )


def _in_context(hit: Hit) -> str:
    """A passage's text below who wrote the article and what stands above it on the page."""
    return below((*hit.article.authors, hit.article.title, hit.passage.heading), hit.text)
