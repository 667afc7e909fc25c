from __future__ import annotations

import codecs
import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.encoding import decode
from ingest.errors import BinaryFile, EmptyFile, UnknownEncoding

SIMPLIFIED = (
    "县里的图书馆今年新开了三家分馆，周末也对读者开放。\n馆长说：“来的人比去年多了一倍。”\n"
)
TRADITIONAL = (
    "縣裡的圖書館今年新開了三家分館，週末也對讀者開放。\n館長說：「來的人比去年多了一倍。」\n"
)
ENGLISH = "The county opened three branch libraries this year.\n"
LEGACY = Path(__file__).parent.parent.parent / "shared" / "data" / "messy" / "legacy_encodings"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "utf-8-sig"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "gb2312"),
        (SIMPLIFIED, "utf-16"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        (SIMPLIFIED, "utf-32"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "big5hkscs"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "utf-16-be"),
        (ENGLISH, "ascii"),
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        ("Les élèves français vont à l’école, où ça marche déjà.", "cp1252"),
        ("Die Bücherei öffnet täglich um zehn, außer montags.", "cp1252"),
    ],
)
def test_reads_what_was_written(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), name="page.txt") == text


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16-le"])
def test_reads_a_short_line(encoding: str) -> None:
    assert decode("阅读使人充实".encode(encoding), name="page.txt") == "阅读使人充实"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_drops_a_character_cut_off_at_the_end(encoding: str) -> None:
    assert decode(SIMPLIFIED.strip().encode(encoding)[:-1], name="x") == SIMPLIFIED.strip()[:-1]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_marks_a_damaged_byte_in_a_long_text(encoding: str) -> None:
    text = SIMPLIFIED * 40
    data = bytearray(text.encode(encoding))
    data[len(data) // 2] = 0xFF
    read = decode(bytes(data), name="x")
    assert "\ufffd" in read
    assert read.count(SIMPLIFIED) >= 38


def test_drops_stray_control_characters() -> None:
    text = SIMPLIFIED * 20
    assert decode(f"{text}\x00\x08\x0c".encode(), name="x") == f"{text}\x0c"


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", codecs.BOM_UTF8, codecs.BOM_UTF8 + b"\n"])
def test_refuses_an_empty_file(data: bytes) -> None:
    with pytest.raises(EmptyFile, match=r"page\.txt"):
        decode(data, name="page.txt")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n" + bytes(20),
        b"%PDF-1.7\n1 0 obj\nendobj\n",
        b"PK\x03\x04\x14\x00",
        b"text" * 20 + bytes(40),
    ],
)
def test_refuses_binary_data(data: bytes) -> None:
    with pytest.raises(BinaryFile, match=r"page\.txt") as caught:
        decode(data, name="page.txt")
    assert "page.txt" in caught.value.in_language("zh")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("これは日本語のテキストです。新聞記事を読む。", "shift_jis"),
        ("これは日本語のテキストです。新聞記事を読む。", "euc_jp"),
        ("한국어 신문 기사입니다. 오늘의 날씨는 맑음", "euc_kr"),
        ("Сегодня в городе хорошая погода", "koi8-r"),
        ("Сегодня в городе хорошая погода", "cp1251"),
    ],
)
def test_refuses_what_it_would_garble(text: str, encoding: str) -> None:
    with pytest.raises(UnknownEncoding, match=r"page\.txt"):
        decode(text.encode(encoding), name="page.txt")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff")))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    data = text.encode()
    if text.strip() and data.strip():
        assert decode(data, name="x") == text


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_named_error(data: bytes) -> None:
    with contextlib.suppress(EmptyFile, BinaryFile, UnknownEncoding):
        assert decode(data, name="x").strip()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["as_test", "pku_test"])
def test_reads_real_legacy_files(name: str) -> None:
    if not LEGACY.is_dir():
        pytest.skip("the real legacy files aren't beside the checkout")
    text = decode((LEGACY / f"{name}.txt").read_bytes(), name=name)
    assert text.replace("\r\n", "\n") == (LEGACY / f"{name}.utf8").read_text(encoding="utf-8")
