from __future__ import annotations

import contextlib
import re

import pytest
from documents import (
    PICTURE,
    compound,
    docx,
    epub,
    odt,
    pptx,
    relations,
    slide_shape,
    word_paragraph,
    word_table,
    xlsx,
    zipped,
)
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DamagedFile, EmptyFile, FileTooLarge, LockedFile, ReadError
from ingest.formats import File, Options
from ingest.formats.office import read
from ingest.formats.sheets import row_lines
from ingest.types import Article, Reading

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DTD = '<!DOCTYPE d [<!ENTITY a "啊啊啊啊啊啊啊啊啊啊">' + "".join(
    f'<!ENTITY {one} "{f"&{before};" * 10}">'
    for before, one in zip("abcdefghi", "bcdefghij", strict=True)
)


def read_office(content: bytes, name: str = "file.docx") -> Reading:
    return read(File(name, content=content), Options())


def only(content: bytes, name: str = "file.docx") -> Article:
    (article,) = read_office(content, name).articles
    return article


def headings(article: Article) -> list[tuple[str, int]]:
    return [(heading.text, heading.level) for heading in article.headings]


def test_word_headings_lists_and_tables() -> None:
    article = only(
        docx(
            word_paragraph("城市书房点亮夜晚", style="Title")
            + word_paragraph("去年，市里建成十家城市书房。")
            + word_paragraph("夜里的灯", style="Heading1")
            + word_paragraph("读者可以读到夜里十点。")
            + word_paragraph("细节", style="Own")
            + word_table([["书房", "座位"], ["河东", "40"]])
        )
    )
    assert article.title == "城市书房点亮夜晚"
    assert headings(article) == [("夜里的灯", 1), ("细节", 2)]
    assert article.text.split("\n")[-3:] == ["细节", "书房 | 座位", "河东 | 40"]


def test_word_leaves_out_what_is_not_read() -> None:
    article = only(
        docx(
            word_paragraph("目录一项\t3", style="TOC1")
            + word_paragraph(
                "看得见", inside="<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
            )
            + word_paragraph("", inside="<w:ins><w:r><w:t>添上</w:t></w:r></w:ins>")
            + word_paragraph("", inside="<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>")
            + word_paragraph("", inside="<w:r><w:instrText>PAGE</w:instrText></w:r>")
        )
    )
    assert article.text == "看得见\n添上"


