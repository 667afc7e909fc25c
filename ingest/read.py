"""Finds files and reads them as articles."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.encoding import decode
from ingest.errors import FileTooLarge, ReadError, UnknownFormat
from ingest.newspaper import parse_page
from ingest.types import Article

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
LARGEST = 64 * 2**20  # bytes


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


def read_file(path: Path) -> list[Article]:
    """The articles in a file; ``Article.path`` is the path as given.

    Raises ReadError or one of its kinds: UnknownFormat, FileTooLarge, EmptyFile, BinaryFile,
    UnknownEncoding.
    """
    data = _read_bytes(path)
    name = str(path).encode("utf-8", "replace").decode()  # names of files may be no UTF-8
    return parse_page(decode(data, name=name), path=name)


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            list(path.iterdir())  # a folder comes here because listing it fails: say why
            raise ReadError(
                f"{path} is a folder; give the files in it",
                f"{path} 是文件夹；请给出其中的文件",
            )
        _check(path, status.st_size, regular=stat.S_ISREG(status.st_mode))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(
            f"{path} doesn't exist; check the path", f"{path} 不存在；请检查路径"
        ) from error
    except PermissionError as error:
        raise ReadError(
            f"{path} can't be opened: permission denied; change its permissions",
            f"无法打开 {path}：没有读取权限；请修改权限",
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReadError(f"{path} can't be read: {reason}", f"无法读取 {path}：{reason}") from error


def _check(path: Path, size: int, *, regular: bool) -> None:
    """Refuse what isn't worth opening."""
    if not regular:
        raise ReadError(
            f"{path} is not a regular file; give a text file",
            f"{path} 不是普通文件；请给出文本文件",
        )
    if path.suffix.lower() not in SUFFIXES:
        known = " ".join(sorted(SUFFIXES))
        suffix = path.suffix or path.name
        raise UnknownFormat(
            f"{path}: no reader for {suffix}; these can be read: {known}",
            f"{path}：无法读取 {suffix} 格式；可以读取的有：{known}",
        )
    if size > LARGEST:
        limit = f"{LARGEST // 2**20} MB"
        raise FileTooLarge(
            f"{path} is larger than {limit}; split it into smaller files",
            f"{path} 超过 {limit}；请拆分成较小的文件",
        )
