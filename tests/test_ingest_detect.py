"""What a file is, told by its content, and by its suffix where that says nothing."""

from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from documents import compound
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect import find_format, find_suffix
from ingest.errors import LockedFile, ReadError, UnknownFormat
from ingest.formats import FORMATS, File

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "messy"
PROSE = "城市书房点亮夜晚，读者可以读到十点。\n第二天，书房照常开放。\n"
MAIL = b"From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n\nText.\n"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(*names: str, **contents: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name, "x"))
    return stream.getvalue()


def suffix(name: str, content: bytes) -> str:
    return find_suffix(File(name, content=content))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.4\n", ".pdf"),
        (rb"{\rtf1\ansi text}", ".rtf"),
        (b"\x89PNG\r\n\x1a\n\0\0", ".png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", ".jpg"),
        (b"II*\0\x08\0", ".tif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", ".webp"),
        (b"BM\x10\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", ".bmp"),
        (b"\x1f\x8b\x08\0\0", ".gz"),
        (packed("[Content_Types].xml", "word/document.xml"), ".docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), ".pptx"),
        (packed("mimetype", mimetype="application/epub+zip"), ".epub"),
        (packed("mimetype", mimetype="application/vnd.oasis.opendocument.text"), ".odt"),
        (packed("word/a.txt", "a.txt"), ".zip"),
        (packed(), ".zip"),
        (b"PK\x03\x04 cut off", ".zip"),
        (compound("Other", "WordDocument"), ".doc"),
        (compound("Workbook"), ".xls"),
        (compound("PowerPoint Document"), ".ppt"),
        (b"\xef\xbb\xbf <!-- saved --> <!DOCTYPE HTML><title>a</title>", ".html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html><html xmlns="x">', ".html"),
        (b'<?xml version="1.0"?>\n<!-- a --><rss version="2.0">', ".xml"),
        ('<?xml version="1.0" encoding="utf-16"?><page/>'.encode("utf-16"), ".xml"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', ".xml"),
        (MAIL, ".eml"),
        (b"Received: by x\n\tfor y\nFrom: a@b\nDate: now\n\nText", ".eml"),
        (MAIL.decode().encode("utf-16-be"), ".eml"),
        (MAIL.replace(b"MIME", b"Snapshot-Content-Location: http://x\nMIME"), ".mhtml"),
    ],
)
@pytest.mark.parametrize("name", ["file", "file.txt", "file.doc", "file.pdf", "file.csv"])
def test_content_that_says_what_it_is_goes_before_any_suffix(
    name: str, content: bytes, found: str
) -> None:
    assert suffix(name, content) == found
    assert find_format(File(name, content=content)) in FORMATS


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        '{"a" 是一个对象的开头。',
        '{"a": 1}\n是一个对象。',
        "From: 北京\nTo: 上海\n\n一封信的开头。",
        "Subject: a poem\n\nRoses are red.",
        "<p>开头是一个标签的文章。",
        '<div align="center">\n\n# Title\n\n</div>\n',
        "甲,乙,丙\n丁,戊,己\n",
        "PK 赛今晚举行。",
        "BMW 在中国的销量。",
        "MZ 世代的年轻人。",
        "GIF8 是一种图片。",
        "ID3 tags, explained",
        "See %PDF-1.4 for more",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "A.TXT"])
def test_a_text_that_begins_like_something_else_stays_text(name: str, text: str) -> None:
    assert find_format(File(name, content=text.encode())) == "text"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("README", PROSE, "text"),
        ("人民日报2024.6.5", PROSE, "text"),
        ("第3版.定稿", PROSE, "text"),
        ("page", '{"title": "a",\n "text": "b"}', "records"),
        ("page", '[\n {"title": "a"}]', "records"),
        ("page", "<div class='a'><p>text</p></div>", "html"),
        ("page", "From: a@b\nSubject: x\n\nText", "mail"),
        ("page", "[本报讯] 今天", "text"),
        ("a.csv", PROSE, "table"),
        ("a.json", "[]", "records"),
        ("a.doc", PROSE, "text"),
        ("a.doc", "<p>a paragraph</p>", "html"),
        ("a.pdf", PROSE, "text"),
        ("a.html", "no tags at all", "html"),
        ("a.gbk", PROSE, "text"),
    ],
)
def test_the_suffix_decides_where_content_does_not(name: str, text: str, found: str) -> None:
    assert find_format(File(name, content=text.encode("utf-8"))) == found


