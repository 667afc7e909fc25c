"""What a passage is scored by: a record of numbers, so that many are counted at once.

A record is, in little-endian numbers: how many words, n-grams and code units it has, 4 bytes each;
its words as hashes, 4 bytes each; its normalised text in UTF-16, 2 bytes a code unit, and one or
two units of 0 after it, which fill the last 4 bytes; and the CRC-32 of all this.

Two words with the same hash would be counted as one: of the words of a hundred passages, one in
some 100,000 questions meets such a pair, and then a passage's score is that of another text.
"""

from __future__ import annotations

import os
import struct
import weakref
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from index.types import IntArray

RECORDS = "*.records"  # how the files are called
_HEAD = 12  # bytes
_SUM = 4
_WHOLE = 0x2144DF1C  # the CRC-32 of whatever has its own after it
_WORD = np.dtype("<u4")
_UNIT = np.dtype("<u2")

HashArray = npt.NDArray[np.uint32]
UnitArray = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The records of n passages, taken apart.

    ``words`` are the hashes of all their words, and those of each begin at ``word_starts`` (n,).
    ``units`` are the code units of all their texts, each with a 0 after it, and ``unit_starts``
    (n,) where each begins. ``lengths`` (n,) tell of each unit of terms how many a passage has.
    """

    words: HashArray
    word_starts: IntArray
    units: UnitArray
    unit_starts: IntArray
    lengths: dict[str, IntArray]


def record_of(text: str, words: Sequence[str], ngrams: int) -> bytes:
    """The record of a normalised text with its ``words``, in which ``ngrams`` n-grams stand."""
    units = text.encode("utf-16-le")
    count = len(units) // _UNIT.itemsize
    head = np.array([len(words), ngrams, count], _WORD).tobytes()
    body = b"".join((head, hashes(words).tobytes(), units, bytes(4 - 2 * (count % 2))))
    return body + zlib.crc32(body).to_bytes(_SUM, "little")


def hashes(words: Iterable[str]) -> HashArray:
    """The hash of each word: the CRC-32 of its UTF-8, as words of one or two characters then
    hardly ever have the same.
    """
    return np.fromiter(map(zlib.crc32, map(str.encode, words)), _WORD)


def lengths_of(record: bytes) -> tuple[int, int]:
    """How many words and how many n-grams it has."""
    words, ngrams, _ = _head(record)
    return words, ngrams


def text_of(record: bytes) -> str:
    """The normalised text of a record."""
    words, _, units = _head(record)
    start = _HEAD + _WORD.itemsize * words
    return record[start : start + _UNIT.itemsize * units].decode("utf-16-le")


def take_apart(records: Sequence[bytes]) -> Records:
    """Those of n passages, in their order."""
    heads = np.frombuffer(b"".join([record[:_HEAD] for record in records]), _WORD)
    words, ngrams, units = heads.reshape(-1, 3).T.astype(np.int64)
    ends = (_HEAD + _WORD.itemsize * words).tolist()
    cut = list(zip(records, ends, strict=True))
    filled = units + 2 - units % 2
    return Records(
        words=np.frombuffer(b"".join([record[_HEAD:end] for record, end in cut]), _WORD),
        word_starts=np.cumsum(words) - words,
        units=np.frombuffer(b"".join([record[end:-_SUM] for record, end in cut]), _UNIT),
        unit_starts=np.cumsum(filled) - filled,
        lengths={"words": words, "ngrams": ngrams},
    )


class RecordFile:
    """Records one after another, in a file or in memory, as they were when it was opened."""

    def __init__(self, file: IO[bytes], rest: IO[bytes] | None = None, *, begin: int = 0) -> None:
        """Of an open file; if there is another for the ``rest``, it has those that ``begin`` there
        or later.
        """
        self._file = file
        self._rest = rest
        self._begin = begin

    def read(self, spans: Iterable[tuple[int, int]]) -> list[bytes]:
        """The records at these places and of these sizes. Raises OSError, and ValueError if one is
        damaged.

        The file isn't mapped: each record that is touched would add its neighbours to the memory
        in use.
        """
        records = []
        for place, size in spans:
            file = self._rest if self._rest and place >= self._begin else self._file
            file.seek(place)
            record = file.read(size)
            if zlib.crc32(record) != _WHOLE or len(record) != size:
                raise ValueError("a record is damaged")
            records.append(record)
        return records


class RecordFiles:
    """Where records are: files in a folder, or in memory. Every method may raise OSError.

    A file that is a link to one of another folder isn't written: what is added to it goes, at the
    same places, to a second file, which has nothing before that.
    """

    def __init__(self, folder: Path | None) -> None:
        """Those in ``folder``, or new ones in memory."""
        self._folder = folder
        self._in_memory: dict[str, BytesIO] = {}
        self._begins: dict[str, int] = {}  # of which links there is a second file, and from where

    def open(self, name: str, size: int) -> RecordFile:
        """To read from the first ``size`` bytes. Raises ValueError if there are fewer."""
        if self._folder is None:
            return RecordFile(self._in_memory[name])
        paths = [self._folder / name]
        if name in self._begins:
            paths.append(_rest(paths[0]))
        files = [path.open("rb", buffering=0) for path in paths]
        records = RecordFile(*files, begin=self._begins.get(name, 0))
        for file in files:
            weakref.finalize(records, file.close)
        if os.fstat(files[-1].fileno()).st_size < size:
            raise ValueError(f"{name} is cut short")
        return records

    @contextmanager
    def append(self, name: str, size: int) -> Iterator[IO[bytes]]:
        """To write after the first ``size`` bytes: what a killed process has left there is lost. In
        the end all is on the disk.
        """
        if self._folder is None:
            memory = self._in_memory.setdefault(name, BytesIO())
            memory.seek(size)
            memory.truncate()
            yield memory
            return
        path, begin = self._folder / name, 0
        if path.is_symlink():
            path, begin = _rest(path), self._begins.setdefault(name, size)
        with path.open("r+b" if size > begin else "wb") as file:
            file.seek(size)
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())

    def keep(self, names: Collection[str]) -> None:
        """Remove all others; who has one open can go on reading it."""
        for name in [name for name in self._in_memory if name not in names]:
            del self._in_memory[name]
        for path in self._folder.glob(RECORDS) if self._folder else ():
            if path.name not in names:
                path.unlink(missing_ok=True)


def _rest(link: Path) -> Path:
    return link.with_suffix(".rest")


def places(path: Path, size: int) -> tuple[IntArray, IntArray]:
    """Where the records in the first ``size`` bytes of a file begin (n,), and their sizes (n,), all
    of them read. Raises OSError, and ValueError if one is damaged.
    """
    sizes = []
    with path.open("rb") as file:
        left = size
        while left:
            head = file.read(_HEAD)
            if len(head) < _HEAD:
                raise ValueError("the records are cut short")
            words, _, units = _head(head)
            rest = _WORD.itemsize * words + _UNIT.itemsize * (units + 2 - units % 2) + _SUM
            left -= _HEAD + rest
            if left < 0 or zlib.crc32(file.read(rest), zlib.crc32(head)) != _WHOLE:
                raise ValueError("a record is damaged")
            sizes.append(_HEAD + rest)
    each = np.array(sizes, np.int64)
    return np.cumsum(each) - each, each


def _head(record: bytes) -> tuple[int, int, int]:
    words, ngrams, units = struct.unpack_from("<3I", record)
    return words, ngrams, units
