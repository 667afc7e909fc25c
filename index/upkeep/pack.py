"""A library in one file, to be taken to another machine or kept as a copy.

The file is a zip. Its ``manifest.json`` tells the format's version and, of every other member, the
size and the SHA-256 of its content: ``library.sqlite3``, ``calibration.json``,
``feedback.jsonl``, ``wenjin.toml`` and the files of models below ``models/``. What is derived from
the library is left out, and made anew where it is unpacked, without embedding anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from index import hub
from index.durable import sync_folder
from index.store.database import FILE_NAME, clear_errors, open_database
from index.store.lock import write_lock
from ingest.errors import LibraryError

FORMAT = 1
MODELS = "models"
_MANIFEST = "manifest.json"
_MANIFEST_BYTES = 16_000_000
_TOP = frozenset({FILE_NAME, "calibration.json", "feedback.jsonl", "wenjin.toml"})
_PART = re.compile(r"(?!\.{1,2}$)[^/\\:\x00-\x1f]{1,255}")  # of a member's name
_BLOCK = 1 << 20  # bytes
_LEVEL = 1  # of deflate: text becomes half as much, and vectors nothing

Progress = Callable[[int, int], None]
"""Is told how many bytes have been done since it was told last, and how many there are."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a pack: its name there, its size in bytes, and the SHA-256 of its content."""

    name: str
    size: int
    sha256: str


def pack(
    folder: Path,
    target: Path,
    *,
    files: Mapping[str, Path | bytes],
    progress: Progress = lambda _done, _total: None,
) -> tuple[Member, ...]:
    """Write the library in ``folder`` to the new file ``target``, with these ``files`` by their
    names there; give what it holds.

    Others may write to the library meanwhile: one state of it is taken. The file is there whole or
    not at all. Raises LibraryNotFound, and LibraryError if there is a file already, or the disk
    fails.
    """
    if target.exists():
        raise LibraryError(
            f"{target} is there already: choose another name, or remove it.",
            f"{target} 已存在：请换一个名称，或先将其删除。",
        )
    if odd := [name for name in files if not _may_be(name)]:
        raise LibraryError(
            f"{odd[0]!r} can't be packed under this name: rename the file.",
            f"{odd[0]!r} 这个名称无法打包：请给该文件改名。",
        )
    with _room(target, "packing") as room:
        snapshot = room / FILE_NAME
        _take_snapshot(folder, snapshot)
        sources = {FILE_NAME: snapshot, **files}
        total = sum(_size(source) for source in sources.values())
        new = room / "new"
        with new.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
                members = tuple(
                    _store(archive, name, source, lambda done: progress(done, total))
                    for name, source in sources.items()
                )
                archive.writestr(_MANIFEST, _manifest(members))
            file.flush()
            os.fsync(file.fileno())
        new.rename(target)
        sync_folder(target.parent)
    return members


def model_files(folder: Path, name: str) -> dict[str, Path]:
    """The files of the model in ``folder``, by their names in a pack, below ``models/name``."""
    return {f"{MODELS}/{name}/{below}": path for below, path in hub.files(folder).items()}


