from __future__ import annotations

import codecs
import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.encoding import decode
from ingest.errors import BinaryFile, EmptyFile, PartlyRead, ReadError, UnknownEncoding
from ingest.formats import File, Options
from ingest.formats.text import read

SIMPLIFIED = (
    "县里的图书馆今年新开了三家分馆，周末也对读者开放。\n馆长说：“来的人比去年多了一倍。”\n"
)
TRADITIONAL = (
    "縣裡的圖書館今年新開了三家分館，週末也對讀者開放。\n館長說：「來的人比去年多了一倍。」\n"
)
ENGLISH = "The county opened three branch libraries this year.\n"
MISREAD = "\ufeff" + "".join(map(chr, range(0xC2, 0xF5)))  # may be mended, or is dropped
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
        ("Die schöne Bücherei.\nL’été à l’école.\nEl niño comió aquí.\nDet är på ön.", "cp1252"),
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
        ("Сегодня в городе хорошая погода", "cp866"),
        ("Καλημέρα σε όλους, ο καιρός είναι καλός σήμερα", "cp1253"),
    ],
)
def test_reads_other_languages(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), name="page.txt") == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zażółć gęślą jaźń, mówił wójt do dzieci", "cp1250"),
        ("İstanbul'da yaşıyorum, ağaçların altında çay içiyorum", "cp1254"),
        ("วันนี้อากาศดีมาก เราจะไปตลาด", "cp874"),
        ("مرحبا بكم في المدينة القديمة", "cp1256"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        ("Az első hűvös őszi este\nkét öreg ült a tűz körül.\nSűrű köd jött fölöttük.", "cp1250"),
        ("Çay içtik.\nAğaç altında\nşarkı söyledik, güldük", "cp1254"),
    ],
)
def test_refuses_what_it_would_garble(text: str, encoding: str) -> None:
    with pytest.raises(UnknownEncoding, match=r"page\.txt.*--encoding"):
        decode(text.encode(encoding), name="page.txt")
    assert decode(text.encode(encoding), name="x", encoding=encoding) == text
    assert decode(text.encode(encoding), name="x", declared=encoding) == text


@pytest.mark.parametrize("encoding", ["gbk", "GB2312", "gb18030", "cp936"])
def test_a_stated_encoding_is_used(encoding: str) -> None:
    assert decode("囍".encode("gbk"), name="x", encoding=encoding) == "囍"


@pytest.mark.parametrize("declared", ["utf-8", "big5", "iso-8859-1", "no-such", "rot13", ""])
def test_a_wrong_declaration_is_not_believed(declared: str) -> None:
    assert decode(SIMPLIFIED.encode("gbk"), name="x", declared=declared) == SIMPLIFIED
    assert decode(SIMPLIFIED.encode(), name="x", declared=declared) == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["no-such", "rot13", "hex"])
def test_an_unknown_encoding_is_named(encoding: str) -> None:
    with pytest.raises(ReadError, match=f"x.*{encoding}.*gb18030"):
        decode(b"abc", name="x", encoding=encoding)


def test_a_stated_encoding_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UnknownEncoding, match=r"utf-8.*--encoding"):
        decode(SIMPLIFIED.encode("gbk"), name="x", encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("start", range(1, 4))
def test_a_piece_may_begin_in_mid_character(encoding: str, start: int) -> None:
    text = (SIMPLIFIED * 2).replace("\n", "")
    read = decode(text.encode(encoding)[start:], name="x")
    assert read in [text[i:] for i in range(1, 4)]


@pytest.mark.parametrize("first", "囍躉黼齉罄璵")
def test_a_rare_first_character_is_not_taken_for_a_cut_one(first: str) -> None:
    text = first + TRADITIONAL
    assert decode(text.encode("cp950"), name="x") == text
    assert decode(text.encode("gb18030"), name="x") == text


def test_two_encodings_in_one_file_are_refused() -> None:
    data = (SIMPLIFIED * 4000).encode("gbk") + (TRADITIONAL * 4000).encode("big5")
    with pytest.raises(UnknownEncoding):
        decode(data, name="x")


def test_characters_of_hong_kong() -> None:
    text = "佢哋琴日喺街市買咗啲餸，嗰間舖頭嘅老闆話冇得減價。"
    assert decode(text.encode("big5hkscs"), name="x") == text


def test_a_long_beginning_in_ascii() -> None:
    text = ENGLISH * 5000 + SIMPLIFIED
    assert decode(text.encode("gbk"), name="x") == text


def test_a_short_text_may_be_utf8_by_chance_only() -> None:
    assert decode("naïve".encode(), name="x") == "naïve"
    assert decode("Цена: 5".encode(), name="x") == "Цена: 5"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=MISREAD)))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    text += "。"  # a character of three bytes: what has none may be of another encoding
    assert decode(text.encode(), name="x") == text


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


