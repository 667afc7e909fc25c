"""What is made of the store to search it, and may be deleted at any time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from index.types import FloatArray, IntArray

KINDS = ("lexical", "dense", "catalogue")


class Source(Protocol):
    """What vectors and terms are derived from: the store, or in a test what stands for it.

    Passages are known by numbers that are never given twice. Every change raises the sequence.
    """

    @property
    def stamp(self) -> str:
        """Changes when all passages do: what is derived from another one's is made anew."""

    @property
    def words(self) -> str:
        """The lines of the user's dictionary."""

    @property
    def passage_count(self) -> int:
        """How many passages there are."""

    def snapshot(self) -> AbstractContextManager[int]:
        """Within, everything that is read is of one state: the one with the sequence given."""

    def removed_since(self, sequence: int) -> list[int]:
        """The numbers of the passages removed after that transaction."""

    def numbers_since(self, sequence: int) -> IntArray:
        """The numbers (n,) of the passages added after that transaction and still there."""

    def texts_since(self, sequence: int) -> Iterator[tuple[int, str]]:
        """The same passages, by number and text."""

    def vectors_since(self, sequence: int) -> Iterator[tuple[IntArray, FloatArray]]:
        """The same passages' numbers (n,) and vectors (n, dimension), in chunks."""

    def vectors(self, numbers: IntArray) -> tuple[IntArray, FloatArray]:
        """Those of the passages ``numbers`` (n,) that are there, (m,), and their vectors
        (m, dimension), by number.
        """


class Derived(Protocol):
    """One thing that is derived, with its files. Not for several threads at once.

    Whatever is wrong with its files, it makes itself anew from the source, and embeds nothing. The
    source's stamp stays the same as long as it lives.
    """

    @property
    def sequence(self) -> int:
        """The state of the source that it reflects; 0 for none."""

    def follow(self) -> None:
        """Reflect the state that the source is in, as far as no file has to be written for it."""

    def save(self) -> None:
        """Reflect the state that the source is in, and write what makes the next opening quick.

        Only for who holds the library's write lock. Raises LibraryError.
        """

    def problems(self) -> list[str]:
        """What is wrong with its files, every byte of them read; empty if nothing is."""


def derived_folder(library: Path, kind: str, generation: int) -> Path:
    """Where the files of one of the ``KINDS`` are.

    Those of the next generation lie beside those of this one, which serve until the others are
    whole.
    """
    return library / (kind if generation == 1 else f"{kind}-{generation}")
