"""One writer at a time, over all processes; and whether anybody searches meanwhile."""

from __future__ import annotations

import fcntl
import os
import shlex
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ingest.errors import LibraryBusy, LibraryError

_SEARCHED = "searched"  # the name of a file that is locked by all who search
_PAUSE = 0.01  # seconds between two tries
_COMMAND = 100  # characters of a command line that are told
_held: set[IO[str]] = set()


@contextmanager
def write_lock(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Be the one who writes to the library in ``folder``.

    The lock goes with the process that holds it, however that ends. Raises LibraryBusy when
    another holds it for longer than ``patience`` (seconds), and LibraryError when the folder can't
    be written.
    """
    try:
        file = (folder / "lock").open("a+", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise LibraryError(
            f"The library {folder} can't be written ({error.strerror}): check its permissions.",
            f"无法写入文库 {folder}（{error.strerror}）：请检查其权限。",
        ) from error
    with file:
        try:
            _wait(file, patience)
        except BlockingIOError as error:
            raise _busy(file, folder) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n{time.strftime('%Y-%m-%d %H:%M:%S')}\n{_command()}")
        file.flush()
        _held.add(file)
        try:
            yield
        finally:
            _held.discard(file)


def search_lock(folder: Path) -> IO[bytes] | None:
    """Tell who writes to the library in ``folder`` that it is searched, as long as what this gives
    is open. None where no such file can be had: the folder may only be read, and nobody who could
    write has searched it.
    """
    path = folder / _SEARCHED
    for mode in ("ab", "rb"):
        try:
            file = path.open(mode)
        except OSError:
            continue
        fcntl.flock(file, fcntl.LOCK_SH)
        return file
    return None


def is_searched(folder: Path) -> bool:
    """Whether anybody has the `search_lock`."""
    try:
        with (folder / _SEARCHED).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _command() -> str:
    """What this process was called with, in one line that isn't too long."""
    name, *arguments = sys.argv or [""]
    return textwrap.shorten(shlex.join([Path(name).name, *arguments]), _COMMAND, placeholder=" …")


def _busy(file: IO[str], folder: Path) -> LibraryBusy:
    """What to say of the one who holds the lock, who may not have written who it is yet."""
    file.seek(0)
    process, since, command = (line or "?" for line in [*file.read().split("\n"), "", ""][:3])
    return LibraryBusy(
        f"Process {process} is writing to the library {folder} (`{command}`, since {since}): try "
        "again when it is done.",
        f"进程 {process} 正在写入文库 {folder}（`{command}`，始于 {since}）：请等它完成后再试。",
    )


def _wait(file: IO[str], patience: float) -> None:
    """Lock it, or raise BlockingIOError after ``patience`` seconds."""
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
        time.sleep(_PAUSE)


def _let_go() -> None:
    """A forked process has its parent's open files, and with them the lock: it mustn't live on in
    that one.
    """
    for file in _held:
        file.close()
    _held.clear()


os.register_at_fork(after_in_child=_let_go)
