"""Cuts large files of rows into pieces that begin and end with whole rows."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import replace

from ingest.errors import FileTooLarge
from ingest.formats import File, Part

PIECE = 2**19  # bytes: what is made of them then comes often, and takes little memory
LONGEST_ROW = 64 * 2**20  # bytes
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def cut(file: File, find_end: Callable[[bytes], tuple[int, int]], size: int = PIECE) -> list[Part]:
    """The pieces, of about ``size`` bytes, that the rows of a file make.

    ``find_end`` is given bytes that begin with a row, and says after how many of them the last
    whole row ends, and how many rows these are. Text whose line ends aren't single bytes stays in
    one piece. Raises FileTooLarge for a row that is. May raise OSError.
    """
    if _is_wide(file.head(64)):
        if file.size > LONGEST_ROW:
            raise _too_long(file.name)
        return [Part(0, file.size)]
    parts = []
    start = rows = 0
    block = b""
    with file.open() as stream:
        while data := stream.read(size):
            block += data
            end, count = find_end(block)
            if end:
                parts.append(Part(start, start + end, rows))
                start, rows, block = start + end, rows + count, block[end:]
            elif len(block) > LONGEST_ROW:
                raise _too_long(file.name)
    if parts:  # the last row need not end as the others do
        parts[-1] = replace(parts[-1], stop=start + len(block))
        return parts
    return [Part(0, len(block))]


def end_of_lines(block: bytes) -> tuple[int, int]:
    """Where the last whole line ends, and how many there are, for `cut`."""
    return block.rfind(b"\n") + 1, block.count(b"\n")


def read_piece(file: File, part: Part) -> bytes:
    """The bytes of a piece. May raise OSError."""
    with file.open() as stream:
        stream.seek(part.start)
        return stream.read(part.stop - part.start)


def _is_wide(head: bytes) -> bool:
    """Whether the text is UTF-16 or UTF-32, by its mark or by the zeros of Western letters."""
    return head.startswith(_WIDE_MARKS) or b"\0" in head


def _too_long(name: str) -> FileTooLarge:
    limit = LONGEST_ROW // 2**20
    return FileTooLarge(
        f"{name} has a row of more than {limit} MB; check its quotes and line ends, or save it as "
        "UTF-8",
        f"{name} 中有超过 {limit} MB 的行；请检查引号和换行，或另存为 UTF-8",
    )
