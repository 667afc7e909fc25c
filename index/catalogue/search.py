"""The catalogue, brought up to date with what has changed, and its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index import tokens
from index.catalogue.catalogue import Catalogue, catalogue_of
from index.catalogue.entry import Articles, columns_of
from index.catalogue.file import read_catalogue, write_catalogue
from index.catalogue.names import NameTable
from ingest.errors import LibraryError

VERSION = 1  # of what is in the file: one made by another is made anew
_SHARE = 0.05  # of the articles: so many may have changed since the file was written,
_FEWEST = 5_000  # and so many always: they are read from the library in no time


class CatalogueIndex:
    """The catalogue of a library. Not for several threads at once; what it gives is."""

    def __init__(self, source: Articles, folder: Path | None, *, fewest: int = _FEWEST) -> None:
        """Of ``source``, with its file in ``folder``, or none where nothing may be written.

        No file is written before ``fewest`` articles have changed.
        """
        self._source = source
        self._path = folder / "catalogue.bin" if folder else None
        self._stamp = f"{source.stamp} {VERSION} {tokens.VERSION}"
        self._fewest = fewest
        self._changed = 0  # articles, since the file was written
        self._damaged = False
        self._catalogue = self._read() or _empty()

    @property
    def sequence(self) -> int:
        """The state of the library that it reflects; 0 for none."""
        return self._catalogue.sequence

    @property
    def catalogue(self) -> Catalogue:
        """That state's."""
        return self._catalogue

    def follow(self) -> None:
        """See what has changed in the library."""
        with self._source.snapshot() as sequence:
            last = self._catalogue
            if sequence == last.sequence:
                return
            if sequence < last.sequence:  # the library was brought back from an older copy
                last = _empty()
            authors, sources = last.authors.table, last.sources.table
            gone = self._source.gone_since(last.sequence)
            new = columns_of(
                self._source.entries_since(last.sequence),
                self._source.passages_since(last.sequence),
                authors,
                sources,
            )
        columns = last.columns.edited(gone, new)
        self._changed += len(gone) + len(new.numbers)
        self._catalogue = catalogue_of(sequence, columns, authors, sources)

    def save(self) -> None:
        """The same, and write the file if too little is in it. Raises LibraryError."""
        self.follow()
        if self._path and self._is_due():
            write_catalogue(self._path, self._stamp, self._catalogue)
            self._changed, self._damaged = 0, False

    def problems(self) -> list[str]:
        """What is wrong with its file."""
        try:
            if self._path:
                read_catalogue(self._path, self._stamp)
        except LibraryError as error:
            return [str(error)]
        return []

    def _read(self) -> Catalogue | None:
        """What the file has; None if there is none, or a damaged one, which is written anew."""
        try:
            return read_catalogue(self._path, self._stamp) if self._path else None
        except LibraryError:
            self._damaged = True
            return None

    def _is_due(self) -> bool:
        most = max(self._fewest, _SHARE * len(self._catalogue.numbers))
        return self._damaged or self._changed > most


def _empty() -> Catalogue:
    authors, sources = NameTable(), NameTable()
    columns = columns_of((), np.empty((0, 2), np.int64), authors, sources)
    return catalogue_of(0, columns, authors, sources)
