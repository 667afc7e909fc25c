"""A library that is opened: its file, and what is derived from it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING

from index.catalogue.search import CatalogueIndex
from index.dense.parameters import Parameters
from index.dense.search import DenseIndex
from index.derived import KINDS, Derived, derived_folder
from index.lexical.search import LexicalIndex
from index.store.database import FILE_NAME
from index.store.entries import Entries
from index.store.ledger import Ledger
from index.store.lock import search_lock
from index.store.store import Store

if TYPE_CHECKING:
    from index.embed import Embedder
    from index.store.listing import Listing
    from index.store.writer import Writer


class Opened:
    """A connection to a library, and what is derived from the generation that it finds. For one
    thread at a time; ``writer`` and `save` only for who holds the write lock.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        create: bool = False,
        device: str = "cpu",
        dense: Parameters | None = None,
        generation: int | None = None,
    ) -> None:
        """Open the library in ``folder``; see `Index.open`. With ``generation`` it is the one that
        has yet to be searched, and not to be written.
        """
        self._folder = folder
        self._path = folder / FILE_NAME
        self._embedder = embedder
        self._searched: IO[bytes] | None = None  # tells who writes that somebody searches
        self.store = Store(
            folder,
            embedder=embedder.name,
            dimension=embedder.dimension,
            create=create,
            generation=generation,
        )
        try:
            self._file = _identity(self._path)
            self.ledger = Ledger(self.store)
            lexical, vectors, catalogue = (
                derived_folder(folder, kind, self.store.generation) for kind in KINDS
            )
            self.lexical = LexicalIndex(self.store, lexical)
            self.dense = DenseIndex(
                self.store, vectors, embedder.dimension, device=device, parameters=dense
            )
            self.catalogue = CatalogueIndex(Entries(self.store), catalogue)
        except BaseException:
            self.store.close()
            raise

    @cached_property
    def writer(self) -> Writer:
        """Writes to the library."""
        from index.store.writer import Writer  # who only searches needs nothing of it

        return Writer(self.store, self._embedder)

    def open_listing(self) -> Listing:
        """The articles to leaf through: with a connection of their own, that the caller closes."""
        from index.store.listing import Listing  # who only asks needs nothing of it

        embedder = self._embedder
        return Listing(
            Store(self._folder, embedder=embedder.name, dimension=embedder.dimension, create=False)
        )

    @property
    def outdated(self) -> bool:
        """Whether this has to be opened anew: another library is in the folder by now, or none, or
        another generation is to be searched.
        """
        return _identity(self._path) != self._file or self.store.outdated

    @property
    def behind(self) -> bool:
        """Whether something that is derived doesn't reflect all that has been written."""
        sequence = self.store.sequence
        return any(one.sequence != sequence for one in self._derived())

    def follow(self) -> None:
        """Reflect what has been written, as far as no file has to be written for it, unless another
        generation is to be searched.
        """
        with self.store.one_state():
            if self.store.outdated:
                return
            sequence = self.store.sequence
            for one in self._derived():
                if one.sequence != sequence:
                    one.follow()

    def tell_searched(self) -> None:
        """Tell who writes that somebody searches, from now on."""
        self._searched = self._searched or search_lock(self._folder)

    def save(self) -> None:
        """Bring all that is derived up to date."""
        self.save_terms()
        self.dense.save()
        self.catalogue.save()

    def save_terms(self) -> None:
        """Bring the terms up to date, which others can't make for themselves as they go on."""
        self.lexical.save(self.writer.take_terms())

    def close(self) -> None:
        """Close the library's file."""
        self.store.close()
        if self._searched:
            self._searched.close()

    def _derived(self) -> tuple[Derived, ...]:
        return self.dense, self.lexical, self.catalogue


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file this is: as long as it is open, no other has the same. None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
