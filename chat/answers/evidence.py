"""Which sentences answer.

Every sentence of the passages found is a candidate. A linear model of a few plain features scores
it. Passages in the question's language are judged apart from those in others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from chat.answers.answerable import (
    ACROSS_LANGUAGES,
    ANSWERED_FROM,
    WITHIN_A_LANGUAGE,
    Answerable,
    Calibration,
    answer_features,
)
from chat.answers.choose import choose
from chat.answers.kinds import given, plain, word_before
from chat.answers.nearness import nearness
from chat.types import Evidence
from index.embed import Embedder
from index.tokens import asks_something
from index.types import FloatArray
from ingest.split import sentence_spans
from retriever.coverage import Coverage, by_meaning, by_pairs
from retriever.query import language_of
from retriever.types import Hit

SENTENCE_FEATURES = (
    "score of the passage",
    "meaning of the question, in Chinese above all of its end",
    "meaning of its start, together with the sentence before",
    "pairs of its characters",
    "the word before what asks",
    "nearness of its words to a number or a date such as it asks for",
    *("number", "date", "reason", "name", "person", "place", "list"),
)

# Fitted by tests/benchmarks/fit_evidence.py, on questions about other articles.
SENTENCE_WEIGHTS = (3.26, 5.0, 3.03, 2.51, 0.78, 2.94, 2.0, 2.18, 1.17, 0.99, 1.2, 1.37, 1.84)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The sentences of some passages, with their features (n, ``SENTENCE_FEATURES``), and how
    probable it is that they hold the answer, from features of them all (``ANSWER_FEATURES``,).
    """

    sentences: tuple[Evidence, ...]
    features: FloatArray
    answer_features: FloatArray
    probability: float
    best: float
    """The score of the best of these passages."""

    def scored(self) -> list[Evidence]:
        """The sentences with their scores, in the order of the passages."""
        scores = self.features @ np.array(SENTENCE_WEIGHTS, dtype=np.float32)
        pairs = zip(self.sentences, scores.tolist(), strict=True)
        return [replace(sentence, score=score) for sentence, score in pairs]


@dataclass(frozen=True, slots=True)
class Finding:
    """The smallest set of sentences that answers, in the order to read them (none when the answer
    isn't probable enough), and how probable it is that the passages hold the answer.

    ``disagreement``: the sentences are of articles that contradict each other in what is asked.
    """

    sentences: tuple[Evidence, ...]
    probability: float
    disagreement: bool = False


def find_evidence(
    question: str,
    hits: Sequence[Hit],
    *,
    idf: Callable[[str], float],
    embedder: Embedder,
    calibration: Calibration = Calibration(),  # noqa: B008  # frozen
    answered_from: float = ANSWERED_FROM,
) -> Finding:
    """The evidence in ``hits``, the passages found, best first; ``idf`` gives a word's weight.

    There is none when the probability of an answer, calibrated, is below ``answered_from``, or when
    the question asks nothing that could be looked for, as ``为什么？`` does.
    """
    if not asks_something(question):
        return Finding((), 0.0)
    groups = candidates_by_language(question, hits, idf=idf, embedder=embedder)
    # What ranks low is seldom where the answer is, however probable it looks by itself.
    best = max(groups, key=lambda group: group.probability * max(group.best, 0), default=None)
    if best is None:
        return Finding((), 0.0)
    probability = calibration.applied(best.probability)
    answered = probability >= answered_from
    if not answered:
        return Finding((), probability)
    choice = choose(question, best.scored())
    return Finding(choice.sentences, probability, choice.disagreement)


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
        [relative[owner] for owner in owners],
        *_overlaps(question, texts, meaning.telling(), np.array(before)),
        nearness(question, [plain(text) for text in texts], idf),
        *given(question, texts),
    ]
    together = answer_features(question, hits, meaning, idf=idf, embedder=embedder)
    return Candidates(
        tuple(sentences),
        np.array(features, dtype=np.float32).T,
        together,
        answerable.probability(together),
        max(hit.score for hit in hits),
    )


def _overlaps(
    question: str, texts: Sequence[str], telling: Coverage, before: npt.NDArray[np.intp]
) -> list[FloatArray | list[bool]]:
    """What each text has of the question; ``before`` (texts,) are the positions of those before."""
    last_word = word_before(question)
    normalised = [plain(text) for text in texts]
    asked = telling.near_the_end() if language_of(question) == "zh" else telling
    return [
        asked.shares(),
        telling.joined(before).near_the_start().shares(),
        by_pairs(question, normalised).telling().shares(),
        [bool(last_word) and last_word in text for text in normalised],
    ]


def _relative(scores: Sequence[float]) -> list[float]:
    """Scores as shares of the best, from 0 to 1."""
    best = max(scores)
    return [max(score, 0.0) / best if best > 0 else 1.0 for score in scores]
