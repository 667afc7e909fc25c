"""A folder of terms in which nothing may be written, as tantivy can read it all the same.

Tantivy makes files wherever it reads, to lock an index. So it gets a folder of its own, with links
to the files of one state of that index. What is written there stays there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from index.lexical.files import META, files_of
from index.lexical.records import RECORDS


class Links:
    """A temporary folder that stands for another, as long as this lives."""

    def __init__(self, original: Path) -> None:
        """For the folder ``original``. Raises OSError if there is no place for temporary files."""
        self.folder = Path(tempfile.mkdtemp(prefix="wenjin-"))
        self._original = original.absolute()
        weakref.finalize(self, _remove, self.folder, os.getpid())

    def show(self, meta: bytes) -> None:
        """Be the state of which `version_of` gave ``meta``. Raises OSError, and what taking that
        apart does.
        """
        wanted = {*files_of(meta), *(path.name for path in self._original.glob(RECORDS))}
        present = {path.name for path in self.folder.iterdir() if path.is_symlink()}
        for name in wanted - present:
            (self.folder / name).symlink_to(self._original / name)
        new = self.folder / f"{META}.new"
        new.write_bytes(meta)
        new.replace(self.folder / META)
        for name in present - wanted:
            (self.folder / name).unlink()


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # else it is a forked one's, whose parent goes on
        shutil.rmtree(folder, ignore_errors=True)
