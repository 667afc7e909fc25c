"""What a closer look at a question and some passages tells about which of them answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from index.embed import Embedder
from index.tokens import content
from index.types import FloatArray
from retriever.candidates import Candidates
from retriever.coverage import TokenMatcher, by_meaning
from retriever.units import spaced

FEATURES = (
    "score found by",
    "words",
    "meaning of the whole",
    "pairs of the question's characters or words",
    "runs of three, stop words among them",
    "meaning, token by token",
    "the same, above all of what other passages lack",
    "score of the article's other passages",
)


def features(question: str, found: Candidates, fused: FloatArray, embedder: Embedder) -> FloatArray:
    """``FEATURES`` of n candidates, (n, features), each about 0 to 1; ``fused`` (n,) are the scores
    that they were found by.
    """
    texts = found.texts()
    columns = [
        fused,
        found.lexical,
        found.dense,
        *phrases(question, texts),
        *_meaning(question, texts, found.dense, embedder),
        _support(found, fused),
    ]
    return np.array(columns, np.float32).T


def phrases(question: str, texts: Sequence[str]) -> list[list[float]]:
    """For each text which share it has of the question's pairs of units that have no stop word
    among them or between them, and of all its runs of three.
    """
    whole, kept = spaced(question), spaced(content(question)).split()
    plain = [spaced(text) for text in texts]
    pairs = {run for run in _runs(kept, 2) if run in whole}
    return [_shares(pairs, plain), _shares(_runs(whole.split(), 3), plain)]


def _runs(units: Sequence[str], length: int) -> set[str]:
    """All runs of so many units, with a space on either side."""
    starts = range(len(units) - length + 1)
    return {f" {' '.join(units[start : start + length])} " for start in starts}


def _shares(runs: Collection[str], texts: Sequence[str]) -> list[float]:
    return [sum(run in text for run in runs) / max(1, len(runs)) for text in texts]


def _meaning(
    question: str, texts: Sequence[str], dense: FloatArray, embedder: Embedder
) -> tuple[FloatArray, FloatArray]:
    """The share of the question's tokens that each text has something like, by their weights; and
    by those of them that fewest texts have.
    """
    if not isinstance(embedder, TokenMatcher):
        return dense, dense
    meaning = by_meaning(question, texts, embedder)
    return meaning.shares(), meaning.telling().shares()


def _support(found: Candidates, fused: FloatArray) -> FloatArray:
    """The sum of the scores of the article's other passages, the best score of all being 1."""
    keys = [article.id for article in found.articles]
    sums: dict[str, float] = {}
    for key, score in zip(keys, fused.tolist(), strict=True):
        sums[key] = sums.get(key, 0.0) + score
    total = np.array([sums[key] for key in keys], np.float32)
    support: FloatArray = (total - fused) / max(float(fused.max(initial=0)), 1e-9)
    return support
