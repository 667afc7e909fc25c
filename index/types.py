"""What searching the index gives and takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passage numbers (n,) and their scores (n,), best first."""

    numbers: IntArray
    scores: FloatArray


@dataclass(frozen=True, slots=True)
class Translation:
    """A term of the other language and the odds, 0 to 1, that it is what is said there."""

    term: str
    odds: float


def ranked(numbers: IntArray, scores: FloatArray, k: int) -> Ranking:
    """The ``k`` best of ``numbers`` (n,) by ``scores`` (n,); among equals the older passage."""
    order = np.lexsort((numbers, -scores))[:k]
    return Ranking(numbers[order], scores[order])
