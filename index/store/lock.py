"""One writer at a time, over all processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import LibraryBusy, LibraryError


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Be the one who writes to the library in ``folder``.

    The lock goes with the process that holds it, however that ends. Raises LibraryBusy when
    another holds it, and LibraryError when the folder can't be written.
    """
    try:
        file = (folder / "lock").open("a+", encoding="ascii")
    except OSError as error:
        raise LibraryError(
            f"The library {folder} can't be written ({error.strerror}): check its permissions.",
            f"无法写入资料库 {folder}（{error.strerror}）：请检查其权限。",
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "?"
            raise LibraryBusy(
                f"Process {holder} is writing to the library {folder}: try again when it is done.",
                f"进程 {holder} 正在写入资料库 {folder}：请等它完成后再试。",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
