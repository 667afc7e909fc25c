"""A source of passages in memory, for whatever is derived from one, and folders to read from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from index.types import FloatArray, IntArray

NOBODY = 65534  # a user who owns nothing


@contextmanager
def read_only(library: Path) -> Iterator[None]:
    """Within, this process may not write in a library's folder, nor in those of what is derived,
    whoever runs it.
    """
    user = os.geteuid()
    folders = [library, *(path for path in library.iterdir() if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        for folder in folders:
            folder.chmod(0o755)


class MemorySource:
    """What `index.derived.Source` asks for; each `write` is one transaction."""

    def __init__(self, dimension: int = 8) -> None:
        self.stamp = "memory-1"
        self.words = ""
        self.sequence = 0
        self._dimension = dimension
        self._texts: dict[int, str] = {}
        self._vectors: dict[int, FloatArray] = {}
        self._added: dict[int, int] = {}
        self._removed: dict[int, int] = {}

    def write(
        self,
        texts: Mapping[int, str] | None = None,
        vectors: Mapping[int, FloatArray] | None = None,
        removed: Iterable[int] = (),
    ) -> None:
        """Add passages, some with a text, some with a vector, and remove others."""
        self.sequence += 1
        self._texts |= texts or {}
        self._vectors |= vectors or {}
        for number in {**(texts or {}), **(vectors or {})}:
            self._added[number] = self.sequence
        for number in removed:
            self._texts.pop(number, None)
            self._vectors.pop(number, None)
            if self._added.pop(number, None) is not None:
                self._removed[number] = self.sequence

    @property
    def passage_count(self) -> int:
        return len(self._added)

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        yield self.sequence

    def removed_since(self, sequence: int) -> list[int]:
        return [number for number, at in self._removed.items() if at > sequence]

    def numbers_since(self, sequence: int) -> IntArray:
        return np.array(self._since(sequence, self._texts), np.int64)

    def texts_since(self, sequence: int) -> Iterator[tuple[int, str]]:
        return ((number, self._texts[number]) for number in self._since(sequence, self._texts))

    def vectors_since(self, sequence: int) -> Iterator[tuple[IntArray, FloatArray]]:
        numbers = self._since(sequence, self._vectors)
        if numbers:
            yield self.vectors(np.array(numbers, np.int64))

    def vectors(self, numbers: IntArray) -> tuple[IntArray, FloatArray]:
        held = np.array(sorted(set(numbers.tolist()) & self._vectors.keys()), np.int64)
        rows = [self._vectors[number] for number in held.tolist()]
        return held, np.array(rows, np.float32).reshape(-1, self._dimension)

    def _since(self, sequence: int, held: Mapping[int, object]) -> list[int]:
        return [number for number, at in self._added.items() if at > sequence and number in held]
