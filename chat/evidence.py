"""Which sentences answer.

Every sentence of the passages found is a candidate. A linear model of a few plain features scores
it. Passages in the question's language are judged apart from those in others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chat.answerable import (
    ACROSS_LANGUAGES,
    ANSWERED_FROM,
    WITHIN_A_LANGUAGE,
    Answerable,
    answer_features,
)
from chat.choose import choose
from chat.coverage import by_meaning, by_words
from chat.kinds import given
from chat.types import Evidence
from index.embed import Embedder
from index.types import FloatArray
from ingest.split import sentence_spans
from retriever.query import language_of
from retriever.types import Hit

SENTENCE_FEATURES = (
    "share of the question's words, together with the sentence before",
    "share of the question's meaning, above all of what other candidates lack",
    "score of the passage",
    *("number", "date", "reason", "name", "person"),
)

# Fitted by tests/benchmarks/fit_evidence.py, on questions about other articles.
SENTENCE_WEIGHTS = (3.43, 5.65, 4.09, 1.19, 2.56, 1.60, 2.19, 1.66)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The sentences of some passages, with their features (n, ``SENTENCE_FEATURES``), and how
    probable it is that they hold the answer, from features of them all (``ANSWER_FEATURES``,).
    """

    sentences: tuple[Evidence, ...]
    features: FloatArray
    answer_features: FloatArray
    probability: float

    def scored(self) -> list[Evidence]:
        """The sentences with their scores, in the order of the passages."""
        scores = self.features @ np.array(SENTENCE_WEIGHTS, dtype=np.float32)
        pairs = zip(self.sentences, scores.tolist(), strict=True)
        return [replace(sentence, score=score) for sentence, score in pairs]


@dataclass(frozen=True, slots=True)
class Finding:
    """The smallest set of sentences that answers, in the order to read them (none when the answer
    isn't probable enough), and how probable it is that the passages hold the answer.
    """

    sentences: tuple[Evidence, ...]
    probability: float


def find_evidence(
    question: str, hits: Sequence[Hit], *, idf: Callable[[str], float], embedder: Embedder
) -> Finding:
    """The evidence in ``hits``, the passages found, best first; ``idf`` gives a word's weight."""
    groups = candidates_by_language(question, hits, idf=idf, embedder=embedder)
    best = max(groups, key=lambda group: group.probability, default=None)
    if best is None:
        return Finding((), 0.0)
    answered = best.probability >= ANSWERED_FROM
    return Finding(choose(question, best.scored()) if answered else (), best.probability)


def candidates_by_language(
    question: str, hits: Sequence[Hit], *, idf: Callable[[str], float], embedder: Embedder
) -> list[Candidates]:
    """The candidates in the question's language and those in others, where there are any."""
    language = language_of(question)
    groups = (
        (WITHIN_A_LANGUAGE, [hit for hit in hits if hit.article.language == language]),
        (ACROSS_LANGUAGES, [hit for hit in hits if hit.article.language != language]),
    )
    return [
        _gather(answerable, question, group, idf=idf, embedder=embedder)
        for answerable, group in groups
        if group
    ]


def _gather(
    answerable: Answerable,
    question: str,
    hits: Sequence[Hit],
    *,
    idf: Callable[[str], float],
    embedder: Embedder,
) -> Candidates:
    """The sentences of ``hits`` (at least one) with their features."""
    sentences: list[Evidence] = []
    owners: list[int] = []  # positions in ``hits``
    for position, hit in enumerate(hits):
        passage = hit.passage
        for start, end in sentence_spans(hit.article.text, passage.start, passage.end):
            sentences.append(Evidence(hit.article, start, end, hit.score))
            owners.append(position)
    texts = [sentence.text for sentence in sentences]
    before = [i - 1 if i and owners[i - 1] == owners[i] else i for i in range(len(owners))]
    relative = _relative([hit.score for hit in hits])
    meaning = by_meaning(question, texts, embedder)
    features = [
        by_words(question, texts, idf).shares_with(np.array(before)),
        meaning.telling_shares(),
        [relative[owner] for owner in owners],
        *given(question, texts),
    ]
    together = answer_features(question, hits, meaning, embedder)
    return Candidates(
        tuple(sentences),
        np.array(features, dtype=np.float32).T,
        together,
        answerable.probability(together),
    )


def _relative(scores: Sequence[float]) -> list[float]:
    """Scores as shares of the best, from 0 to 1."""
    best = max(scores)
    return [max(score, 0.0) / best if best > 0 else 1.0 for score in scores]
