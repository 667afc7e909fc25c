from __future__ import annotations

import pickle
from importlib.util import find_spec

import pytest
from pdf_writer import LATIN, Text, assemble, make_pdf

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


def one_page(content: str, box: str = "0 0 595 842", more: str = "") -> list[str]:
    """The objects of a file of one page; ``content`` is what draws it, ``more`` is of the page."""
    return [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[5 0 R]/Count 1>>",
        "<<>>",
        LATIN[0],
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 6 0 R"
        f"/Resources<</Font<</F1 4 0 R>>>>{more}>>",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
    ]


CODE = Text(60, 700, WORDS).code
HUGE = "0 0 1000000000 1000000000"


@pytest.mark.parametrize(
    "objects",
    [
        one_page(CODE, box=HUGE),
        one_page(CODE, box="0 0 0 0"),
        one_page("q " * 100_000 + CODE),
        one_page(CODE + " BT [ ( <<" * 1000),
        one_page(CODE, more="/X " + "[" * 100_000),
        one_page("1 1 9 9 re f " * 100_000 + CODE),
    ],
    ids=["large", "no size", "deep state", "unclosed", "deep object", "many objects"],
)
def test_odd_pages_are_read_all_the_same(objects: list[str]) -> None:
    assert read_one(assemble(objects)).text == WORDS


def test_tables_of_places_that_go_in_circles_or_nowhere() -> None:
    data = assemble(one_page(CODE))
    before, _, place = data.removesuffix(b"\n%%EOF\n").rpartition(b"\n")
    assert read_one(assemble(one_page(CODE), f"/Prev {place.decode()}")).text == WORDS
    assert read_one(before + b"\n99999999\n%%EOF\n").text == WORDS


@pytest.mark.parametrize("kids", [["2 0 R"], [f"{5 + i} 0 R" for i in range(5000)]])
def test_page_trees_without_an_end_are_damaged(kids: list[str]) -> None:
    inner = [
        f"<</Type/Pages/Kids[{kid}]/Parent {3 + i} 0 R/Count 1>>" for i, kid in enumerate(kids)
    ]
    first = "2 0 R" if len(kids) == 1 else "4 0 R"
    tree = f"<</Type/Pages/Kids[{first}]/Count 1>>"
    data = assemble(["<</Type/Catalog/Pages 2 0 R>>", tree, "<<>>", *inner])
    with pytest.raises(PartlyRead, match="page 1 is damaged"):
        pdf.read(File("a.pdf", content=data), OPTIONS)


def test_more_lines_than_a_page_can_have_are_named() -> None:
    code = " ".join(Text(60, 840 - i / 8, f"word {i}", size=1).code for i in range(6000))
    with pytest.raises(PartlyRead, match="page 1 has over 5000 lines"):
        pdf.read(File("a.pdf", content=assemble(one_page(code))), OPTIONS)


def columns(count: int) -> list[Text]:
    """Columns side by side that fill a page."""
    text = " ".join(["river and mill"] * (8 // count))
    return [
        Text(40 + 520 / count * i, 780 - 14 * k, text, size=8)
        for i in range(count)
        for k in range(20)
    ]


def drawn(code: str, count: int) -> list[tuple[int, ...]]:
    """The rules of a page with so many columns, and ``code`` drawn on it, in whole points."""
    lines = " ".join(line.code for line in columns(count))
    file = File("a.pdf", content=assemble(one_page(f"{code} {lines}")))
    [page] = pdf.read_part(file, Part(0, 1), OPTIONS).pages
    return [tuple(map(round, (r.left, r.top, r.right, r.bottom))) for r in page.rules]


def test_rules_and_boxes_are_told_of_pages_with_columns() -> None:
    rule, frame = "200 100 1 600 re f", "30 500 300 200 re S"
    assert drawn(f"{rule} {frame}", 4) == [(200, 142, 201, 742), (29, 141, 331, 343)]
    assert drawn(f"{rule} {frame}", 1) == []


@pytest.mark.parametrize(
    "code", ["1 g 30 500 300 200 re f 0 g", "0 0 595 842 re f", "5 5 9 9 re f", "1 1 99 99 re n"]
)
def test_what_nobody_takes_for_a_box_is_none(code: str) -> None:
    assert drawn(code, 4) == []
