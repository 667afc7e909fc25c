"""One score out of two: how well a passage's words match, and how near its meaning is."""

from __future__ import annotations

from index.types import FloatArray

TRUST = 3.0  # chosen with tests/benchmarks/fit_fusion.py


def fuse(lexical: FloatArray, dense: FloatArray, trust: float = TRUST) -> FloatArray:
    """The fused scores (n,) of n candidates, higher is better.

    ``lexical`` (n,) are shares of the most that the question could reach, ``dense`` (n,) cosines.
    The best lexical score tells how well the question's words, or translations of them, are met at
    all. Where they are, they decide; the less they are, the more the meaning counts: its share is
    (1 - best) to the power of ``trust``, the higher the more words are trusted.
    """
    share = (1 - lexical.max(initial=0)) ** trust
    fused: FloatArray = (1 - share) * lexical + share * dense
    return fused