def unpack(
    file: Path,
    folder: Path,
    *,
    check: Callable[[Path], None] = lambda _folder: None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[Member, ...]:
    """Make the library that ``file`` holds in ``folder``, which is missing or empty; give what it
    holds.

    Everything is verified in a folder beside it, ``check`` among the rest, before it takes its
    place: there it is whole or not at all. Raises LibraryError for a file that is no pack, or
    damaged, or of a newer version, for a folder that isn't empty, and when the disk fails;
    LibraryBusy while another process unpacks there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LibraryError(
            f"{folder} isn't empty: choose another folder with --library.",
            f"{folder} 不是空文件夹：请用 --library 另选一个。",
        )
    with _room(folder, "unpacking") as room:
        members = _extract(file, room, progress)
        check(room)
        for path in [room, *room.rglob("*")]:
            if path.is_dir():
                sync_folder(path)
        room.rename(folder)
        sync_folder(folder.parent)
    return members


@contextmanager
def _room(target: Path, purpose: str) -> Iterator[Path]:
    """A folder beside ``target`` for what isn't whole yet, empty but for a lock; it is removed in
    the end. Raises LibraryBusy if another process is at it, and LibraryError when the disk fails.
    """
    room = target.absolute().parent / f".{target.name}.{purpose}"
    try:
        room.mkdir(parents=True, exist_ok=True)
        with write_lock(room):
            for path in room.iterdir():  # left by one that was killed
                if path.name != "lock":
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            try:
                yield room
            finally:
                shutil.rmtree(room, ignore_errors=True)  # it may have been renamed
    except OSError as error:
        raise LibraryError(
            f"{target} can't be written ({error.strerror}): check the disk's space and "
            "permissions.",
            f"无法写入 {target}（{error.strerror}）：请检查磁盘空间和权限。",
        ) from error


def _take_snapshot(folder: Path, target: Path) -> None:
    """One state of the library's file, without what was deleted in it."""
    with clear_errors(folder), closing(open_database(folder)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def _size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _store(
    archive: zipfile.ZipFile,
    name: str,
    source: Path | bytes,
    progress: Callable[[int], None],
) -> Member:
    if isinstance(source, bytes):
        archive.writestr(name, source)
        progress(len(source))
        return Member(name, len(source), hashlib.sha256(source).hexdigest())
    with source.open("rb") as reading, archive.open(name, "w", force_zip64=True) as writing:
        return Member(name, *_copy(reading, writing, progress))


def _copy(
    reading: IO[bytes], writing: IO[bytes], progress: Callable[[int], None]
) -> tuple[int, str]:
    """Copy all; give how many bytes, and their SHA-256."""
    size, digest = 0, hashlib.sha256()
    while block := reading.read(_BLOCK):
        writing.write(block)
        digest.update(block)
        size += len(block)
        progress(len(block))
    return size, digest.hexdigest()


def _manifest(members: Sequence[Member]) -> str:
    entries = [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in members]
    return json.dumps({"format": FORMAT, "members": entries}, ensure_ascii=False, indent=1)


def _extract(file: Path, folder: Path, progress: Progress) -> tuple[Member, ...]:
    with _open(file) as opened:
        try:
            with zipfile.ZipFile(opened) as archive:
                members = _members(archive, file)
                total = _checked_total(members, folder, file)
                for member in members:
                    _take_out(archive, member, folder, file, lambda done: progress(done, total))
        # A flag that zipfile can't read is a NotImplementedError, a locked member a RuntimeError.
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise _damaged(file, str(error)) from error
    return members


def _open(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise LibraryError(
            f"{file} can't be read ({error.strerror}): name a file that `wenjin pack` made.",
            f"无法读取 {file}（{error.strerror}）：请给出由 `wenjin pack` 生成的文件。",
        ) from error


def _checked_total(members: Sequence[Member], folder: Path, file: Path) -> int:
    """How many bytes there are, if the disk has room for them."""
    total = sum(member.size for member in members)
    if total > shutil.disk_usage(folder).free:
        raise LibraryError(
            f"{file} needs {total:,} bytes, more than the disk has left: make room.",
            f"{file} 需要 {total:,} 字节，磁盘空间不足：请先腾出空间。",
        )
    return total


def _members(archive: zipfile.ZipFile, file: Path) -> tuple[Member, ...]:
    """What the manifest names, which is all that there is."""
    entries = {info.filename: info for info in archive.infolist()}
    if _MANIFEST not in entries or entries[_MANIFEST].file_size > _MANIFEST_BYTES:
        raise _damaged(file, "no manifest")
    members = _read_manifest(archive.read(_MANIFEST), file)
    names = [member.name for member in members]
    if FILE_NAME not in names:
        raise _damaged(file, "no library")
    if sorted([*names, _MANIFEST]) != sorted(info.filename for info in archive.infolist()):
        raise _damaged(file, "other members than its manifest names")
    for member in members:
        info = entries[member.name]
        mode = info.external_attr >> 16
        if not _may_be(member.name) or (stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
            raise _damaged(file, f"a member {member.name!r}")
        if info.file_size != member.size:
            raise _damaged(file, f"{member.name} of another size")
    return members


def _read_manifest(content: bytes, file: Path) -> tuple[Member, ...]:
    try:
        manifest: dict[str, Any] = json.loads(content)
        version = int(manifest["format"])
        if version > FORMAT:
            raise LibraryError(
                f"{file} was packed by a newer version of Wenjin: update Wenjin.",
                f"{file} 由更新版本的问津打包：请升级问津。",
            )
        return tuple(
            Member(str(one["name"]), int(one["size"]), str(one["sha256"]))
            for one in manifest["members"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(file, f"its manifest can't be read: {error}") from error


def _may_be(name: str) -> bool:
    """Whether a pack may hold such a file: one of the library, or one in the folder of a model."""
    parts = name.split("/")
    inside = len(parts) > 2 and parts[0] == MODELS
    return (inside or name in _TOP) and all(map(_PART.fullmatch, parts))


def _take_out(
    archive: zipfile.ZipFile,
    member: Member,
    folder: Path,
    file: Path,
    progress: Callable[[int], None],
) -> None:
    """Write a member to ``folder``; zipfile never gives more than the size that was told."""
    path = folder / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member.name) as reading, path.open("xb") as writing:
        size, digest = _copy(reading, writing, progress)
        writing.flush()
        os.fsync(writing.fileno())
    if (size, digest) != (member.size, member.sha256):
        raise _damaged(file, f"{member.name} was altered")


def _damaged(file: Path, reason: str) -> LibraryError:
    return LibraryError(
        f"{file} isn't a whole pack of Wenjin's ({reason}): copy it anew, or pack it again.",
        f"{file} 不是完整的问津打包文件（{reason}）：请重新复制，或重新打包。",
    )
