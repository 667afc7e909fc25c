"""One score out of two: how well a passage's words match, and how near its meaning is."""

from __future__ import annotations

from index.types import FloatArray

DENSE_SHARE = 0.3  # fitted by tests/benchmarks/fit_fusion.py


def fuse(lexical: FloatArray, dense: FloatArray, share: float = DENSE_SHARE) -> FloatArray:
    """The fused scores (n,) of n candidates, higher is better.

    ``lexical`` (n,) are shares of the most that the question could reach, ``dense`` (n,) cosines,
    and ``share`` is what these count for. They are added as they are: where passages hold the
    question's words, or translations of them, lexical scores lie far apart and decide; where they
    hardly do, these are all small, and the meaning decides. So the share needn't depend on the
    question, nor on the languages.
    """
    fused: FloatArray = (1 - share) * lexical + share * dense
    return fused
