"""Tells what binary files are by their first bytes, and containers by what they hold."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from ingest.errors import DamagedFile, FileTooLarge, UnknownFormat
from ingest.formats import File
from ingest.zips import damaged, locked, open_zip

PDF_WITHIN = 1024  # bytes; readers of PDF look so far for its signature

# Where the signature stands, what it is, and the suffix of the files that have it.
_READ = (
    (0, b"%PDF-", ".pdf"),
    (0, b"{\\rtf", ".rtf"),
    (0, b"\x89PNG\r\n\x1a\n", ".png"),
    (0, b"\xff\xd8\xff", ".jpg"),
    (0, b"II*\x00", ".tif"),
    (0, b"MM\x00*", ".tif"),
    (8, b"WEBP", ".webp"),
    (0, b"\x1f\x8b\x08", ".gz"),
    (257, b"ustar", ".tar"),
)
_BMP = re.compile(rb"BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL)
_PICTURE, _SOUND = ("a picture", "图片"), ("a sound recording", "音频")
_FILM, _FONT = ("a film", "视频"), ("a font", "字体")
_PROGRAM, _DATABASE = ("a program", "程序"), ("a database", "数据库")
_ARCHIVE = (
    "an archive of a kind that isn't unpacked; pack it as zip",
    "不支持的压缩包；请改用 zip",
)
_CAJ = ("a CAJ document; save it as PDF", "CAJ 文献；请另存为 PDF")
_DJVU = ("a DjVu document; save it as PDF", "DjVu 文档；请另存为 PDF")
_OUTLOOK = ("an Outlook message; save it as .eml", " Outlook 邮件；请另存为 .eml")
_EBOOK = ("an e-book of a kind that isn't read; save it as EPUB", "不支持的电子书；请另存为 EPUB")
_UNREAD = (
    (0, b"GIF8", _PICTURE),
    (0, b"8BPS", _PICTURE),
    (0, b"\x00\x00\x01\x00", _PICTURE),
    (4, b"ftypheic", _PICTURE),
    (4, b"ftypavif", _PICTURE),
    (4, b"ftypM4A", _SOUND),
    (4, b"ftyp", _FILM),
    (8, b"WAVEfmt", _SOUND),
    (8, b"AVI LIST", _FILM),
    (0, b"ID3\x02", _SOUND),
    (0, b"ID3\x03", _SOUND),
    (0, b"ID3\x04", _SOUND),
    (0, b"\xff\xfb", _SOUND),
    (0, b"OggS\x00", _SOUND),
    (0, b"fLaC\x00", _SOUND),
    (0, b"MThd\x00", _SOUND),
    (0, b"\x1aE\xdf\xa3", _FILM),
    (0, b"\x00\x01\x00\x00\x00", _FONT),
    (0, b"OTTO\x00", _FONT),
    (0, b"wOFF", _FONT),
    (0, b"wOF2", _FONT),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM),
    (0, b"\x00asm\x01", _PROGRAM),
    (0, b"SQLite format 3\x00", _DATABASE),
    (0, b"PAR1\x15", _DATABASE),
    (0, b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (0, b"Rar!\x1a\x07", _ARCHIVE),
    (0, b"\xfd7zXZ\x00", _ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (4, b"1AY&SY", _ARCHIVE),
    (0, b"MSCF\x00", _ARCHIVE),
    (0, b"CAJ\x00", _CAJ),
    (0, b"HN\x00\x00", _CAJ),
    (0, b"AT&TFORM", _DJVU),
    (60, b"BOOKMOBI", _EBOOK),
    (0, b"ITSF\x03", _EBOOK),
)
_WINDOWS_PROGRAM = re.compile(rb"MZ.{58,}?PE\0\0", re.DOTALL)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE_FOLDERS = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}
_MIME_TYPES = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
_ZIP_PROGRAMS = ("META-INF/MANIFEST.MF", "AndroidManifest.xml")

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {
    "worddocument": ".doc",
    "workbook": ".xls",
    "book": ".xls",
    "powerpoint document": ".ppt",
}
_FREE = 0xFFFFFFF0  # sector and entry numbers from here on mean something else
_MOST_SECTORS = 4096  # of a compound file's directory


def find_binary(file: File) -> str | None:
    """The suffix that a binary file should have, None if no signature is known.

    Raises UnknownFormat for what is known and not read, LockedFile for encrypted office documents,
    DamagedFile. May raise OSError.
    """
    head = file.head()
    if head.startswith(_ZIP):
        return _zip_kind(file)
    if head.startswith(_COMPOUND):
        return _compound_kind(file)
    for start, signature, suffix in _READ:
        if head.startswith(signature, start):
            return suffix
    if _BMP.match(head):
        return ".bmp"
    if b"\0" in head:  # a text may begin with the same letters
        _refuse_known(head, file.name)
    return None


def _refuse_known(head: bytes, name: str) -> None:
    for start, signature, what in _UNREAD:
        if head.startswith(signature, start):
            raise _unread(name, *what)
    if _WINDOWS_PROGRAM.match(head):
        raise _unread(name, *_PROGRAM)


def _unread(name: str, english: str, chinese: str) -> UnknownFormat:
    return UnknownFormat(f"{name} isn't read: it is {english}", f"不读取 {name}：它是{chinese}")


def _zip_kind(file: File) -> str:
    try:
        with open_zip(file) as archive:
            names = archive.namelist()
            kind = None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                with archive.open("mimetype") as stream:
                    kind = _MIME_TYPES.get(stream.read().strip())
    except (DamagedFile, FileTooLarge):
        return ".zip"  # whoever reads it says what is wrong with it
    if kind:
        return kind
    if "[Content_Types].xml" in names:
        for folder, suffix in _OFFICE_FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return suffix
    if "META-INF/container.xml" in names:
        return ".epub"
    if any(name in names for name in _ZIP_PROGRAMS):
        raise _unread(file.name, *_PROGRAM)
    return ".zip"


def _compound_kind(file: File) -> str:
    """What a compound file (OLE2) is by the streams in its root."""
    with file.open() as stream:
        try:
            names = set(_root_names(stream))
        except (struct.error, ValueError, OverflowError):
            names = set()
    for name, suffix in _STREAMS.items():
        if name in names:
            return suffix
    if "__properties_version1.0" in names:
        raise _unread(
            file.name, "an Outlook message; save it as .eml", " Outlook 邮件；请另存为 .eml"
        )
    if "encryptedpackage" in names:
        raise locked(file.name)
    if not any(names):
        raise damaged(file.name)
    raise _unread(file.name, "a compound file of an unknown kind", "未知类型的复合文档")


def _root_names(stream: BinaryIO) -> Iterator[str]:
    """The names in a compound file's root, in small letters. Raises ValueError if damaged.

    After Microsoft's [MS-CFB], sections 2.2 (header) and 2.6 (directory).
    """
    entries = _directory(stream)
    seen: set[int] = set()
    waiting = list(struct.unpack_from("<L", entries, 76))
    while waiting:
        number = waiting.pop()
        if number >= _FREE or number in seen or 128 * (number + 1) > len(entries):
            continue
        seen.add(number)
        entry = entries[128 * number : 128 * (number + 1)]
        length = min(64, max(2, entry[64])) - 2
        yield entry[:length].decode("utf-16-le", "replace").lower()
        waiting += struct.unpack_from("<2L", entry, 68)


def _directory(stream: BinaryIO) -> bytes:
    header = stream.read(512)
    size = 1 << max(7, min(16, struct.unpack_from("<H", header, 30)[0]))
    sector = struct.unpack_from("<L", header, 48)[0]
    tables = struct.unpack_from("<109L", header, 76)
    entries = b""
    for _ in range(_MOST_SECTORS):
        if sector >= _FREE:
            break
        entries += _sector(stream, sector, size)
        table, place = divmod(sector, size // 4)
        if table >= len(tables):
            break
        found = _sector(stream, tables[table], size)[4 * place : 4 * place + 4]
        sector = struct.unpack("<L", found)[0]
    return entries


def _sector(stream: BinaryIO, number: int, size: int) -> bytes:
    stream.seek((number + 1) * size)
    return stream.read(size)
