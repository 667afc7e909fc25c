"""Finds files and reads them as articles."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ingest.detect import find_format
from ingest.encoding import empty
from ingest.errors import FileTooLarge, ReadError
from ingest.formats import FORMATS, File, Format, Options
from ingest.types import Reading

STANDARD_INPUT = "stdin"  # its name as a file
LARGEST_STREAM = 64 * 2**20  # bytes that are taken from a stream

_OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin"})


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files as given, and those in the folders given, each folder sorted by name.

    Hidden files and folders inside a folder are left out, and no folder is walked twice. Whatever
    can't be read is given too: ``read_file`` then says why.
    """
    walked: set[tuple[int, int]] = set()
    waiting = list(reversed(list(paths)))
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                yield path
                continue
            children = sorted(path.iterdir(), reverse=True)
        except OSError:
            yield path
            continue
        folder = (status.st_dev, status.st_ino)
        if folder not in walked:
            walked.add(folder)
            waiting += (child for child in children if not is_hidden(child.name))


def is_hidden(name: str) -> bool:
    """Whether a file or folder is named like those that programs keep for themselves."""
    return name.startswith((".", "~$")) or name.lower() in _OF_SYSTEMS


def read_stream(stream: BinaryIO, name: str = STANDARD_INPUT) -> File:
    """What comes in there, as a file. Raises FileTooLarge, and ReadError if reading fails."""
    with clear_errors(name):
        content = stream.read(LARGEST_STREAM + 1)
    if len(content) > LARGEST_STREAM:
        raise too_large(name, LARGEST_STREAM)
    return File(name, content=content)


def read_file(path: Path, options: Options = Options()) -> Reading:  # noqa: B008
    """What the file gives; ``Article.path`` is the path as given. Raises ReadError."""
    return read(open_file(path), options)


def read(file: File, options: Options = Options()) -> Reading:  # noqa: B008
    """What the file gives, whatever its format; all of it in this process. Raises ReadError."""
    with clear_errors(file.name):
        return checked(file).reader().read(file, options)


def open_file(path: Path) -> File:
    """The file, without reading it. Raises ReadError for what is no regular file."""
    name = shown_name(path)
    with clear_errors(name):
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            list(path.iterdir())  # a folder comes here because listing it fails: say why
            raise ReadError(
                f"{name} is a folder; give the files in it",
                f"{name} 是文件夹；请给出其中的文件",
            )
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(
                f"{name} is not a regular file; give a file", f"{name} 不是普通文件；请给出文件"
            )
    return File(name, path)


def shown_name(path: Path) -> str:
    """What people call the file there: names of files may be no UTF-8."""
    return str(path).encode("utf-8", "replace").decode()


def checked(file: File) -> Format:
    """The file's format.

    Raises EmptyFile, UnknownFormat, LockedFile, and FileTooLarge for what isn't worth opening.
    """
    with clear_errors(file.name):
        if not file.size:
            raise empty(file.name)
        found = FORMATS[find_format(file)]
        if file.size > found.largest:
            raise too_large(file.name, found.largest)
    return found


def too_large(name: str, largest: int) -> FileTooLarge:
    """What is said of a file of more than ``largest`` bytes."""
    limit = f"{largest // 2**20} MB"
    return FileTooLarge(
        f"{name} is larger than {limit}; split it into smaller files",
        f"{name} 超过 {limit}；请拆分成较小的文件",
    )


@contextmanager
def clear_errors(name: str) -> Iterator[None]:
    """Say in one line what the system failed at. Raises ReadError."""
    try:
        yield
    except FileNotFoundError as error:
        raise ReadError(
            f"{name} doesn't exist; check the path", f"{name} 不存在；请检查路径"
        ) from error
    except PermissionError as error:
        raise ReadError(
            f"{name} can't be opened: permission denied; change its permissions",
            f"无法打开 {name}：没有读取权限；请修改权限",
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReadError(f"{name} can't be read: {reason}", f"无法读取 {name}：{reason}") from error
