"""Search by vectors: exact while there are few, by inverted lists when there are many.

Few are held in memory, made from the source whenever a library is opened, which takes less than
reading a file of its own would save. Of many there is a file (`index.dense.files`), and in memory
only what has changed since it was written.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.dense.files import Manifest, damage, open_file, read_manifest, remove_files, write_file
from index.dense.flat import Flat
from index.dense.inverted import Inverted, learn
from index.dense.parameters import Parameters
from index.derived import Source
from index.types import FloatArray, IntArray, Ranking

_SHRUNK = 0.5  # of the most that is searched exactly: from there on it is again
_GROWN = 2.0  # so much more is searched exactly while nobody has written lists


class DenseIndex:
    """Unit vectors of ``dimension`` by passage number. Not for several threads at once."""

    def __init__(
        self,
        source: Source,
        folder: Path | None,
        dimension: int,
        *,
        device: str = "cpu",
        parameters: Parameters | None = None,
    ) -> None:
        """Of ``source``, with its files in ``folder``, or in memory alone.

        ``device`` other than "cpu" searches exactly on the GPU, if FAISS can. Nothing is read until
        it is to `follow` or to `save`.
        """
        self._source = source
        self._folder = folder
        self._dimension = dimension
        self._device = device
        self._parameters = parameters or Parameters()
        self._start()

    def _start(self) -> None:
        """Hold nothing."""
        self.sequence = 0
        self._file: Manifest | None = None  # that what it holds was read from
        self._held: Flat | Inverted = Flat(self._dimension, device=self._device)

    def follow(self) -> None:
        """See what has changed in the source, and what another process has written. Many vectors
        without a file that can be used become lists in memory, which takes some time.
        """
        with self._source.snapshot() as sequence:
            if self.sequence == 0 or self._is_due():
                self._open(sequence)
            if isinstance(self._held, Flat) and self._exceeds(_GROWN if self.sequence else 1):
                self._learn()
            self._catch_up(sequence)

    def save(self) -> None:
        """The same; write a file if there are many vectors, and no file that is near enough to what
        they are now. Raises LibraryError.
        """
        self.follow()
        lists = isinstance(self._held, Inverted)
        if self._held_wrongly():
            with self._source.snapshot() as sequence:
                self._start()
                if not lists or self._exceeds(_SHRUNK):
                    self._learn()
                self._catch_up(sequence)
        if self._folder is None:
            return
        if isinstance(self._held, Flat):
            remove_files(self._folder, keep=None)
        elif self._is_due() or read_manifest(self._folder) != self._file:
            self._write(self._folder, self._held)
        else:
            remove_files(self._folder, keep=self._file)

    def problems(self) -> list[str]:
        """What is wrong with its files, every byte of them read; empty if nothing is."""
        if self._folder is None:
            return []
        found = damage(self._folder)
        file = read_manifest(self._folder)
        with self._source.snapshot() as sequence:
            if file and file.stamp == self._source.stamp and file.sequence > sequence:
                found.append(f"{self._folder.name} is newer than the library")
        return found

    @property
    def count(self) -> int:
        """How many passages it holds."""
        return self._held.count

    @property
    def is_exact(self) -> bool:
        """Whether every vector is compared."""
        return isinstance(self._held, Flat)

    def search(self, vector: FloatArray, k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` passages nearest to ``vector`` (dimension,), by cosine; of the passages
        ``among`` (n,), if these are given.
        """
        return self._held.search(_row(vector), k, among)

    def scores(self, vector: FloatArray, numbers: IntArray) -> FloatArray:
        """The cosines (n,) of ``vector`` (dimension,) with the passages ``numbers`` (n,).

        Raises ArticleNotFound if it doesn't hold one of them.
        """
        if not len(numbers):
            return np.empty(0, np.float32)
        scores: FloatArray = self._held.vectors(np.asarray(numbers, np.int64)) @ _row(vector)
        return scores

    def _exceeds(self, share: float) -> bool:
        """Whether there is more than that share of the most that is searched exactly."""
        return self._source.passage_count * self._dimension > share * self._parameters.exact

    def _is_due(self) -> bool:
        """Whether a file is to be written, or may have been by another process."""
        if isinstance(self._held, Flat):
            return self._exceeds(1)
        return self._file is None or self._held.changed > self._parameters.changed

    def _held_wrongly(self) -> bool:
        """Whether another kind, or other centroids, would do better now."""
        if isinstance(self._held, Flat):
            return self._exceeds(1)
        return self._held.outgrown or not self._exceeds(_SHRUNK)

    def _open(self, sequence: int) -> None:
        """Hold what is in the file, if that is newer than what is held."""
        if self._folder is None:
            return
        newer = range(self.sequence + 1, sequence + 1)
        found = open_file(self._folder, self._source.stamp, self._dimension, newer)
        if found:
            self._take(*found)

    def _take(self, file: Manifest, lists: object) -> None:
        self._held = Inverted(self._source, self._parameters, lists, file.trained)
        self._file = file
        self.sequence = file.sequence

    def _learn(self) -> None:
        """Hold lists without passages."""
        count = self._source.passage_count
        self._start()
        lists = learn(self._source, self._parameters, self._dimension)
        self._held = Inverted(self._source, self._parameters, lists, count)

    def _catch_up(self, sequence: int) -> None:
        """Hold what the source does, in its state ``sequence``."""
        try:
            removed = self._source.removed_since(self.sequence) if self.sequence else []
            if removed:
                self._held.remove(np.array(removed, np.int64))
            for numbers, vectors in self._source.vectors_since(self.sequence):
                self._held.add(numbers, vectors)
            self.sequence = sequence
        except BaseException:
            self._start()  # what it was given already, it would be given once more
            raise

    def _write(self, folder: Path, held: Inverted) -> None:
        self._take(
            *write_file(
                folder,
                held.merged(),
                stamp=self._source.stamp,
                sequence=self.sequence,
                trained=held.trained,
            )
        )


def _row(vector: FloatArray) -> FloatArray:
    return np.ascontiguousarray(vector, np.float32)
