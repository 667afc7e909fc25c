"""Finds files and reads them as articles."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.detect import find_format
from ingest.errors import FileTooLarge, ReadError
from ingest.formats import FORMATS, File, Format, Options
from ingest.types import Reading


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files as given, and those in the folders given, each folder sorted by name.

    Hidden files and folders inside a folder are left out, and no folder is walked twice. Whatever
    can't be read is given too: ``read_file`` then says why.
    """
    walked: set[Path] = set()
    for path in paths:
        yield from _walk(path, walked)


def _walk(path: Path, walked: set[Path]) -> Iterator[Path]:
    try:
        if not path.is_dir():
            yield path
            return
        folder = path.resolve()
        children = sorted(path.iterdir())
    except OSError:
        yield path
        return
    if folder in walked:
        return
    walked.add(folder)
    for child in children:
        if not child.name.startswith("."):
            yield from _walk(child, walked)


def read_file(path: Path, options: Options = Options()) -> Reading:  # noqa: B008
    """What the file gives; ``Article.path`` is the path as given. Raises ReadError."""
    return read(open_file(path), options)


def read(file: File, options: Options = Options()) -> Reading:  # noqa: B008
    """What the file gives, whatever its format; all of it in this process. Raises ReadError."""
    with clear_errors(file.name):
        return checked(file).reader().read(file, options)


def open_file(path: Path) -> File:
    """The file, without reading it. Raises ReadError for what is no regular file."""
    name = str(path).encode("utf-8", "replace").decode()  # names of files may be no UTF-8
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


def checked(file: File) -> Format:
    """The file's format. Raises UnknownFormat, and FileTooLarge for what isn't worth opening."""
    with clear_errors(file.name):
        found = FORMATS[find_format(file)]
        if file.size > found.largest:
            limit = f"{found.largest // 2**20} MB"
            raise FileTooLarge(
                f"{file.name} is larger than {limit}; split it into smaller files",
                f"{file.name} 超过 {limit}；请拆分成较小的文件",
            )
    return found


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
