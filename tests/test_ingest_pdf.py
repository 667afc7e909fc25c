from __future__ import annotations

import pickle
from importlib.util import find_spec

import pytest
from pdf_writer import Text, make_pdf

from ingest.errors import DamagedFile, EmptyFile, LockedFile, MissingPart, PartlyRead
from ingest.formats import File, Options, Part, pdf
from ingest.types import Article

OPTIONS = Options(ocr=False)
WORDS = "The river runs past the old mill and under two bridges before it meets the sea again."


def read_one(data: bytes) -> Article:
    [article] = pdf.read(File("a.pdf", content=data), OPTIONS).articles
    return article


def paragraph(top: float, *, left: float = 60, font: str = "latin") -> list[Text]:
    """Three lines that fill a column of 430 points, but for the last."""
    lines = (WORDS, WORDS, "It ends here.")
    return [Text(left, top - 14 * i, line, font=font) for i, line in enumerate(lines)]


def test_a_title_and_a_heading_are_told_by_their_type() -> None:
    page = [
        Text(60, 780, "The Mill", size=24),
        *paragraph(740),
        Text(60, 680, "Its owners", size=14, font="bold"),
        *paragraph(650),
    ]
    article = read_one(make_pdf([page]))
    assert article.title == "The Mill"
    assert [heading.text for heading in article.headings] == ["Its owners"]
    assert article.text.split("\n")[0] == f"{WORDS} {WORDS} It ends here."


def test_places_count_and_not_the_order_in_the_file() -> None:
    page = [Text(60, 780, "The Mill", size=24), *paragraph(740)]
    assert read_one(make_pdf([page[::-1]])).text == read_one(make_pdf([page])).text


def test_chinese_lines_join_without_spaces() -> None:
    lines = ("河水流过石桥，桥上有人。镇上的清晨从豆浆开始，", "热气升起来。")
    page = [Text(60, 700 - 16 * i, line, font="chinese") for i, line in enumerate(lines)]
    article = read_one(make_pdf([page]))
    assert article.text == "".join(lines)
    assert article.language == "zh"


def test_a_sentence_goes_on_over_a_page_break_and_headers_are_dropped() -> None:
    def page(number: int, *lines: str) -> list[Text]:
        head = Text(60, 815, "Annual report of the water board")
        foot = Text(290, 20, str(number))
        return [head, *(Text(60, 760 - 14 * i, line) for i, line in enumerate(lines)), foot]

    article = read_one(
        make_pdf([page(1, "Until", WORDS[:-1]), page(2, "with salt.", WORDS), page(3, WORDS)])
    )
    assert f"{WORDS[:-1]} with salt." in article.text
    assert "Annual report" not in article.text
    assert not {"1", "2", "3"} & set(article.text.split())


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [Text(50, 700 - 14 * i, f"left number {i} of the text runs on") for i in range(12)]
    right = [Text(320, 700 - 14 * i, f"right number {i} of the text runs on") for i in range(12)]
    rows = [line for pair in zip(left, right, strict=True) for line in pair]
    text = read_one(make_pdf([rows])).text
    assert text.index("left number 11") < text.index("right number 0")


def test_text_on_its_side_is_read() -> None:
    page = [Text(300 + 14 * i, 60, line, turned=True) for i, line in enumerate((WORDS, WORDS))]
    assert read_one(make_pdf([page])).text == f"{WORDS} {WORDS}"


def test_what_the_file_says_of_itself_is_a_guess() -> None:
    info = "/Title(The old mill)/Author(Ann Reed)/CreationDate(D:20240605120000Z)"
    article = read_one(make_pdf([paragraph(740)], info=info))
    assert (article.title, article.authors, article.published) == (
        "The old mill",
        ("Ann Reed",),
        "2024-06-05",
    )
    assert set(article.guessed) == {"title", "authors", "published"}


@pytest.mark.parametrize("title", ["Microsoft Word - x.doc", "untitled", "scan0001.tif", "12-3"])
def test_the_names_of_tools_and_files_are_no_titles(title: str) -> None:
    assert read_one(make_pdf([paragraph(740)], info=f"/Title({title})")).title is None


def test_a_page_that_is_a_picture_is_named() -> None:
    reading = pdf.read(File("a.pdf", content=make_pdf([paragraph(740), []], pictures=[1])), OPTIONS)
    assert len(reading.articles) == 1
    [problem] = reading.problems
    assert isinstance(problem, PartlyRead)
    assert "page 2" in str(problem)


def test_pictures_alone_are_an_error() -> None:
    with pytest.raises(PartlyRead, match="page 1"):
        pdf.read(File("a.pdf", content=make_pdf([[]], pictures=[0])), OPTIONS)


@pytest.mark.skipif(find_spec("rapidocr") is not None, reason="OCR is installed")
def test_a_scan_needs_ocr() -> None:
    with pytest.raises(MissingPart, match="wenjin"):
        pdf.read(File("a.pdf", content=make_pdf([[]], pictures=[0])), Options())


def test_characters_without_a_meaning_are_never_text() -> None:
    page = [Text(60, 700, "\u0003\u0107\u0204\u0301\u0402" * 8, font="unmapped")]
    with pytest.raises(PartlyRead, match="fonts"):
        pdf.read(File("a.pdf", content=make_pdf([page])), OPTIONS)


def test_locked_and_damaged_files_say_so() -> None:
    with pytest.raises(LockedFile, match="password"):
        pdf.read(File("a.pdf", content=make_pdf([paragraph(700)], encrypted=True)), OPTIONS)
    with pytest.raises(DamagedFile, match="damaged"):
        pdf.read(File("a.pdf", content=b"%PDF-1.7\nnothing of the kind"), OPTIONS)


def test_a_file_without_text_is_empty() -> None:
    with pytest.raises(EmptyFile):
        pdf.read(File("a.pdf", content=make_pdf([[]])), OPTIONS)


def test_parts_read_apart_make_the_same_reading() -> None:
    file = File("a.pdf", content=make_pdf([paragraph(700 - i) for i in range(40)]))
    parts = pdf.parts(file, OPTIONS)
    assert [parts[0].start, parts[-1].stop] == [0, 40]
    assert len(parts) > 1
    results = [pickle.loads(pickle.dumps(pdf.read_part(file, p, OPTIONS))) for p in parts]
    assert pdf.join(file, results, OPTIONS) == pdf.read(file, OPTIONS)
    assert [page.number for page in pdf.read_part(file, Part(3, 5), OPTIONS).pages] == [4, 5]