def test_a_text_file_is_read_in_the_encoding_given() -> None:
    file = File("x.txt", content="囍临门".encode("gbk"))
    (article,) = read(file, Options(encoding="gbk")).articles
    assert article.text == "囍临门"


def test_damaged_characters_are_reported() -> None:
    data = bytearray((SIMPLIFIED * 40).encode("gb18030"))
    data[len(data) // 2] = 0xFF
    reading = read(File("x.txt", content=bytes(data)), Options())
    assert [type(problem) for problem in reading.problems] == [PartlyRead]
    assert not read(File("x.txt", content=SIMPLIFIED.encode()), Options()).problems


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
@pytest.mark.parametrize("meant", ["1986–1990, “naïve” – café", "今天有雨", "it’s", "à é è"])
def test_mends_utf8_that_was_read_wrongly_and_saved_again(meant: str, wrong: str) -> None:
    try:
        doubled = meant.encode().decode(wrong)
    except UnicodeDecodeError:
        return  # the byte 9D is none of Windows-1252's
    assert decode(f"a {doubled} b".encode(), name="x") == f"a {meant} b"


@pytest.mark.parametrize(
    "text", ["São João, Ã© once", "âge, île, ça", "Â· ‘Ω’ ±", "LE CAFÉ»", "« voilà\xa0»"]
)
def test_leaves_alone_what_may_be_meant(text: str) -> None:
    text = f"{text}。" * 4 if "\xa0" in text else f"{text}。"
    assert decode(text.encode(), name="x", declared="utf-8") == text


def test_controls_that_cannot_be_mended_are_reported() -> None:
    reading = read(File("x.txt", content="今天\x9a有雨，明天也有雨。".encode()), Options())
    assert isinstance(reading.problems[0], PartlyRead)
    assert "wrong encoding" in str(reading.problems[0])


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("שלום לכם חברים יקרים, היום נלך לשוק לקנות לחם וחלב. ", "windows-1255"),
        ("Zażółć gęślą jaźń, mówił wójt do dzieci i poszedł dalej. ", "iso-8859-2"),
        ("İstanbul'da yaşıyorum, ağaçların altında çay içiyorum. ", "windows-1254"),
        ("วันนี้อากาศดีมาก เราจะไปตลาด ", "tis-620"),
        ("Привіт, їжак іде до лісу. Це наш дім і наша земля. ", "koi8-u"),
        ("Die schöne Frau, l’été à Málaga: niño, på ön, ação e pão. ", "windows-1252"),
    ],
)
@pytest.mark.parametrize("times", [1, 40])
def test_a_declared_alphabet_is_believed(text: str, declared: str, times: int) -> None:
    text *= times
    assert decode(text.encode(declared), name="x", declared=declared) == text


@pytest.mark.parametrize("declared", ["windows-1255", "iso-8859-2", "windows-1254", "tis-620"])
def test_an_alphabet_declared_for_chinese_is_not_believed(declared: str) -> None:
    assert decode(SIMPLIFIED.encode("gbk"), name="x", declared=declared) == SIMPLIFIED
    assert decode(TRADITIONAL.encode("big5"), name="x", declared=declared) == TRADITIONAL
