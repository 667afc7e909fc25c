"""One score out of two: how well a passage's words match, and how near its meaning is."""

from __future__ import annotations

import numpy as np

from index.types import BoolArray, FloatArray

# Both chosen with tests/benchmarks/fit_fusion.py.
TRUST = 3.0
ACROSS = 0.3


def fuse(
    lexical: FloatArray,
    dense: FloatArray,
    same_language: BoolArray,
    trust: float = TRUST,
    across: float = ACROSS,
) -> FloatArray:
    """The fused scores (n,) of n candidates, higher is better.

    ``lexical`` (n,) are shares of the most that the question could reach, ``dense`` (n,) cosines,
    and ``same_language`` (n,) tells which candidates are in the language of the question.

    Within a language the best lexical score tells how well the question's words are met at all.
    Where they are, they decide; the less they are, the more the meaning counts: its share is
    (1 - best) to the power of ``trust``, the higher the more words are trusted. Between languages
    words are met by their translations, never as surely, and the meaning's share is ``across``.
    """
    best = lexical[same_language].max(initial=0)
    share = np.where(same_language, (1 - best) ** trust, across).astype(np.float32)
    fused: FloatArray = (1 - share) * lexical + share * dense
    return fused
