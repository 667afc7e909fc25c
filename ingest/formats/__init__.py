"""What Wenjin can read: a module for each family of formats, found by name and imported on use.

A reader is a function ``read(file, options) -> Reading`` in a module of this package, which raises
ReadError for what it can't read. A reader of large files also has ``parts(file, options)``, the
pieces that may be read one by one in other processes, and ``read_part(file, part, options)``. What
that gives is a Reading, unless the module has ``join(file, results, options) -> Reading`` too, for
articles that reach over several parts. What holds a single file, packed, has
``unpack(file, folder) -> File | None`` for one that is better read in parts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from ingest.errors import ReadError
from ingest.types import Article, Jump, Reading

_MB = 2**20


@dataclass(frozen=True, slots=True)
class File:
    """A file on disk, a member of an archive, or what came in on standard input.

    ``name`` is what people see, and ``Article.path``; a member's is ``archive.zip/member.txt``.
    """

    name: str
    path: Path | None = None
    content: bytes = b""

    @property
    def data(self) -> bytes:
        """All bytes, read from the disk at every call. May raise OSError."""
        return self.path.read_bytes() if self.path else self.content

    def head(self, size: int = 8192) -> bytes:
        """The first bytes. May raise OSError."""
        with self.open() as stream:
            return stream.read(size)

    def open(self) -> BinaryIO:
        """A stream of all bytes that can be sought in. May raise OSError."""
        return self.path.open("rb") if self.path else io.BytesIO(self.content)

    @property
    def size(self) -> int:
        """How many bytes there are. May raise OSError."""
        return self.path.stat().st_size if self.path else len(self.content)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file: pages, bytes or members from ``start`` to before ``stop``."""

    start: int
    stop: int
    before: int = 0  # rows of the file that stand before it


@dataclass(frozen=True, slots=True)
class Options:
    """How files are to be read.

    ``columns`` says which column of a table holds which field of an article, ``{"title": "标题"}``
    (fields: title, text, authors, published, source, page, id);
    ``encoding`` is that of text files, None to find it out; without ``ocr`` scans are left alone.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    ocr: bool = True


def concatenate(readings: Iterable[Reading]) -> Reading:
    """The readings of several pieces as one, in order."""
    articles: list[Article] = []
    problems: list[ReadError] = []
    jumps: list[Jump] = []
    for reading in readings:
        jumps += (replace(jump, position=jump.position + len(articles)) for jump in reading.jumps)
        articles += reading.articles
        problems += reading.problems
    return Reading(tuple(articles), tuple(problems), tuple(jumps))


class Reader(Protocol):
    """The module of a format."""

    def read(self, file: File, options: Options) -> Reading:
        """All that the file gives. Raises ReadError."""


class PartReader(Reader, Protocol):
    """The module of a format whose files may be large."""

    def parts(self, file: File, options: Options) -> Sequence[Part]:
        """The pieces, in order, that cover the file. Raises ReadError."""

    def read_part(self, file: File, part: Part, options: Options) -> Any:
        """What a piece gives: a Reading, or something that ``join`` takes. Raises ReadError."""


class Unpacker(Reader, Protocol):
    """The module of a format that may hold a single large file."""

    def unpack(self, file: File, folder: Path) -> File | None:
        """That file, put into ``folder``; None if that gains nothing. Raises ReadError."""


class Joiner(PartReader, Protocol):
    """The module of a format whose articles may reach over several parts."""

    def join(self, file: File, results: Sequence[Any], options: Options) -> Reading:
        """The reading that the results, in the order of the parts, make together."""


@dataclass(frozen=True, slots=True)
class Format:
    """A family of formats: its module here, its files' suffixes, and the most bytes it takes."""

    module: str
    suffixes: tuple[str, ...]
    largest: int

    def reader(self) -> Reader:
        """The module, imported on first use."""
        return cast("Reader", import_module(f"ingest.formats.{self.module}"))


FORMATS = {
    "text": Format(
        "text", (".txt", ".text", ".md", ".markdown", ".utf8", ".gbk", ".big5"), 64 * _MB
    ),
    "html": Format("html", (".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht"), 64 * _MB),
    "pdf": Format("pdf", (".pdf",), 512 * _MB),
    "image": Format("image", (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"), 64 * _MB),
    "office": Format(
        "office",
        (
            ".docx",
            ".doc",
            ".odt",
            ".rtf",
            ".pptx",
            ".ppt",
            ".odp",
            ".xlsx",
            ".xls",
            ".ods",
            ".epub",
        ),
        256 * _MB,
    ),
    "mail": Format("mail", (".eml",), 64 * _MB),
    "table": Format("table", (".csv", ".tsv", ".tab"), 4096 * _MB),
    "records": Format("records", (".jsonl", ".ndjson", ".json"), 4096 * _MB),
    "xml": Format("xml", (".xml", ".rss", ".atom"), 64 * _MB),
    "archive": Format("archive", (".zip", ".gz", ".tgz", ".tar"), 1024 * _MB),
}
# The name of the format that each suffix stands for.
SUFFIXES = {suffix: name for name, one in FORMATS.items() for suffix in one.suffixes}
