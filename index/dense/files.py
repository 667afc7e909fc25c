"""The file of the inverted lists, mapped when it is opened, and the manifest that tells of it.

A file never changes, and has a name of its own; the manifest, replaced in one go, tells which one
is in use. So another process may write the next while this one is searched. FAISS is only given a
file whose size is right and whose head, all but the lists themselves, is as it was written: what
else is damaged can lose candidates, but neither stop the process nor make a wrong score.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.durable import sync_folder, write_synced
from ingest.errors import LibraryError

_MANIFEST = "ivf-1.json"  # the number rises with what the files mean
_NUMBER = 8  # bytes of a passage's number beside its code


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a file: the state of which source it holds, how many passages there were
    when its centroids were learned, its ``name`` and bytes, how many of these are its ``head``, and
    the SHA-256 of both.
    """

    stamp: str
    sequence: int
    dimension: int
    trained: int
    name: str
    size: int
    head: int
    head_digest: str
    digest: str


def read_manifest(folder: Path) -> Manifest | None:
    """What the manifest in ``folder`` says; None if there is none, or a damaged one."""
    try:
        digest, _, body = (folder / _MANIFEST).read_text("utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    return Manifest(**json.loads(body)) if digest == _digest(body.encode()) else None


def open_file(
    folder: Path, stamp: str, dimension: int, sequences: range
) -> tuple[Manifest, Any] | None:
    """The file in use with its lists, mapped, if it can be used and is of this ``stamp``, and of a
    state among ``sequences``.
    """
    tried = None
    while (manifest := read_manifest(folder)) and manifest != tried:
        if (manifest.stamp, manifest.dimension) != (stamp, dimension):
            return None
        if manifest.sequence not in sequences:
            return None
        if lists := _mapped(folder, manifest):
            return manifest, lists
        tried = manifest  # unless it has just been replaced, it is damaged
    return None


def write_file(
    folder: Path, lists: Any, *, stamp: str, sequence: int, trained: int
) -> tuple[Manifest, Any]:
    """Write ``lists`` as the file in use, remove what else is in ``folder``, and open it.

    Raises LibraryError.
    """
    import faiss

    content = np.asarray(faiss.serialize_index(lists)).data
    head = len(content) - lists.ntotal * (lists.code_size + _NUMBER)
    manifest = Manifest(
        stamp=stamp,
        sequence=sequence,
        dimension=lists.d,
        trained=trained,
        name=f"{sequence}-{secrets.token_hex(4)}.ivf",
        size=len(content),
        head=head,
        head_digest=_digest(content[:head]),
        digest=_digest(content),
    )
    body = json.dumps(asdict(manifest))
    with _clear_errors(folder):
        folder.mkdir(exist_ok=True)
        remove_files(folder, keep=read_manifest(folder))
        write_synced(folder / manifest.name, [content])
        new = folder / f"{_MANIFEST}.new"
        write_synced(new, [f"{_digest(body.encode())}\n{body}".encode()])
        new.replace(folder / _MANIFEST)
        sync_folder(folder)
        remove_files(folder, keep=manifest)
    if mapped := _mapped(folder, manifest):
        return manifest, mapped
    raise _unusable(folder, "it isn't what was written", "内容与写入的不同")


def remove_files(folder: Path, *, keep: Manifest | None) -> None:
    """Remove all but the manifest and the file that ``keep`` tells of: also what a writer left that
    was killed. Raises LibraryError.
    """
    kept = (keep.name, _MANIFEST) if keep else ()
    with _clear_errors(folder):
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name not in kept and path.is_file():
                path.unlink(missing_ok=True)


def damage(folder: Path) -> list[str]:
    """What is wrong with the files, every byte of them read."""
    manifest = read_manifest(folder)
    if manifest is None:
        there = (folder / _MANIFEST).exists()
        return [f"{folder.name}/{_MANIFEST} is damaged"] if there else []
    try:
        with (folder / manifest.name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return [f"{folder.name}/{manifest.name} can't be read ({error.strerror})"]
    whole = digest == manifest.digest
    return [] if whole else [f"{folder.name}/{manifest.name} is damaged"]


def _mapped(folder: Path, manifest: Manifest) -> Any:
    """The lists of a file; None if it can't be used."""
    import faiss

    path = folder / manifest.name
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            if (size, _digest(file.read(manifest.head))) != (manifest.size, manifest.head_digest):
                return None
        lists: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    except (OSError, RuntimeError):  # FAISS raises the latter when it can't read or map a file
        return None
    inverted: Any = faiss.downcast_InvertedLists(lists.invlists)
    inverted.prefetch_nthread = 0  # else each search starts 32 threads
    return lists


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _clear_errors(folder: Path) -> Iterator[None]:
    """Say in one line what the system failed at. Raises LibraryError."""
    try:
        yield
    except OSError as error:
        raise _unusable(folder, str(error.strerror), str(error.strerror)) from error


def _unusable(folder: Path, english: str, chinese: str) -> LibraryError:
    return LibraryError(
        f"The library's vectors can't be written in {folder} ({english}): check the disk's space "
        "and permissions, or delete that folder to have it made anew.",
        f"文库的向量索引无法写入 {folder}（{chinese}）：请检查磁盘空间和权限，"
        "或删除该文件夹以重新生成。",
    )
