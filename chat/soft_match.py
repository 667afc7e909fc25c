"""Matching token by token: a soft overlap of words that also works across languages.

After the late interaction of ColBERT (Khattab & Zaharia, 2020), with weights for the tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from index.types import FloatArray

# Two tokens less alike than this (as squared cosine) have nothing to do with each other.
FLOOR = 0.09


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that also gives a vector for every token."""

    def token_vectors(self, text: str) -> FloatArray:
        """The tokens of ``text`` as (n, dimension) float32 unit rows."""

    def token_weights(self, text: str) -> FloatArray:
        """How much each of these tokens says, (n,) float32: rare ones more."""


def best_matches(query: FloatArray, texts: Sequence[FloatArray]) -> FloatArray:
    """For each text (m, dimension) and each row of ``query`` (n, dimension) the best squared
    cosine to a row of the text, (texts, n) from 0 to 1; 0 below ``FLOOR``.
    """
    best = np.zeros((len(texts), len(query)), dtype=np.float32)
    filled = [i for i, text in enumerate(texts) if len(text)]
    if filled and len(query):
        # One large product is many times faster than a small one for each text.
        cosines = query @ np.concatenate([texts[i] for i in filled]).T
        starts = np.cumsum([0, *(len(texts[i]) for i in filled[:-1])])
        best[filled] = np.clip(np.maximum.reduceat(cosines, starts, axis=1).T, 0, 1) ** 2
    best[best < FLOOR] = 0
    return best
