"""Opens zip files that may be hostile: sizes are checked before anything is unpacked."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from itertools import pairwise
from operator import attrgetter

from ingest.errors import DamagedFile, FileTooLarge, LockedFile
from ingest.formats import File

MOST_MEMBERS = 100_000
LARGEST_TOTAL = 4 * 2**30  # bytes of all members together, as they declare them
LARGEST_DIRECTORY = 16 * 2**20  # bytes of the list of members, which is held in memory
HIGHEST_RATIO = 200  # unpacked to packed; a bomb's is near 1000
SMALL_TOTAL = 64 * 2**20  # below this no ratio does harm

_TAIL = 2**16 + 22 + 20 + 56  # the longest comment and the records of the end
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
# What the zipfile module raises for damaged files, and for methods it hasn't.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    struct.error,
    ValueError,
    IndexError,
    NotImplementedError,
    OverflowError,
)


def open_zip(file: File) -> zipfile.ZipFile:
    """The zip file, its list of members read, nothing checked but that list's length.

    Raises DamagedFile, FileTooLarge. May raise OSError.
    """
    if _directory_size(file) > LARGEST_DIRECTORY:
        raise _too_large(file.name)
    try:
        return zipfile.ZipFile(file.path or io.BytesIO(file.content))
    except _DAMAGE as error:
        raise damaged(file.name) from error


def check_sizes(file: File) -> None:
    """Refuse a file, of any format that is a zip inside, that would fill the memory.

    Raises FileTooLarge for too many members, too many bytes or bytes packed too well, DamagedFile
    for members that overlap, LockedFile if all are encrypted. May raise OSError.
    """
    with open_zip(file) as archive:
        check_members(archive, file)


def check_members(archive: zipfile.ZipFile, file: File) -> None:
    """As ``check_sizes``, for a file that is open already."""
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    too_dense = total > SMALL_TOTAL and total > HIGHEST_RATIO * max(1, file.size)
    if len(members) > MOST_MEMBERS or total > LARGEST_TOTAL or too_dense:
        raise _too_large(file.name)
    placed = sorted(members, key=attrgetter("header_offset"))
    for first, second in pairwise(placed):
        if first.header_offset + first.compress_size > second.header_offset:
            raise damaged(file.name)
    contents = [member for member in members if not member.is_dir()]
    if contents and all(is_locked(member) for member in contents):
        raise locked(file.name)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    """All bytes of a member, never more than it declares; ``name`` is for the messages.

    Raises DamagedFile, LockedFile. May raise OSError.
    """
    if is_locked(member):
        raise locked(name)
    try:
        with archive.open(member) as stream:
            return stream.read()
    except (*_DAMAGE, RuntimeError) as error:
        raise damaged(name) from error


def is_locked(member: zipfile.ZipInfo) -> bool:
    """Whether a password is needed."""
    return bool(member.flag_bits & 1)


def damaged(name: str) -> DamagedFile:
    """What is said of a damaged archive or member."""
    return DamagedFile(
        f"{name} is damaged and can't be unpacked; get it anew",
        f"{name} 已损坏，无法解压；请重新获取",
    )


def locked(name: str) -> LockedFile:
    """What is said of an encrypted archive or member."""
    return LockedFile(
        f"{name} needs a password; unpack it first, or save it without one",
        f"{name} 需要密码；请先解压，或另存为无密码的文件",
    )


def _too_large(name: str) -> FileTooLarge:
    return FileTooLarge(
        f"{name} unpacks to far more than it should; unpack it yourself if you trust it",
        f"{name} 解压后异常庞大；如确认可信，请自行解压",
    )


def _directory_size(file: File) -> int:
    """How many bytes the list of members has, as the records at the file's end say."""
    tail = _tail(file)
    sizes = [0]
    end = tail.rfind(_END)
    if 0 <= end <= len(tail) - 22:
        sizes += struct.unpack_from("<L", tail, end + 12)
    end = tail.rfind(_END_64)
    if 0 <= end <= len(tail) - 56:
        sizes += struct.unpack_from("<Q", tail, end + 40)
    return min(max(sizes), file.size)


def _tail(file: File) -> bytes:
    if file.path is None:
        return file.content[-_TAIL:]
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.size - _TAIL))
        return stream.read()
