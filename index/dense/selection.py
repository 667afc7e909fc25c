"""Which passages FAISS looks at."""

from __future__ import annotations

from typing import Any

import numpy as np

from index.types import IntArray


def selector(numbers: IntArray, without: IntArray | None = None) -> Any:
    """FAISS's selector of the passages ``numbers`` (n,), none of them negative, ``without`` some:
    a bit for each number up to the largest.
    """
    import faiss

    chosen = np.zeros(int(numbers.max(initial=0)) + 1, np.bool_)
    chosen[numbers] = True
    if without is not None:
        chosen[without[without < len(chosen)]] = False
    bitmap: Any = faiss.IDSelectorBitmap
    return bitmap(np.packbits(chosen, bitorder="little"))