def test_word_keeps_tabs_breaks_hyphens_and_boxes_once() -> None:
    box = "<w:txbxContent>" + word_paragraph("框里的字") + "</w:txbxContent>"
    inside = (
        "<w:r><w:t>day</w:t><w:noBreakHyphen/><w:t>to</w:t><w:tab/><w:t>day</w:t><w:br/>"
        f"<w:t>下一行</w:t></w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert only(docx(word_paragraph("", inside=inside))).text == "day-to day\n下一行\n框里的字"


def test_word_without_styles_has_bold_and_centred_headings() -> None:
    article = only(
        docx(
            word_paragraph("城市书房点亮夜晚", style="Centred")
            + word_paragraph("去年，市里建成十家城市书房。")
            + word_paragraph("夜里的灯", bold=True)
            + word_paragraph("读者可以读到夜里十点，这一句很长。", bold=True)
        )
    )
    assert article.title == "城市书房点亮夜晚"
    assert headings(article) == [("夜里的灯", 1)]


def test_word_footnotes_are_notes() -> None:
    notes = (
        f'<w:footnote w:type="separator" w:id="0">{word_paragraph("线")}</w:footnote>'
        f'<w:footnote w:id="1">{word_paragraph("见上年统计。")}</w:footnote>'
    )
    article = only(docx(word_paragraph("正文。"), footnotes=notes))
    assert (article.text, article.notes) == ("正文。", ("见上年统计。",))


@pytest.mark.parametrize(
    ("creator", "authors"),
    [
        ("Jane Doe", ("Jane Doe",)),
        ("王小明", ("王小明",)),
        ("python-docx", ()),
        ("Administrator", ()),
    ],
)
def test_the_author_of_the_properties_is_a_guess(creator: str, authors: tuple[str, ...]) -> None:
    article = only(docx(word_paragraph("正文在此，没有署名。"), creator=creator))
    assert article.authors == authors
    assert article.guessed == (("authors",) if authors else ())


def test_opendocument_headings_spaces_tables_and_notes() -> None:
    article = only(
        odt(
            "<text:tracked-changes><text:p>删去</text:p></text:tracked-changes>"
            '<text:p text:style-name="P1">城市书房点亮夜晚</text:p>'
            '<text:h text:outline-level="1">夜里的灯</text:h>'
            '<text:p>一<text:s text:c="3"/>二<text:tab/>三<text:note><text:note-citation>1'
            "</text:note-citation><text:note-body><text:p>脚注</text:p></text:note-body></text:note>"
            "<text:line-break/>四</text:p>"
            "<text:list><text:list-item><text:p>条目</text:p></text:list-item></text:list>"
            "<table:table><table:table-row><table:table-cell><text:p>甲</text:p></table:table-cell>"
            "<table:table-cell><text:p>乙</text:p></table:table-cell></table:table-row>"
            "</table:table>"
        ),
        "file.odt",
    )
    assert article.title == "城市书房点亮夜晚"
    assert article.text == "夜里的灯\n一 二 三\n四\n条目\n甲 | 乙"
    assert headings(article) == [("夜里的灯", 1)]
    assert article.notes == ("脚注",)


def test_opendocument_sheets_and_slides() -> None:
    def row(*cells: str) -> str:
        held = "".join(
            f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" for one in cells
        )
        return f"<table:table-row>{held}</table:table-row>"

    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    last = "<table:table-cell><text:p>30</text:p></table:table-cell>"
    sheet = (
        '<office:spreadsheet><table:table table:name="人员">'
        + row("姓名", "职务", "籍贯", "年龄")
        + row("张三").replace("</table:table-row>", f"{gap}{last}</table:table-row>")
        + "</table:table></office:spreadsheet>"
    )
    slide = (
        '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>第一张</text:p>'
        "</draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>要点</text:p>"
        "</draw:text-box></draw:frame></draw:page>"
    )
    article = only(odt(slide + sheet), "file.odp")
    assert article.title == "第一张"
    assert article.text == "要点\n人员\n姓名 | 职务 | 籍贯 | 年龄\n姓名: 张三 | 年龄: 30"


def test_slides_in_order_with_titles_and_notes() -> None:
    table = (
        '<p:graphicFrame><p:xfrm><a:off x="0" y="9000000"/></p:xfrm><a:graphic><a:tbl><a:tr><a:tc>'
        "<a:p><a:r><a:t>甲</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>乙</a:t></a:r></a:p></a:tc>"
        "</a:tr></a:tbl></a:graphic></p:graphicFrame>"
    )
    first = table + slide_shape("下面", top=5_000_000) + slide_shape("上面\n两行", top=2_000_000)
    article = only(
        pptx(
            (first + slide_shape("第一张", role="title") + slide_shape("7", role="sldNum"), "备注"),
            (slide_shape("第二张", role="ctrTitle") + slide_shape("要点", role="body"), ""),
        ),
        "file.pptx",
    )
    assert article.title == "第一张"
    assert article.text == "上面\n两行\n下面\n甲 | 乙\n备注\n第二张\n要点"
    assert headings(article) == [("第二张", 1)]


def test_sheets_are_sections_and_rows_name_their_columns() -> None:
    book = xlsx({"人员": [["姓名", "年龄"], ["张三", 30], ["李四", 5]], "空": [], "备注": [["甲"]]})
    article = only(book, "名单.xlsx")
    assert article.title == "名单"
    assert article.guessed == ("title",)
    assert (
        article.text == "人员\n姓名 | 年龄\n姓名: 张三 | 年龄: 30\n姓名: 李四 | 年龄: 5\n备注\n甲"
    )
    assert headings(article) == [("人员", 1), ("备注", 1)]
    assert only(xlsx({"Sheet1": [["只有一格"]]}), "a.xlsx").title is None
    assert only(xlsx({"Sheet1": [["🤠"]]}), "a.xlsx").text == "🤠"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([["x", "x"], ["x", "x"]], ["x | x", "x | x"]),
        ([["1", "2"], ["3", "4"]], ["1 | 2", "3 | 4"]),
        ([["总表", ""], ["项", "数"], ["甲", "1"]], ["总表", "项 | 数", "项: 甲 | 数: 1"]),
        (
            [["单位：元", "", "上半年"], ["", "收入", "支出"], ["甲", "1", "2"]],
            ["单位：元 | 上半年", "收入 | 支出", "甲 | 收入: 1 | 支出: 2"],
        ),
        (
            [["人", "职"], ["甲", "主任"], ["二组", ""], ["乙", "科长"], ["丙", "科员"]],
            ["人 | 职", "人: 甲 | 职: 主任", "二组", "人: 乙 | 职: 科长", "人: 丙 | 职: 科员"],
        ),
        (
            [["人", "岁"], ["甲", "1"], ["", ""], ["物", ""], ["名", "价"], ["书", "2"]],
            ["人 | 岁", "人: 甲 | 岁: 1", "物", "名 | 价", "名: 书 | 价: 2"],
        ),
        ([["日", "时"], ["2024-06-05 00:00:00", "1899-12-31 08:05:00"]],
         ["日 | 时", "日: 2024-06-05 | 时: 08:05:00"]),
    ],
)  # fmt: skip
def test_rows_as_lines(rows: list[list[str]], lines: list[str]) -> None:
    assert list(row_lines(rows)) == lines


