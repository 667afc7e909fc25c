"""Files and folders that are on the disk by the time that somebody is told so."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_synced(path: Path, contents: Iterable[bytes | memoryview]) -> None:
    """Write ``contents``, one after another, as the file ``path``. Raises OSError."""
    with path.open("wb") as file:
        file.writelines(contents)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have what was made, renamed or removed in it survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
