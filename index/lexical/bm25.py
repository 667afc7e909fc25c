"""BM25, in parts.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009): a passage's
score is the sum over the question's terms of idf · saturation · (k1 + 1). The factor k1 + 1 is left
out here, so that Σ idf is the most that a question can reach. k1 and b suit short Chinese passages
better than the usual 1.2 and 0.75.
"""

from __future__ import annotations

import numpy as np

from index.types import FloatArray, IntArray

K1 = 0.6
B = 0.4


def inverse_frequencies(frequencies: FloatArray, passages: int) -> FloatArray:
    """The idf (m,) of terms that stand in ``frequencies`` (m,) of so many ``passages``; never
    negative, as in Lucene.
    """
    idf: FloatArray = np.log1p((passages - frequencies + 0.5) / (frequencies + 0.5)).astype("f4")
    return idf


def saturation(counts: FloatArray, lengths: IntArray, mean_length: float) -> FloatArray:
    """How far each term has gone towards its most: (n, m) between 0 and 1.

    ``counts`` (n, m) tells how often each of m terms stands in each of n passages, ``lengths``
    (n,) how many terms each passage has.
    """
    slack = K1 * (1 - B + B * lengths / mean_length)
    reached: FloatArray = (counts / (counts + slack[:, None])).astype("f4")
    return reached