cells = st.text("甲乙丙123", max_size=3)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8))
def test_no_cell_of_a_sheet_is_lost(rows: list[list[str]]) -> None:
    lines = list(row_lines(rows))
    held = [[cell for cell in cells if cell] for cells in rows if any(cells)]
    assert len(lines) == len(held)
    for line, wanted in zip(lines, held, strict=True):
        assert [part.split(": ")[-1] for part in line.split(" | ")] == wanted


BOOK = (
    '<dc:title>河边的书</dc:title><dc:language>zh</dc:language><dc:creator opf:role="aut">王小明'
    '</dc:creator><dc:creator opf:role="trl">李四</dc:creator>'
)


def test_a_chapter_of_a_book_is_an_article() -> None:
    found = read_office(
        epub(
            {
                "1.xhtml": "<h1>河边的书</h1><p>献给读者。</p>",
                "2.xhtml": "<h2>目录</h2><p>第一章</p>",
                "3.xhtml": "<h2>第一章</h2><h2>桥</h2><p>桥上有人。</p><h3>雨</h3><p>下雨了。</p>",
                "4.xhtml": "<p>雨停了。</p>",
                "5.xhtml": "<h2>第二章</h2><p>昨天，没有人来。</p>",
            },
            metadata=BOOK,
        ),
        "book.epub",
    ).articles
    assert [(one.title, one.text) for one in found] == [
        ("河边的书", "献给读者。"),
        ("第一章 桥", "桥上有人。\n雨\n下雨了。\n雨停了。"),
        ("第二章", "昨天，没有人来。"),
    ]
    assert {(one.source, one.authors, one.language) for one in found} == {
        ("河边的书", ("王小明",), "zh")
    }
    assert headings(found[1]) == [("雨", 1)]


def test_a_book_without_headings_takes_them_from_its_table_of_contents() -> None:
    pages = {"1.xhtml": "<p>桥</p><p>桥上有人。</p>", "2.xhtml": "<p>雨停了。</p>"}
    labels = {"1.xhtml": "桥", "2.xhtml": "雨"}
    found = read_office(epub(pages, metadata=BOOK, labels=labels), "book.epub").articles
    assert [(one.title, one.text) for one in found] == [("桥", "桥上有人。"), ("雨", "雨停了。")]


def test_rich_text() -> None:
    gbk = "".join(f"\\'{byte:02x}" for byte in "城市书房点亮夜晚".encode("gbk"))
    content = (
        r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}{\header {\b head} line}"
        r"{\footer 3}\pard\outlinelevel0 "
        + gbk
        + r"\par\pard \u27491?\u25991?{\footnote \pard foot}"
        r"\line more\par \trowd\cellx1000\cellx2000 a\cell b\cell\row \pard after\par}"
    )
    article = only(content.encode(), "file.rtf")
    assert article.title == "城市书房点亮夜晚"
    assert article.text == "正文\nmore\na | b\nafter"
    assert article.notes == ("foot",)


def test_what_a_file_is_its_content_tells() -> None:
    assert only(docx(word_paragraph("正文。")), "file.doc").text == "正文。"
    assert only(b"{\\rtf1 text here\\par}", "file.doc").text == "text here"


def nested(member: str, depth: int) -> bytes:
    return zipped(
        {
            "_rels/.rels": relations(("officeDocument", member)),
            member: "<a>" * depth + "text" + "</a>" * depth,
        }
    )


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (docx(""), EmptyFile),
        (xlsx({"Sheet1": []}), EmptyFile),
        (pptx(("", "")), EmptyFile),
        (b"", EmptyFile),
        (b"plain", DamagedFile),
        (docx(word_paragraph("text"))[:-40], DamagedFile),
        (docx("<w:p>"), DamagedFile),
        (docx("<w:p><w:r><w:t>&unknown;</w:t></w:r></w:p>"), DamagedFile),
        (zipped({"[Content_Types].xml": "<Types/>"}), DamagedFile),
        (nested("word/document.xml", 100_000), DamagedFile),
        (OLE + bytes(2000), DamagedFile),
        (compound("EncryptionInfo", "EncryptedPackage"), LockedFile),
        (OLE + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(500), DamagedFile),
        (OLE + bytes(600) + "Workbook".encode("utf-16-le") + bytes(500), DamagedFile),
        (odt("<text:p>x</text:p>", manifest="<manifest:encryption-data/>"), LockedFile),
    ],
)
def test_says_why_a_document_cannot_be_read(content: bytes, error: type[ReadError]) -> None:
    with pytest.raises(error) as caught:
        read_office(content)
    assert "file.docx" in caught.value.english
    assert "file.docx" in caught.value.chinese


