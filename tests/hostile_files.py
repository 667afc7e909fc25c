"""A folder of files that mean harm, with good ones between them."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from documents import docx, word_paragraph
from pdf_writer import Text, make_pdf

MB = 2**20
ESCAPE = "出逃"  # stands in the names of files that an archive would write elsewhere
_LINE = "河水流过石桥，桥上有人。"
_CHUNK = bytes(MB)
_ENTITIES = (
    '<!DOCTYPE a [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def write_hostile(folder: Path, size: int) -> int:
    """Write them there, the largest of ``size`` bytes; give how many good ones there are.

    Their names begin with numbers, so that they are read in this order, a good one after each.
    """
    folder.mkdir()
    for number, (name, write) in enumerate(_writers(size).items()):
        write(folder / f"{number:02}-{name}")
        good = f"第{number}座石桥\n\n　　村里的第{number}座石桥今年修好了，花了{number + 3}万元。\n"
        (folder / f"{number:02}-好.txt").write_text(good, encoding="utf-8")
    return number + 1


def _writers(size: int) -> dict[str, Callable[[Path], object]]:
    return {
        "dense.zip": lambda path: _zip_of_zeros(path, "a.txt", size),
        "nested.zip": lambda path: path.write_bytes(_nested_zips(size // 64)),
        "overlap.zip": lambda path: path.write_bytes(_overlapping_zip()),
        "names.zip": lambda path: path.write_bytes(_zip_with_odd_names()),
        "entities.xml": lambda path: path.write_text(f"{_ENTITIES}<a>&i;</a>", encoding="utf-8"),
        "entities.docx": lambda path: path.write_bytes(
            docx(word_paragraph("水", inside="<w:r><w:t>&i;</w:t></w:r>"), dtd=_ENTITIES)
        ),
        "zeros.docx": lambda path: _zip_of_zeros(path, "word/document.xml", 2 * size),
        "sparse.txt": lambda path: _sparse(path, size),
        "large.txt": lambda path: _fill(path, f"{_LINE}\n", size),
        "one-line.jsonl": lambda path: _fill(path, _LINE, size, '{"title": "水", "text": "', '"}'),
        "unclosed.csv": lambda path: _fill(path, f"{_LINE}\n", size, '标题,正文\n水,"'),
        "paragraph.txt": lambda path: _fill(path, f"{_LINE[:-1]}，\n", size // 256),
        "line.txt": lambda path: _fill(path, _LINE, size // 50),
        "tags.html": lambda path: path.write_text(
            "<div>" * (size // 10_000) + _LINE + "</div>" * 9, encoding="utf-8"
        ),
        "arrays.json": lambda path: path.write_bytes(b"[" * (size // 20)),
        "locked.pdf": lambda path: path.write_bytes(
            make_pdf([[Text(72, 700, "A")]], encrypted=True)
        ),
        "cut.pdf": lambda path: path.write_bytes(make_pdf([[Text(72, 700, "A")]])[:300]),
        "pages.pdf": lambda path: path.write_bytes(
            make_pdf([[]]).replace(b"/Count 1", b"/Count 999999999")
        ),
        "picture.png": lambda path: path.write_bytes(_picture(30_000)),
        "loop": _loop,
        "pipe.txt": os.mkfifo,
        "closed": lambda path: path.mkdir(mode=0),
    }


def _zip_of_zeros(path: Path, name: str, size: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        if name.startswith("word/"):
            archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(name, "w", force_zip64=True) as member:
            for _ in range(size // len(_CHUNK)):
                member.write(_CHUNK)


def _zipped(*members: tuple[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def _nested_zips(size: int) -> bytes:
    """16 files in each of 16 zips, and so on, four times."""
    content, name = bytes(size), "{}.txt"
    for _ in range(4):
        content = _zipped(*((name.format(number), content) for number in range(16)))
        name = "{}.zip"
    return content


def _overlapping_zip() -> bytes:
    """A list of 1,000 members that are all the same bytes."""
    content = _zipped(("a.txt", _LINE.encode() * 1000))
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    listed = content[start:end]
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, 1000 * len(listed), start, 0)
    return content[:start] + listed * 1000 + record


def _zip_with_odd_names() -> bytes:
    names = (
        f"../../{ESCAPE}.txt",
        f"/tmp/{ESCAPE}.txt",
        f"C:\\{ESCAPE}.txt",
        f"a/../../{ESCAPE}.md",
    )
    return _zipped(*((name, f"{name}\n\n{_LINE * 3}".encode()) for name in names))


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as stream:
        stream.truncate(size)


def _fill(path: Path, text: str, size: int, before: str = "", after: str = "") -> None:
    """The text over and over, some ``size`` bytes."""
    times = MB // len(text.encode())
    piece = (text * times).encode()
    with path.open("wb") as stream:
        stream.write(before.encode())
        for _ in range(max(1, size // len(piece))):
            stream.write(piece)
        stream.write(after.encode())


def _picture(side: int) -> bytes:
    """A white PNG, ``side`` points wide and high: a bit each."""
    row = b"\0" + b"\xff" * (side // 8)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">2L5B", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _loop(path: Path) -> None:
    """A folder that holds links to itself and to the one that it is in, and one to nowhere."""
    path.mkdir()
    (path / "self").symlink_to(path)
    (path / "up").symlink_to(path.parent)
    (path / "nowhere.txt").symlink_to(path / "missing")
    (path / "round.txt").symlink_to(path / "round.txt")
