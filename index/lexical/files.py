"""Tantivy's files: how they are laid out, opened and checked, and what its errors mean."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.lexical.asked import UNITS
from ingest.errors import LibraryError

META = "meta.json"
_FOOTER_MAGIC = 1337  # the last four bytes of a file; before them, the length of its footer
_CHUNK = 1 << 22  # bytes that are read at a time
_CHECKED = 100_000_000  # bytes that it takes no time to check


def schema() -> Any:
    """What is kept of each passage, and what tells of all of them.

    Chinese n-grams are cut by tantivy, out of runs of characters. Other terms are the same in both
    units, and found as words. A passage's record is elsewhere, at its place there.
    """
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("contents", stored=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("ngrams", tokenizer_name="han", index_option="freq")
    builder.add_integer_field("number", indexed=True, fast=True)
    for name in ("place", "size", *(f"{unit}_length" for unit in UNITS)):
        builder.add_integer_field(name, fast=True)
    return builder.build()


def create(folder: Path | None) -> Any:
    """A new tantivy index in ``folder``, or in memory. Raises LibraryError."""
    import tantivy

    with clear_errors():
        if folder is None:
            return _prepared(tantivy.Index(schema()))
        folder.mkdir()
        return _prepared(tantivy.Index(schema(), str(folder)))


def open_index(folder: Path) -> Any:
    """The tantivy index in ``folder``, in which nothing is changed; a small one is checked.

    Raises LibraryError if there is none that can be used.
    """
    import tantivy

    with clear_errors():
        opened = _prepared(tantivy.Index.open(str(folder)))
        if is_small(folder):
            for problem in damage(folder):
                raise ValueError(problem)
        return opened


def is_small(folder: Path) -> bool:
    """Whether it takes no time to check all that is in it. Raises LibraryError."""
    with clear_errors():
        return sum(path.stat().st_size for path in folder.iterdir()) < _CHECKED


def version_of(folder: Path) -> bytes | None:
    """What changes with every write; empty if nothing is there, and None before `share`."""
    try:
        return (folder / META).read_bytes()
    except PermissionError:
        return None
    except OSError:
        return b""


def share(folder: Path, like: str) -> None:
    """Let whoever may read the file ``like`` in ``folder`` read what has been written: tantivy
    writes its list of files for its own user alone. Raises OSError.
    """
    shutil.copymode(folder / like, folder / META)


def files_of(meta: bytes) -> list[str]:
    """The names of the files that an index consists of, besides its records, by its list of them.
    Raises what taking that apart does.
    """
    names = []
    for segment in json.loads(meta)["segments"]:
        name = segment["segment_id"].replace("-", "")
        kinds = ["fast", "fieldnorm", "idx", "pos", "store", "term"]
        if segment["deletes"]:
            kinds.append(f"{segment['deletes']['opstamp']}.del")
        names += [f"{name}.{kind}" for kind in kinds]
    return names


def damage(folder: Path) -> list[str]:
    """Which files of an index are missing or aren't as they were written, every byte of them read.

    Each ends with the CRC-32 of what stands before it (tantivy's `directory::footer`).
    """
    try:
        files = [folder / name for name in files_of((folder / META).read_bytes())]
    except (OSError, ValueError, LookupError, TypeError) as error:
        return [f"{folder.name}/{META} can't be read ({error})"]
    return [f"{folder.name}/{path.name} is damaged" for path in files if not _is_whole(path)]


@contextmanager
def clear_errors() -> Iterator[None]:
    """Tantivy raises ValueError for whatever it can't read or write, and panics, as pyo3 calls it,
    over some damaged files. Raises LibraryError.
    """
    try:
        yield
    except BaseException as error:
        # The class of a panic can't be imported, and is no Exception.
        # A lookup fails where a document lacks what all have.
        known = isinstance(error, OSError | ValueError | LookupError)
        if not known and type(error).__name__ != "PanicException":
            raise
        reason = str(error).split("\n")[0]
        raise LibraryError(
            f"The library's terms can't be used ({reason}): check the disk's space and "
            "permissions, or delete the folder `lexical` in the library to have it made anew.",
            f"文库的词语索引无法使用（{reason}）：请检查磁盘空间和权限，"
            "或删除文库中的 `lexical` 文件夹以重新生成。",
        ) from error


def _prepared(index: Any) -> Any:
    import tantivy

    ngrams = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(1, 2))
    index.register_tokenizer("han", ngrams.build())
    index.config_reader("manual")  # else a thread watches the files
    return index


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 8))
            last = file.read(8)
            length = int.from_bytes(last[:4], "little")
            if int.from_bytes(last[4:], "little") != _FOOTER_MAGIC or length + 8 > size:
                return False
            file.seek(size - 8 - length)
            wanted = json.loads(file.read(length))["crc"]
            file.seek(0)
            left, found = size - 8 - length, 0
            while left and (chunk := file.read(min(left, _CHUNK))):
                found = zlib.crc32(chunk, found)
                left -= len(chunk)
            return bool(left == 0 and found == wanted)
    except (OSError, ValueError, LookupError, TypeError):
        return False
