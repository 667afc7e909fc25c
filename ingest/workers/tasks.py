"""What is done with a file, or with a part of a large one, each in a worker that may die of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, cast

from ingest.formats import FORMATS, File, Format, Joiner, Options, Part, PartReader, Unpacker
from ingest.read import checked, clear_errors, open_file, read, shown_name, too_large
from ingest.types import Reading

READERS = 1  # raise it when readers give something else for the same bytes
MOST = 4_000_000  # characters of a reading of which all is made in one call: that takes seconds
_LARGEST = max(one.largest for one in FORMATS.values())
_WITH_PICTURES = frozenset({"archive", "image", "mail", "office", "pdf"})

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading a file, or a part of a large one, may take: seconds (more where pictures may be
    read); and the bytes of memory that all that are read at once may take together.
    """

    seconds: float = 120.0
    ocr_seconds: float = 360.0
    memory: int = 1600 * 2**20


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: the key that it is known by, and where it is or what it holds."""

    key: str
    file: File | Path

    @property
    def name(self) -> str:
        """What people call it, as `open_file` does."""
        if isinstance(self.file, File):
            return self.file.name
        return shown_name(self.file)

    @property
    def size(self) -> int:
        """Its bytes; 0 if that can't be told, and reading it will say why."""
        with suppress(OSError):
            return self.file.size if isinstance(self.file, File) else self.file.stat().st_size
        return 0


def source_of(path: Path) -> Source:
    """The file there, known by its absolute path."""
    return Source(printable(Path(os.path.abspath(path))), path)  # noqa: PTH100  # takes out ".."


def printable(path: Path) -> str:
    """The path as text that no other path has: names of files may be no UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Whole(Generic[_T]):
    """What a file gave, and what was made of it; None of what is more than ``MOST``."""

    digest: str
    reading: Reading
    made: _T | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is read: what it is, or the only one in it, ``unpacked``; of how many bytes and
    which format; and the parts that it is read in, none if at once.
    """

    file: File
    size: int
    format: Format
    parts: Sequence[Part]
    joined: bool
    unpacked: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """A file that is to be read in parts."""

    digest: str
    plan: Plan

    def close(self) -> None:
        """Remove what was unpacked of it."""
        if self.plan.unpacked and self.plan.file.path:
            self.plan.file.path.unlink(missing_ok=True)


class Call(Protocol):
    """Calls a function in a worker; see `Pool.submit`."""

    def __call__(
        self, function: Callable[..., _T], *arguments: Any, name: str, seconds: float
    ) -> _T:
        """What the function gives. Raises ReadError."""


@dataclass(frozen=True, slots=True)
class Job(Generic[_T]):
    """How files are to be read, and the folder where they are unpacked. Its methods run in threads,
    and each has a worker for itself.
    """

    make: Callable[[Reading], _T]
    options: Options
    is_known: Callable[[str, str], bool]
    limits: Limits
    scratch: Path

    def begin(self, call: Call, source: Source) -> Whole[_T] | Parts | None:
        """What a small file gives, or how a large one is read, to be closed in the end; None for
        one that is known. Raises ReadError.
        """
        file = source.file if isinstance(source.file, File) else open_file(source.file)
        digest = digest_of(file, self.options)
        if self.is_known(source.key, digest):
            return None
        arguments: tuple[Any, ...] = (file, self.options, self.scratch)
        plan = call(_plan, *arguments, name=file.name, seconds=self.limits.seconds)
        found = Parts(digest, plan)
        if len(plan.parts) > 1:
            return found
        with closing(found):
            arguments = (plan.file, self.options, self.make)
            made = call(_read, *arguments, name=file.name, seconds=self._seconds(plan))
        return Whole(digest, *made)

    def part(self, call: Call, of: Plan, part: Part) -> Any:
        """A reading and what is made of it, as in a `Whole`, or what `join` takes. Raises
        ReadError.
        """
        make = None if of.joined else self.make
        arguments = (of.file, of.format, part, self.options, make)
        return call(_read_part, *arguments, name=of.file.name, seconds=self._seconds(of))

    def join(self, call: Call, of: Plan, results: Sequence[Any]) -> tuple[Reading, _T | None]:
        """The reading of the whole file, and what is made of it, as in a `Whole`. Raises
        ReadError.
        """
        arguments = (of.file, of.format, results, self.options, self.make)
        return call(_join, *arguments, name=of.file.name, seconds=self._seconds(of))

    def some(self, call: Call, name: str, reading: Reading) -> _T:
        """What is made of a piece of the reading of the file ``name``. Raises ReadError."""
        return call(self.make, reading, name=name, seconds=self.limits.seconds)

    def _seconds(self, plan: Plan) -> float:
        pictures = self.options.ocr and plan.format.module in _WITH_PICTURES
        return self.limits.ocr_seconds if pictures else self.limits.seconds


def digest_of(file: File, options: Options) -> str:
    """32 hexadecimal digits of BLAKE2b of the file's bytes, and of what else decides what is read.

    Raises ReadError.
    """
    from ingest.printed.ocr import is_available

    ocr = options.ocr and is_available()
    said = repr((READERS, sorted(options.columns.items()), options.encoding, ocr))
    digest = hashlib.blake2b(said.encode(), digest_size=16)
    if file.path is None:
        digest.update(file.content)
        return digest.hexdigest()
    with clear_errors(file.name):
        if file.size > _LARGEST:
            raise too_large(file.name, _LARGEST)
        with file.path.open("rb") as stream:
            return hashlib.file_digest(stream, lambda: digest).hexdigest()


# --- in the worker --------------------------------------------------------------------------------


def _plan(file: File, options: Options, scratch: Path) -> Plan:
    with clear_errors(file.name):
        found = checked(file)
        reader = found.reader()
        if hasattr(reader, "unpack") and (only := cast("Unpacker", reader).unpack(file, scratch)):
            return replace(_plan(only, options, scratch), unpacked=True)
        parts = reader.parts(file, options) if hasattr(reader, "parts") else ()
        return Plan(file, file.size, found, parts, hasattr(reader, "join"))


def _read(file: File, options: Options, make: Callable[[Reading], _T]) -> tuple[Reading, _T | None]:
    return _made(read(file, options), make)


def _read_part(
    file: File,
    found: Format,
    part: Part,
    options: Options,
    make: Callable[[Reading], Any] | None,
) -> Any:
    with clear_errors(file.name):
        result = cast("PartReader", found.reader()).read_part(file, part, options)
    return _made(result, make) if make else result


def _join(
    file: File,
    found: Format,
    results: Sequence[Any],
    options: Options,
    make: Callable[[Reading], _T],
) -> tuple[Reading, _T | None]:
    with clear_errors(file.name):
        reading = cast("Joiner", found.reader()).join(file, results, options)
    return _made(reading, make)


def _made(reading: Reading, make: Callable[[Reading], _T]) -> tuple[Reading, _T | None]:
    """The reading, and what is made of it unless that would take long. One with jumps, a
    newspaper's, stays in one piece.
    """
    size = sum(len(article.text) for article in reading.articles)
    return reading, make(reading) if size <= MOST or reading.jumps else None