def test_finds_the_signature_of_a_pdf_behind_junk_in_what_is_named_so() -> None:
    content = b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n"
    assert suffix("a.pdf", content) == ".pdf"
    assert suffix("a.txt", content) == ".txt"


def test_a_web_page_saved_whole_is_no_mail() -> None:
    page = b"MIME-Version: 1.0\nDate: now\nSubject: x\nContent-Type: multipart/related\n\n--x\n"
    assert suffix("page.mht", page) == ".mhtml"
    assert suffix("page.html", page) == ".mhtml"
    assert suffix("page.eml", page) == ".eml"


@pytest.mark.parametrize(
    ("content", "what", "chinese"),
    [
        (b"ID3\x03\0\0", "sound", "音频"),
        (b"\0\0\0\x20ftypisom", "film", "视频"),
        (b"GIF89a\0\0", "picture", "图片"),
        (b"SQLite format 3\0", "database", "数据库"),
        (b"PAR1\x15\0", "database", "数据库"),
        (b"7z\xbc\xaf\x27\x1c\0", "pack it as zip", "zip"),
        (b"Rar!\x1a\x07\0", "pack it as zip", "zip"),
        (b"\x7fELF\x02\0", "program", "程序"),
        (b"MZ" + bytes(80) + b"PE\0\0", "program", "程序"),
        (b"wOFF\0\x01", "font", "字体"),
        (b"CAJ\0", "CAJ", "PDF"),
        (bytes(60) + b"BOOKMOBI", "EPUB", "EPUB"),
        (packed("META-INF/MANIFEST.MF", "a.class"), "program", "程序"),
        (compound("__properties_version1.0"), "Outlook", ".eml"),
        (compound("Contents"), "compound file", "复合文档"),
    ],
)
@pytest.mark.parametrize("name", ["file", "file.txt", "file.xyz"])
def test_names_what_is_not_read(name: str, content: bytes, what: str, chinese: str) -> None:
    with pytest.raises(UnknownFormat, match=what) as caught:
        suffix(name, content)
    assert name in caught.value.english
    assert chinese in caught.value.chinese


@pytest.mark.parametrize("name", ["style.css", "main.py", "page.xyz"])
def test_lists_what_can_be_read_for_other_texts(name: str) -> None:
    with pytest.raises(UnknownFormat, match=r"no reader for \.\w+; .*\.docx"):
        suffix(name, b"text")


def test_an_unknown_binary_is_no_text() -> None:
    with pytest.raises(UnknownFormat, match="no reader for blob"):
        suffix("blob", bytes(range(32)) * 8)


def test_an_encrypted_office_document_is_locked() -> None:
    with pytest.raises(LockedFile, match="password"):
        suffix("a.docx", compound("EncryptionInfo", "EncryptedPackage"))


def test_a_circle_in_a_compound_file_ends() -> None:
    looped = bytearray(compound("a", "b"))
    start = 1024 + 128 + 68  # where the first stream's siblings are
    struct.pack_into("<2L", looped, start, 1, 1)
    struct.pack_into("<L", looped, 512 + 4, 1)  # the directory's sector follows itself
    with pytest.raises(UnknownFormat, match="compound"):
        suffix("a.doc", bytes(looped))


SIGNED = st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", COMPOUND, b"<?xml", b"{", b"BM"])


@given(
    signature=SIGNED, rest=st.binary(max_size=300), name=st.sampled_from(["a", "a.txt", "a.xls"])
)
def test_any_bytes_have_a_format_or_a_reason(signature: bytes, rest: bytes, name: str) -> None:
    with suppress(ReadError):
        assert find_format(File(name, content=signature + rest)) in FORMATS


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_no_text_that_begins_with_a_chinese_word_is_anything_else(text: str) -> None:
    content = f"报道：{text}".encode()
    assert find_format(File("a.txt", content=content)) == "text"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real files aren't here")
def test_real_files_are_what_their_suffixes_say() -> None:
    other = {}
    for path in sorted(SHARED.rglob("*.*")):
        found = find_suffix(File(str(path), path))
        if found not in (path.suffix, ".jpg"):
            other[path.name] = found
    assert other == {"eml__fake-email.txt": ".eml", "language-docs__eng_spa_mult.doc": ".docx"}