def test_refuses_a_zip_bomb() -> None:
    with pytest.raises(FileTooLarge):
        read_office(zipped({"_rels/.rels": "", "word/document.xml": bytes(70 * 2**20)}))


@pytest.mark.parametrize("place", ["&j;", '<w:p w:x="&j;"/>'])
def test_entities_do_not_grow(place: str) -> None:
    document = docx(word_paragraph("正文。") + place, dtd=f"{DTD}]>")
    with contextlib.suppress(DamagedFile):
        assert only(document).text == "正文。"


def test_an_encrypted_member_is_locked() -> None:
    content = bytearray(docx(word_paragraph("正文。")))
    for found in re.finditer(b"PK\x01\x02", bytes(content)):
        content[found.start() + 8] |= 1
    with pytest.raises(LockedFile):
        read_office(bytes(content))


@given(st.binary(max_size=200), st.integers(0, 3000))
def test_damage_gives_articles_or_a_clear_error(noise: bytes, place: int) -> None:
    content = docx(word_paragraph("正文。"))
    with contextlib.suppress(ReadError):
        assert read_office(content[:place] + noise + content[place + len(noise) :]).articles


def test_rows_of_a_sheet_with_titles_and_texts_are_articles() -> None:
    first, second = read_office(
        xlsx(
            {
                "新闻": [
                    ["标题", "作者", "日期", "正文"],
                    ["石桥修好了", "周明", "2024-06-05", "河边的石桥修好了。"],
                    ["书房点亮夜晚", "李兰", "2024-06-06", "读者可以读到夜里十点。"],
                ]
            }
        ),
        "news.xlsx",
    ).articles
    assert (first.title, first.authors, first.published) == ("石桥修好了", ("周明",), "2024-06-05")
    assert (second.text, second.path) == ("读者可以读到夜里十点。", "news.xlsx#3")


def test_columns_of_a_sheet_are_those_given() -> None:
    content = xlsx({"Sheet1": [["甲", "乙"], ["石桥修好了", "河边的石桥修好了。"]]})
    options = Options(columns={"title": "甲", "text": "乙"})
    (article,) = read(File("news.xlsx", content=content), options).articles
    assert (article.title, article.text) == ("石桥修好了", "河边的石桥修好了。")
    with pytest.raises(ReadError, match="no column '丙'"):
        read(File("news.xlsx", content=content), Options(columns={"text": "丙"}))


@pytest.mark.parametrize(
    "content",
    [
        pptx((PICTURE, ""), picture=bytes(4000)),
        docx(
            '<w:p><w:r><w:drawing><a:blip xmlns:a="a" xmlns:r="r" r:embed="rId4"/></w:drawing>'
            "</w:r></w:p>",
            picture=bytes(4000),
        ),
    ],
)
def test_pictures_alone_are_named_where_they_are_not_read(content: bytes) -> None:
    with pytest.raises(ReadError, match=r"image1\.png") as caught:
        read(File("file.docx", content=content), Options(ocr=False))
    assert "image1.png" in caught.value.chinese


def test_pictures_beside_much_text_are_illustrations() -> None:
    slide = slide_shape("河边的石桥修好了，来往的人多了一倍。" * 8) + PICTURE
    reading = read_office(pptx((slide, ""), picture=bytes(4000)))
    assert len(reading.articles) == 1
    assert not reading.problems


def test_a_page_of_a_newspaper_has_its_articles() -> None:
    body = word_paragraph("河边日报 2024年6月5日 星期三 第3版")
    for title, writer in (("石桥修好以后", "本报记者 周明"), ("书房点亮夜晚", "李兰")):
        body += word_paragraph(title, bold=True) + word_paragraph(writer)
        body += "".join(
            word_paragraph(
                f"{title}的第{i}段，来往的人比从前多了一倍，{'渡船靠岸，' * i}天色已晚。"
            )
            for i in (1, 2, 3)
        )
    first, second = read_office(docx(body)).articles
    assert (first.title, first.authors) == ("石桥修好以后", ("周明",))
    assert (second.title, second.authors) == ("书房点亮夜晚", ("李兰",))
    assert second.text.count("\n") == 2
