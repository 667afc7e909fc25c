"""The catalogue's file: from it a big one opens at once.

Its first four bytes are the checksum of all that follow, which are arrays as `numpy.savez` writes
them: names and the file's own facts stand among these as JSON.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.catalogue.catalogue import Catalogue, Columns, catalogue_of
from index.catalogue.names import Names, NameTable
from index.catalogue.ragged import Ragged
from index.durable import write_synced
from ingest.errors import LibraryError

_CHECKSUM = 4  # bytes
_RAGGED = ("authors", "sources", "passages")


def write_catalogue(path: Path, stamp: str, catalogue: Catalogue) -> None:
    """Write it, as of the library with this ``stamp``, in place of the one before.

    Whatever stops it, the one before or the new one is there. Raises LibraryError.
    """
    columns = catalogue.columns
    facts: dict[str, Any] = {"stamp": stamp, "sequence": catalogue.sequence}
    arrays: dict[str, npt.NDArray[Any]] = {
        "numbers": columns.numbers,
        "originals": columns.originals,
        "published": columns.published.astype(np.int64),
    }
    for name in _RAGGED:
        column = getattr(columns, name)
        arrays |= {f"{name}_counts": column.counts, f"{name}_values": column.values}
    for name, names in (("authors", catalogue.authors), ("sources", catalogue.sources)):
        facts[name], arrays[f"{name}_values"] = _used(names)
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    _write(path, buffer.getbuffer())


def read_catalogue(path: Path, stamp: str) -> Catalogue | None:
    """The catalogue in this file; None if there is no file, or one of another ``stamp``.

    Raises LibraryError if it is damaged or can't be read.
    """
    try:
        content = memoryview(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error.strerror, error.strerror) from error
    checksum, rest = content[:_CHECKSUM], content[_CHECKSUM:]
    if checksum != _checksum(rest):
        raise _unusable(path, "its content isn't what was written", "其内容已损坏")
    with np.load(io.BytesIO(rest), allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].tobytes())
        if facts["stamp"] != stamp:
            return None
        return catalogue_of(
            facts["sequence"],
            _columns(arrays),
            NameTable(*facts["authors"]),
            NameTable(*facts["sources"]),
        )


def _columns(arrays: Mapping[str, npt.NDArray[Any]]) -> Columns:
    ragged = (Ragged(arrays[f"{name}_counts"], arrays[f"{name}_values"]) for name in _RAGGED)
    published = arrays["published"].astype("datetime64[D]")
    return Columns(arrays["numbers"], arrays["originals"], published, *ragged)


def _used(names: Names) -> tuple[tuple[list[str], list[str | None]], npt.NDArray[np.int32]]:
    """What `NameTable` is made of, of the names that articles have; and their numbers among these
    (n,).
    """
    used = np.flatnonzero(names.tallies)
    numbers = np.zeros(len(names.tallies), np.int32)
    numbers[used] = np.arange(len(used))
    table = names.table
    those = [(table.names[one], table.forms[one]) for one in used.tolist()]
    forms = [None if form == name else form for name, form in those]
    return ([name for name, _ in those], forms), numbers[names.column.values]


def _write(path: Path, content: memoryview) -> None:
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(exist_ok=True)
        write_synced(beside, [_checksum(content), content])
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unusable(path, error.strerror, error.strerror) from error


def _checksum(content: memoryview) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECKSUM, "little")


def _unusable(path: Path, english: str | None, chinese: str | None) -> LibraryError:
    return LibraryError(
        f"The file {path} can't be used ({english}): check the disk and permissions.",
        f"文件 {path} 无法使用（{chinese}）：请检查磁盘和权限。",
    )
