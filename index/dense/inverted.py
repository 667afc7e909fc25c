"""Approximate search: an inverted file of codes, whose best are scored by their vectors.

A passage is filed in the list of the centroid (k-means) nearest to its vector. Of what then is left
of it, the signs are kept, one bit a dimension (RaBitQ: Gao and Long, SIGMOD 2024; a random rotation
before, as they advise, makes no difference to the built-in model's vectors): at a million passages
some 80 MB. A search goes through the lists nearest to the question, takes the best by code as
candidates, and has these scored by their vectors in the source. So a score is always exact, and
what the source has no more never comes out, whatever the codes say.

One part of the lists may be a file, which is mapped and never changes; what was added since is in
the other part, in memory; what was removed since is passed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.dense.flat import not_found
from index.dense.parameters import Parameters
from index.dense.selection import selector
from index.derived import Source
from index.types import FloatArray, IntArray, Ranking, ranked

_QUESTION_BITS = 8  # of each of its numbers; with all 32 FAISS is many times slower


class Inverted:
    """Passages by number, in inverted lists. Not for several threads at once."""

    def __init__(self, source: Source, parameters: Parameters, kept: Any, trained: int) -> None:
        """With the lists ``kept``, which never change; ``trained`` tells how many passages there
        were when the centroids were learned.
        """
        self.trained = trained
        self._source = source
        self._parameters = parameters
        self._kept = kept
        self._added = empty(kept.quantizer)
        self._numbers = np.concatenate([numbers for numbers, _ in _lists(kept)])
        self._gone = np.empty(0, np.int64)

    @property
    def count(self) -> int:
        """How many passages it holds."""
        return len(self._numbers) - len(self._gone) + int(self._added.ntotal)

    @property
    def changed(self) -> float:
        """How many passages were added or removed since, for one of those kept."""
        return (len(self._gone) + int(self._added.ntotal)) / max(1, len(self._numbers))

    @property
    def outgrown(self) -> bool:
        """Whether its centroids were learned of far fewer passages, or of far more."""
        ratio = max(1, self.count) / self.trained
        return not 1 / self._parameters.growth <= ratio <= self._parameters.growth

    def add(self, numbers: IntArray, vectors: FloatArray) -> None:
        """Add passages ``numbers`` (n,) with ``vectors`` (n, dimension)."""
        self._added.add_with_ids(np.ascontiguousarray(vectors), numbers)

    def remove(self, numbers: IntArray) -> None:
        """Remove passages (n,); unknown numbers don't matter."""
        import faiss

        self._added.remove_ids(faiss.IDSelectorBatch(numbers))
        self._gone = np.union1d(self._gone, self._numbers[np.isin(self._numbers, numbers)])

    def search(self, vector: FloatArray, k: int, among: IntArray | None) -> Ranking:
        """The ``k`` passages nearest to ``vector`` (dimension,); of ``among`` (n,), if given."""
        if k < 1:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        wanted = max(self._parameters.candidates, self._parameters.refinement * k)
        if among is None or len(among) > wanted:
            among = self._candidates(vector, wanted, among)
        numbers, vectors = self._source.vectors(among)
        return ranked(numbers, vectors.reshape(len(numbers), len(vector)) @ vector, k)

    def vectors(self, numbers: IntArray) -> FloatArray:
        """Those of ``numbers`` (n,), in this order: (n, dimension).

        Raises ArticleNotFound if the source doesn't hold one of them.
        """
        found, vectors = self._source.vectors(numbers)
        places = np.searchsorted(found, numbers)
        if not np.isin(numbers, found).all():
            raise not_found()
        return vectors[places]

    def merged(self) -> Any:
        """All that it holds, in new lists."""
        import faiss

        lists = empty(self._kept.quantizer)
        for part in (self._kept, self._added):
            for place, (numbers, codes) in enumerate(_lists(part)):
                held = ~np.isin(numbers, self._gone)
                rows, kept = np.ascontiguousarray(codes[held]), numbers[held]
                pointers = faiss.swig_ptr(kept), faiss.swig_ptr(rows)
                lists.invlists.add_entries(place, len(kept), *pointers)
                lists.ntotal += len(kept)
        return lists

    def _candidates(self, vector: FloatArray, wanted: int, among: IntArray | None) -> IntArray:
        """The ``wanted`` best passages by their codes. Of few, more lists are searched: as the root
        of their share, which was measured; all, if these lie elsewhere and don't give as many.
        """
        import faiss

        share = 1.0 if among is None else min(1.0, len(among) / max(1, self.count))
        chosen: Any = None if among is None else selector(among, self._gone)
        if among is None and len(self._gone):
            chosen = faiss.IDSelectorNot(faiss.IDSelectorBatch(self._gone))
        parameters = faiss.IVFRaBitQSearchParameters()
        parameters.qb = _QUESTION_BITS
        parameters.nprobe = min(self._kept.nlist, int(self._parameters.probes / share**0.5))
        if chosen is not None:
            parameters.sel = chosen
        found = self._best_by_code(vector, wanted, parameters)
        if chosen is not None and len(found) < wanted and parameters.nprobe < self._kept.nlist:
            parameters.nprobe = self._kept.nlist
            found = self._best_by_code(vector, wanted, parameters)
        return found

    def _best_by_code(self, vector: FloatArray, wanted: int, parameters: Any) -> IntArray:
        found = [
            part.search(vector.reshape(1, -1), min(wanted, part.ntotal), params=parameters)
            for part in (self._kept, self._added)
            if part.ntotal
        ]
        scores = np.concatenate([one[0][0] for one in found] or [np.empty(0, np.float32)])
        numbers = np.concatenate([one[1][0] for one in found] or [np.empty(0, np.int64)])
        held = numbers >= 0  # it gives -1 for each that it lacks
        return ranked(numbers[held], scores[held], wanted).numbers


def learn(source: Source, parameters: Parameters, dimension: int) -> Any:
    """Empty lists for the passages of ``source``, with centroids learned of a sample of these."""
    import faiss

    count = source.passage_count
    lists = max(1, int(parameters.lists * count**0.5))
    step = max(1, count // (parameters.sample * lists))
    chunks = [vectors[::step].copy() for _, vectors in source.vectors_since(0)]
    sample = np.concatenate([*chunks, np.empty((0, dimension), np.float32)])
    lists = max(1, min(lists, len(sample)))
    quantizer = faiss.IndexFlatIP(dimension)
    clustering = faiss.Clustering(dimension, lists)
    clustering.niter = 8
    clustering.spherical = True
    clustering.min_points_per_centroid = 1
    clustering.max_points_per_centroid = 2 * parameters.sample
    clustering.train(sample, quantizer)
    return empty(quantizer)


def empty(quantizer: Any) -> Any:
    """Lists without passages, for the centroids that ``quantizer`` holds."""
    import faiss

    metric = faiss.METRIC_INNER_PRODUCT
    lists = faiss.IndexIVFRaBitQ(quantizer, quantizer.d, quantizer.ntotal, metric)
    lists.is_trained = True  # there is nothing to learn but the centroids
    return lists


def _lists(index: Any) -> Any:
    """The numbers (n,) and codes (n, code size) of each list."""
    import faiss

    lists = index.invlists
    for place in range(index.nlist):
        size = lists.list_size(place)
        if size == 0:
            yield np.empty(0, np.int64), np.empty((0, index.code_size), np.uint8)
            continue
        numbers = faiss.rev_swig_ptr(lists.get_ids(place), size)
        codes = faiss.rev_swig_ptr(lists.get_codes(place), size * index.code_size)
        yield numbers, codes.reshape(size, index.code_size)
