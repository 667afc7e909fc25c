from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_scan import Sheet, draw, find_font, require_font, set_lines
from PIL import Image, ImageDraw

from ingest.errors import DamagedFile, EmptyFile, FileTooLarge, MissingPart, ReadError
from ingest.formats import File, Options
from ingest.formats.image import join, parts, read, read_part
from ingest.printed.ocr import Scan
from ingest.printed.types import PrintedPage

SHARED = Path(__file__).parent.parent.parent / "shared"
WORDS = "石桥修好以后来往的人多了一倍"
LONG = (
    "清晨六点，河边的石桥上已经有人散步。老人说，桥修好以后，来往的人多了一倍。",
    "桥建于1923年，全长46米。去年的汛期之后，县里拨款修缮，换下了37块石板。",
)


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    require_font()


def drawn(
    words: str = WORDS, mode: str = "L", ink: object = 20, paper: object = 250
) -> Image.Image:
    image = Image.new(mode, (520, 90), paper)  # type: ignore[arg-type]
    ImageDraw.Draw(image).text((30, 25), words, fill=ink, font=find_font("sans", 29))  # type: ignore[arg-type]
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def text_of(content: bytes, name: str = "scan.png") -> str:
    (article,) = read(File(name, content=content), Options()).articles
    return article.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "WEBP"])
def test_every_kind_of_image_is_read(kind: str) -> None:
    assert text_of(saved(drawn(), kind)) == WORDS


def half_transparent() -> Image.Image:
    return drawn(mode="RGBA", ink=(0, 0, 0, 255), paper=(0, 0, 0, 0))


def cmyk() -> Image.Image:
    return drawn(mode="RGB", ink=(20, 20, 90), paper=(250, 250, 240)).convert("CMYK")


def deep() -> Image.Image:
    return Image.fromarray(np.asarray(drawn(), np.uint16) * 16)  # of 65,535 no more than 4,000


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (half_transparent, "PNG"),
        (cmyk, "JPEG"),
        (deep, "PNG"),
        (deep, "TIFF"),
        (lambda: drawn().convert("P"), "PNG"),
        (lambda: drawn().convert("1"), "TIFF"),
    ],
)
def test_every_mode_of_colour_is_read(make: Callable[[], Image.Image], kind: str) -> None:
    assert text_of(saved(make(), kind)) == WORDS


def test_an_image_that_says_how_it_was_held_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by a quarter
    sideways = drawn().transpose(Image.Transpose.ROTATE_90)
    assert text_of(saved(sideways, "JPEG", exif=exif)) == WORDS


def test_lines_become_paragraphs() -> None:
    sheet = Sheet(columns=1, lines=8, width=20)
    content = saved(draw(set_lines(LONG, sheet), sheet), "PNG", dpi=(200, 200))
    assert text_of(content) == "\n".join(LONG)


def test_columns_are_read_one_after_the_other() -> None:
    sheet = Sheet(columns=2, lines=3, width=16)
    content = saved(draw(set_lines(LONG, sheet), sheet), "PNG", dpi=(200, 200))
    assert text_of(content) == "\n".join(LONG)


def test_pages_of_a_tiff_are_parts_that_go_between_processes() -> None:
    first, second = drawn("清晨六点河边已有人散步。"), drawn("老人说桥修好以后方便多了。")
    content = saved(first, "TIFF", save_all=True, append_images=[second])
    file = File("scan.tif", content=content)
    pieces = parts(file, Options())
    assert len(pieces) == 2
    scans = [pickle.loads(pickle.dumps(read_part(file, part, Options()))) for part in pieces]
    assert [scan.page.number for scan in scans] == [1, 2]
    text = "\n".join(article.text for article in join(file, scans, Options()).articles)
    assert "清晨六点河边已有人散步。" in text
    assert "老人说桥修好以后方便多了。" in text


def test_the_resolution_tells_how_large_a_page_is() -> None:
    file = File("a.png", content=saved(drawn(), "PNG", dpi=(200, 200)))
    (part,) = parts(file, Options())
    assert read_part(file, part, Options()).page.width == pytest.approx(520 * 72 / 200, rel=0.01)


def test_a_picture_without_text_is_named() -> None:
    with pytest.raises(EmptyFile, match="no text was found"):
        read(File("sky.png", content=saved(Image.new("RGB", (300, 200), "blue"), "PNG")), Options())


def test_lines_that_cannot_be_recognised_are_named() -> None:
    page = PrintedPage(1, 100, 100, ())
    file = File("scan.png")
    with pytest.raises(EmptyFile, match="7 lines couldn't be recognised"):
        join(file, [Scan(page, unread=7)], Options())


def test_without_ocr_images_are_left_alone() -> None:
    file = File("scan.png", content=saved(drawn(), "PNG"))
    with pytest.raises(MissingPart, match="OCR"):
        read(file, Options(ocr=False))


def test_what_is_cut_off_is_damaged() -> None:
    for kind in ("PNG", "JPEG", "TIFF", "BMP", "WEBP"):
        content = saved(drawn(), kind)
        with pytest.raises(DamagedFile):
            read(File("scan", content=content[: len(content) // 2]), Options())


@settings(max_examples=60)
@given(st.sampled_from(["PNG", "JPEG", "TIFF", "BMP", "WEBP"]), st.data())
def test_whatever_is_broken_is_a_read_error(kind: str, data: st.DataObject) -> None:
    content = bytearray(saved(Image.new("RGB", (40, 30), "white"), kind))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    file = File("broken", content=bytes(content))
    try:
        read(file, Options())
    except ReadError:
        return


def test_bombs_are_refused() -> None:
    side = 20_000  # 400 million pixels in a few kilobytes
    content = saved(Image.new("1", (side, side)), "PNG")
    assert len(content) < 100_000
    with pytest.raises(FileTooLarge, match="pixels"):
        read(File("bomb.png", content=content), Options())


def test_other_programs_are_not_asked_to_open_it() -> None:
    with pytest.raises(DamagedFile, match="unknown kind"):
        read(File("page.png", content=b"%!PS-Adobe-3.0 EPSF-3.0\n%%Pages: 1\n"), Options())


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not on this machine")
def test_real_images() -> None:
    messy = SHARED / "data" / "messy"
    page = read(File("a.jpeg", messy / "img__chi_sim_image.jpeg"), Options()).articles[0].text
    assert "新鲜甘草黄酮养分，是扫除肌肤代谢物的最佳“清道夫”" in page
    vertical = read(File("b.jpeg", messy / "img__jpn-vert.jpeg"), Options())
    assert vertical.articles[0].text.startswith("元来日本語は漢文に倣い")
    assert vertical.articles[0].language == "ja"
    assert any("downwards" in str(problem) for problem in vertical.problems)
