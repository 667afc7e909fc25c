"""Search by vectors: exact inner products, in memory.

It is made from the stored vectors when a library is opened, which for tens of thousands of passages
takes less than reading a file of its own would save.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.derived import Source
from index.types import FloatArray, IntArray, Ranking, ranked
from ingest.errors import ArticleNotFound


class DenseIndex:
    """Unit vectors of ``dimension`` by passage number. Not for several threads at once."""

    def __init__(
        self,
        source: Source,
        folder: Path | None,  # noqa: ARG002
        dimension: int,
        *,
        device: str = "cpu",
    ) -> None:
        """Of ``source``, with its files in ``folder``, or none where nothing may be written.

        ``device`` other than "cpu" searches on the GPU, if FAISS can.
        """
        import faiss

        self._faiss = faiss
        self._source = source
        self._vectors = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._on_gpu = device != "cpu" and faiss.get_num_gpus() > 0
        self._searcher: Any = None  # made of the vectors on the first search after a change
        self.sequence = 0

    def follow(self) -> None:
        """See what has changed in the source."""
        with self._source.snapshot() as sequence:
            self._remove(self._source.removed_since(self.sequence))
            for numbers, vectors in self._source.vectors_since(self.sequence):
                self._add(numbers, vectors)
            self.sequence = sequence

    def save(self) -> None:
        """The same: it has no files."""
        self.follow()

    def problems(self) -> list[str]:
        """None."""
        return []

    @property
    def count(self) -> int:
        """How many passages it holds."""
        return int(self._vectors.ntotal)

    def _add(self, numbers: IntArray, vectors: FloatArray) -> None:
        """Add passages ``numbers`` (n,) with ``vectors`` (n, dimension)."""
        self._vectors.add_with_ids(np.ascontiguousarray(vectors), numbers)
        self._searcher = None

    def _remove(self, numbers: Sequence[int]) -> None:
        """Remove passages; unknown numbers don't matter."""
        if numbers:
            self._vectors.remove_ids(self._faiss.IDSelectorBatch(np.array(numbers, np.int64)))
            self._searcher = None

    def search(self, vector: FloatArray, k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` passages nearest to ``vector`` (dimension,), by cosine; of the passages
        ``among`` (n,), if these are given.
        """
        if among is not None:
            return self._search_among(vector, k, among)
        if self._searcher is None:
            self._searcher = (
                self._faiss.index_cpu_to_all_gpus(self._vectors) if self._on_gpu else self._vectors
            )
        row = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        k = min(k, self.count)
        if k < 1:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        scores, numbers = self._searcher.search(row, k)
        return ranked(numbers[0], scores[0], k)

    def _search_among(self, vector: FloatArray, k: int, among: IntArray) -> Ranking:
        """Always on the CPU: FAISS on a GPU can't leave out some."""
        selector = self._faiss.IDSelectorBatch(np.ascontiguousarray(among, np.int64))
        row = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        k = min(k, len(among))
        if k < 1:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        parameters = self._faiss.SearchParameters()
        parameters.sel = selector
        scores, numbers = self._vectors.search(row, k, params=parameters)
        held = numbers[0] >= 0  # it gives -1 for each that it lacks
        return ranked(numbers[0][held], scores[0][held], k)

    def scores(self, vector: FloatArray, numbers: IntArray) -> FloatArray:
        """The cosines (n,) of ``vector`` (dimension,) with the passages ``numbers`` (n,).

        Raises ArticleNotFound if it doesn't hold one of them.
        """
        if not len(numbers):
            return np.empty(0, np.float32)
        try:
            vectors = self._vectors.reconstruct_batch(np.ascontiguousarray(numbers, np.int64))
        except RuntimeError as error:
            raise ArticleNotFound(
                "A passage isn't in the library any more: search again.",
                "有段落已不在资料库中：请重新搜索。",
            ) from error
        scores: FloatArray = vectors @ np.asarray(vector, dtype=np.float32)
        return scores
