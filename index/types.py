"""What the index gives and takes: rankings, and the files that its articles come from."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from ingest.prepare import Prepared
from ingest.types import Passage

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passage numbers (n,) and their scores (n,), best first."""

    numbers: IntArray
    scores: FloatArray


@dataclass(frozen=True, slots=True)
class Located:
    """A passage, the number of its article in the catalogue, and that one's language."""

    passage: Passage
    article: int
    language: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A term of the other language and the odds, 0 to 1, that it is what is said there."""

    term: str
    odds: float


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was when the library took its articles.

    ``path`` is absolute, and what the file is known by; ``name`` is what people call it. ``digest``
    tells its content, and is empty while only a part of its articles is in. With ``jumps``, some of
    its articles go on in other files, or come from there.
    """

    path: str
    name: str
    digest: str
    jumps: bool = False


@dataclass(frozen=True, slots=True)
class FileChange:
    """Articles that a file gives, in their order: all, or the next of them.

    Once it is ``complete``, what the file gave before and doesn't any more is removed.
    """

    file: SourceFile
    articles: tuple[Prepared, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update has done so far."""

    files: int = 0
    """Those that are complete."""
    added: int = 0
    """Articles that are new, and searched."""
    linked: int = 0
    """Articles that are new, and reprints: linked to the one that is searched."""
    replaced: int = 0
    """Articles that were here, of which the file now says something else (who wrote it)."""
    known: int = 0
    """Articles that were here as they are."""
    removed: int = 0
    """Articles that no file gives any more."""
    passages: int = 0
    """Passages that are new."""

    @property
    def articles(self) -> int:
        """How many were given."""
        return self.added + self.linked + self.replaced + self.known

    def __add__(self, other: Updated) -> Updated:
        """Both together."""
        sums = (mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True))
        return Updated(*sums)


def ranked(numbers: IntArray, scores: FloatArray, k: int) -> Ranking:
    """The ``k`` best of ``numbers`` (n,) by ``scores`` (n,); among equals the older passage."""
    order = np.lexsort((numbers, -scores))[:k]
    return Ranking(numbers[order], scores[order])
