"""Exact search: all vectors in memory, each compared with the question's."""

from __future__ import annotations

from typing import Any

import numpy as np

from index.dense.selection import selector
from index.types import FloatArray, IntArray, Ranking, ranked
from ingest.errors import ArticleNotFound


class Flat:
    """Vectors (count, dimension) by passage number. Not for several threads at once."""

    def __init__(self, dimension: int, *, device: str) -> None:
        """Without any yet. ``device`` other than "cpu" searches on the GPU, if FAISS can."""
        import faiss

        self._faiss = faiss
        self._vectors = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._on_gpu = device != "cpu" and faiss.get_num_gpus() > 0
        self._searcher: Any = None  # made of the vectors on the first search after a change

    @property
    def count(self) -> int:
        """How many passages it holds."""
        return int(self._vectors.ntotal)

    def add(self, numbers: IntArray, vectors: FloatArray) -> None:
        """Add passages ``numbers`` (n,) with ``vectors`` (n, dimension)."""
        self._vectors.add_with_ids(np.ascontiguousarray(vectors), numbers)
        self._searcher = None

    def remove(self, numbers: IntArray) -> None:
        """Remove passages (n,); unknown numbers don't matter."""
        self._vectors.remove_ids(self._faiss.IDSelectorBatch(numbers))
        self._searcher = None

    def search(self, vector: FloatArray, k: int, among: IntArray | None) -> Ranking:
        """The ``k`` passages nearest to ``vector`` (dimension,); of ``among`` (n,), if given."""
        k = min(k, self.count if among is None else len(among))
        if k < 1:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        row = vector.reshape(1, -1)
        if among is None:
            scores, numbers = self._all().search(row, k)
        else:  # on the CPU: FAISS on a GPU can't leave out some
            parameters: Any = self._faiss.SearchParameters()
            parameters.sel = selector(among)
            scores, numbers = self._vectors.search(row, k, params=parameters)
        held = numbers[0] >= 0  # it gives -1 for each that it lacks
        return ranked(numbers[0][held], scores[0][held], k)

    def _all(self) -> Any:
        if self._searcher is None:
            self._searcher = (
                self._faiss.index_cpu_to_all_gpus(self._vectors) if self._on_gpu else self._vectors
            )
        return self._searcher

    def vectors(self, numbers: IntArray) -> FloatArray:
        """Those of ``numbers`` (n,), in this order: (n, dimension).

        Raises ArticleNotFound if it doesn't hold one of them.
        """
        try:
            vectors: FloatArray = self._vectors.reconstruct_batch(numbers)
        except RuntimeError as error:
            raise not_found() from error
        return vectors


def not_found() -> ArticleNotFound:
    """The error that says that a passage was removed meanwhile."""
    return ArticleNotFound(
        "A passage isn't in the library any more: search again.",
        "有段落已不在文库中：请重新搜索。",
    )
