"""One score out of several that have nothing in common but their direction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.types import FloatArray

BoolArray = npt.NDArray[np.bool_]

# Shares of the lexical, the dense and the token score. Within one language words find more than
# vectors do; across languages only names and numbers are still spelt alike.
WITHIN_A_LANGUAGE = (0.75, 0.25, 0.0)
ACROSS_LANGUAGES = (0.2, 0.4, 0.4)


def z_scores(scores: FloatArray) -> FloatArray:
    """``scores`` (n,) shifted and scaled to mean 0 and deviation 1; all 0 when they are equal."""
    deviation = float(scores.std()) if len(scores) else 0.0
    if deviation < 1e-9:
        return np.zeros(len(scores), dtype=np.float32)
    return np.asarray((scores - scores.mean()) / deviation, dtype=np.float32)


def fuse(
    lexical: FloatArray, dense: FloatArray, tokens: FloatArray, same_language: BoolArray
) -> FloatArray:
    """The fused scores (n,) of n candidates, higher is better.

    ``lexical``, ``dense`` and ``tokens`` are (n,) raw scores of the same candidates;
    ``same_language`` tells which candidates are in the language of the question. Lexical and token
    scores are compared only among candidates that have the same chance of a match: those of the
    same language, and the others.
    """
    dense_z = z_scores(dense)
    fused = np.zeros(len(dense), dtype=np.float32)
    for group, shares in ((same_language, WITHIN_A_LANGUAGE), (~same_language, ACROSS_LANGUAGES)):
        parts = (z_scores(lexical[group]), dense_z[group], z_scores(tokens[group]))
        for share, part in zip(shares, parts, strict=True):
            fused[group] += share * part
    return fused
