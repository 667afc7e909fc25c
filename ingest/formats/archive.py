"""Archives: zip, tar and gzip. Their members are read like files, in memory; nothing is unpacked
but the large member of a gzip file whose format is read in parts.

What a member fails at is a problem of the archive; the others are read.
"""

from __future__ import annotations

import gzip
import re
import secrets
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from zipfile import ZipFile, ZipInfo

from ingest.continuation import join_files
from ingest.detect import find_format
from ingest.encoding import decode
from ingest.errors import DamagedFile, EmptyFile, FileTooLarge, ReadError, UnknownFormat
from ingest.formats import FORMATS, File, Options, Part, concatenate
from ingest.read import checked, clear_errors, is_hidden
from ingest.types import Reading
from ingest.zips import (
    check_members,
    check_sizes,
    damaged,
    is_locked,
    locked,
    open_zip,
    read_member,
)

LARGEST_MEMBER = 256 * 2**20  # bytes
DEEPEST = 2  # archives within an archive

_GROUP = 4 * 2**20  # bytes of the members that make a part
_UTF8_NAME = 0x800  # the flag of a zip member whose name is UTF-8; others are in no known encoding
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_GZIP = b"\x1f\x8b"
_TAR_DAMAGE = (tarfile.TarError, EOFError, ValueError, OverflowError)

Member = tuple[str, ZipInfo]


def read(file: File, options: Options) -> Reading:
    """What all members give. Raises ReadError if that is nothing."""
    reading = concatenate(read_part(file, part, options) for part in parts(file, options))
    if not reading.articles:
        raise _nothing(file.name, reading.problems)
    return reading


def parts(file: File, options: Options) -> Sequence[Part]:  # noqa: ARG001
    """Groups of a zip's members, of some MB each; other archives can only be read through.

    Raises DamagedFile, LockedFile, and FileTooLarge for a bomb.
    """
    if not _is_zip(file):
        return [Part(0, 1)]
    with open_zip(file) as archive:
        check_members(archive, file)
        members = _members(archive)
    groups = []
    start = held = 0
    for i, (_, member) in enumerate(members):
        held += member.file_size
        if held >= _GROUP:
            groups.append(Part(start, i + 1))
            start, held = i + 1, 0
    if start < len(members) or not groups:
        groups.append(Part(start, len(members)))
    return groups


def read_part(file: File, part: Part, options: Options) -> Reading:
    """What a group of members gives, and what its members fail at."""
    return _read(file, part, options, 0)


def unpack(file: File, folder: Path) -> File | None:
    """The member of a gzip file, if it is large and of a format whose parts are readings.

    Raises DamagedFile, FileTooLarge. May raise OSError.
    """
    if file.head(2) != _GZIP:
        return None
    name = _gzip_member(file)
    with _gzip_stream(file) as stream:
        block = stream.read(_GROUP)
        if len(block) < _GROUP or not _has_readings(File(name, content=block)):
            return None
        path = folder / secrets.token_hex(8)
        try:
            with path.open("xb") as unpacked:
                while block:
                    if unpacked.tell() + len(block) > LARGEST_MEMBER:
                        raise _too_large(name)
                    unpacked.write(block)
                    block = stream.read(_GROUP)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return File(name, path)


def _has_readings(file: File) -> bool:
    """Whether each part of a file that begins like this is a reading."""
    try:
        found = FORMATS[find_format(file)]
    except ReadError:
        return False
    reader = found.reader()
    in_parts = hasattr(reader, "parts") and not hasattr(reader, "join")
    return in_parts and found.module != "archive"


def _read(file: File, part: Part | None, options: Options, depth: int) -> Reading:
    """What a group of members gives, or all of them."""
    readings: list[tuple[str, Reading]] = []
    passed: list[str] = []
    for member in _opened(file, part):
        if isinstance(member, ReadError):
            readings.append((file.name, Reading((), (member,))))
            continue
        try:
            readings.append((member.name, _read_file(member, options, depth)))
        except UnknownFormat:
            passed.append(member.name)
        except ReadError as error:
            readings.append((member.name, Reading((), (error,))))
    if passed:
        readings.append((file.name, Reading((), (_passed_over(file.name, passed),))))
    return concatenate(_joined(readings))


def _joined(readings: Sequence[tuple[str, Reading]]) -> Iterator[Reading]:
    """The readings of members, by their names, with articles whole that go on in another one."""
    # Names may come twice, so positions tell the members apart; what counts is the folder.
    keys = [f"{PurePath(name).parent}/{i}" for i, (name, _) in enumerate(readings)]
    given = zip(keys, readings, strict=True)
    whole = join_files({key: reading for key, (_, reading) in given if reading.jumps})
    for key, (_, reading) in zip(keys, readings, strict=True):
        yield whole.get(key, reading)


def _read_file(file: File, options: Options, depth: int) -> Reading:
    """What a member gives. Raises ReadError."""
    with clear_errors(file.name):
        found = checked(file)
        if found.module != "archive":
            return found.reader().read(file, options)
        if depth >= DEEPEST:
            raise _too_deep(file.name)
        if _is_zip(file):
            check_sizes(file)
        return _read(file, None, options, depth + 1)


def _opened(file: File, part: Part | None) -> Iterator[File | ReadError]:
    """The members with their bytes, or why they can't be had."""
    if _is_zip(file):
        with open_zip(file) as archive:
            members = _members(archive)
            for name, member in members[part.start : part.stop] if part else members:
                yield _unpacked(archive, member, f"{file.name}/{name}")
    elif file.head(2) == _GZIP:
        yield _unzipped(file)
    else:
        yield from _tar_members(file)


def _is_zip(file: File) -> bool:
    return file.head(2) == b"PK"


def _members(archive: ZipFile) -> list[Member]:
    """The members that may be read, with names that can be shown."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    named = zip(_decoded(members), members, strict=True)
    return [(shown, member) for name, member in named if (shown := harmless(name))]


def _decoded(members: Sequence[ZipInfo]) -> list[str]:
    """The members' names. Those without a flag are in any encoding, though taken for CP437."""
    names = [member.orig_filename for member in members]
    foreign = [
        i
        for i, member in enumerate(members)
        if not member.flag_bits & _UTF8_NAME and not names[i].isascii()
    ]
    # All of them together say better than one what they are written in.
    raw = b"\n".join(names[i].encode("cp437", "replace") for i in foreign)
    try:
        texts = decode(raw, name="-").split("\n") if foreign else []
    except ReadError:
        return names
    if len(texts) == len(foreign):
        for i, text in zip(foreign, texts, strict=True):
            names[i] = text
    return names


def harmless(name: str) -> str | None:
    """A member's name without what leads out of the archive; None for hidden and system files."""
    pieces = _CONTROL.sub("", name.partition("\0")[0]).replace("\\", "/").split("/")
    kept = [
        piece for piece in pieces if piece not in ("", ".", "..") and not _DRIVE.fullmatch(piece)
    ]
    kept = [piece.encode("utf-8", "replace").decode() for piece in kept]
    return None if not kept or any(map(is_hidden, kept)) else "/".join(kept)


def _unpacked(archive: ZipFile, member: ZipInfo, name: str) -> File | ReadError:
    if is_locked(member):
        return locked(name)
    if member.file_size > LARGEST_MEMBER:
        return _too_large(name)
    try:
        with clear_errors(name):
            return File(name, content=read_member(archive, member, name))
    except ReadError as error:
        return error


def _unzipped(file: File) -> File | ReadError:
    """The one member of a gzip file."""
    name = _gzip_member(file)
    try:
        with _gzip_stream(file) as stream:
            content = stream.read(LARGEST_MEMBER + 1)
    except DamagedFile as error:
        return error
    return File(name, content=content) if len(content) <= LARGEST_MEMBER else _too_large(name)


def _gzip_member(file: File) -> str:
    """The name of a gzip file's member, which is that of the file without its suffix."""
    own = PurePath(file.name)
    suffix = ".tar" if own.suffix.lower() == ".tgz" else ""
    return f"{file.name}/{own.stem}{suffix}"


@contextmanager
def _gzip_stream(file: File) -> Iterator[gzip.GzipFile]:
    """What a gzip file holds. Raises DamagedFile."""
    try:
        with file.open() as stream, gzip.GzipFile(fileobj=stream) as unzipped:
            yield unzipped
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise damaged(file.name) from error


def _tar_members(file: File) -> Iterator[File | ReadError]:
    """The regular files in a tar archive; links aren't followed."""
    try:
        with file.open() as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            for member in archive:
                shown = harmless(member.name) if member.isreg() else None
                if shown is None:
                    continue
                name = f"{file.name}/{shown}"
                if member.size > LARGEST_MEMBER:
                    yield _too_large(name)
                    continue
                content = archive.extractfile(member)
                yield File(name, content=content.read() if content else b"")
    except _TAR_DAMAGE:
        yield damaged(file.name)


def _passed_over(name: str, members: Sequence[str]) -> UnknownFormat:
    kinds = " ".join(
        sorted({PurePath(one).suffix.lower() or PurePath(one).name for one in members})
    )
    return UnknownFormat(
        f"{name}: {len(members)} members passed over, of kinds that aren't read: {kinds}",
        f"{name}：略过 {len(members)} 个不支持类型的成员：{kinds}",
    )


def _nothing(name: str, problems: Sequence[ReadError]) -> ReadError:
    """Why an archive gives no article."""
    if not problems:
        return EmptyFile(f"{name} holds no files that can be read", f"{name} 中没有可以读取的文件")
    if len(problems) == 1:
        return problems[0]
    first = problems[0]
    return ReadError(
        f"{name}: none of its {len(problems)} members can be read; the first: {first}",
        f"{name}：{len(problems)} 个成员均无法读取；首个：{first.chinese}",
    )


def _too_large(name: str) -> FileTooLarge:
    limit = f"{LARGEST_MEMBER // 2**20} MB"
    return FileTooLarge(
        f"{name} is larger than {limit} for a member of an archive; unpack it first",
        f"{name} 作为压缩包成员超过 {limit}；请先解压",
    )


def _too_deep(name: str) -> FileTooLarge:
    return FileTooLarge(
        f"{name} is an archive within too many archives; unpack it first",
        f"{name} 的压缩包嵌套过深；请先解压",
    )
