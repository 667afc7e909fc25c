"""Tables as articles: columns told by their names or as mapped, in one piece or in many."""

from __future__ import annotations

import csv
import io
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import EmptyFile, FileTooLarge, PartlyRead, ReadError
from ingest.formats import File, Options, concatenate, table
from ingest.tables.delimited import end_of_rows, find_layout
from ingest.tables.pieces import LONGEST_ROW, cut
from ingest.types import Article, Reading

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "messy"


def read(content: str, encoding: str = "utf-8", /, **columns: str) -> Reading:
    file = File("news.csv", content=content.encode(encoding))
    return table.read(file, Options(columns=columns))


def read_one(content: str, encoding: str = "utf-8", /, **columns: str) -> Article:
    (article,) = read(content, encoding, **columns).articles
    return article


def written(rows: list[list[str]], delimiter: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def visible(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


@pytest.mark.parametrize(
    "header",
    [
        "title,author,date,source,page,content",
        "Headline,Byline,Pub_Date,Newspaper,Page No.,Full Text",
        "标题,作者,日期,报纸,版次,正文",
        "標題,記者,出版日期,報紙,版面,內容",
        "新闻标题,记者,发布时间,来源,版号,新闻内容",
    ],
)
def test_finds_columns_by_their_names(header: str) -> None:
    row = "书房点亮夜晚,王叶军 李思坤,2024年6月5日,某市日报,第3版,去年，市里建成十家书房。"
    article = read_one(f"{header}\n{row}\n")
    assert article.title == "书房点亮夜晚"
    assert article.authors == ("王叶军", "李思坤")
    assert article.published == "2024-06-05"
    assert article.source == "某市日报"
    assert article.page == "3"
    assert article.text == "去年，市里建成十家书房。"
    assert article.path == "news.csv#2"
    assert article.guessed == ()


def test_reads_columns_as_mapped() -> None:
    text = "a,b,title\n某文，很短。,甲的标题,别的\n"
    article = read_one(text, title="b", text="a")
    assert (article.title, article.text) == ("甲的标题", "某文，很短。")


def test_columns_without_a_header_are_mapped_by_number() -> None:
    (first, second) = read("Go.\t走。\nStop.\t停下来。\n", text="2").articles
    assert (first.text, second.text) == ("走。", "停下来。")
    assert second.path == "news.csv#2"


def test_names_the_columns_there_are_if_one_is_not() -> None:
    with pytest.raises(ReadError, match="no column 'x'; its columns are a, b") as caught:
        read("a,b\n1,2\n", text="x")
    assert "已有的列：a, b" in caught.value.chinese


def test_names_the_fields_there_are_if_one_is_not() -> None:
    with pytest.raises(ReadError, match=r"no field 'body'; .*title, text, authors"):
        read("a,b\n1,2\n", body="a")


def test_a_column_that_tells_where_it_was_printed_says_more_than_the_date() -> None:
    """As newspaper databases export it; "page" is that of their list."""
    text = (
        "page,publish,title,text\n"
        "8,申報 日期：1949-05-08 版次/卷期：02 版 某社某城六日電,議會批准憲草,議會已於今日決定。\n"
    )
    article = read_one(text)
    assert (article.source, article.page) == ("申報", "2")
    assert (article.published, article.guessed) == ("1949-05-08", ())


def test_a_page_that_may_be_that_of_a_list_is_a_guess() -> None:
    article = read_one("page,title,text\n8,题目,今日决定。\n")
    assert (article.page, article.guessed) == ("8", ("page",))


def test_an_id_marks_the_article() -> None:
    rows = [["id", "text"], ["n:17", "一。"], ["a b/c", "二。"], ["", "三。"]]
    paths = [article.path for article in read(written(rows)).articles]
    assert paths == ["news.csv#n:17", "news.csv#3", "news.csv#4"]


def test_the_longest_column_beside_titles_holds_the_texts() -> None:
    rows = [["title", "地址", "说法"], ["甲", "某路", "某人说" * 20], ["乙", "某街", "另一说" * 20]]
    assert [len(article.text) for article in read(written(rows)).articles] == [60, 60]


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("王叶军、李思坤", ("王叶军", "李思坤")),
        ("本报记者 王叶军 通讯员 李思坤", ("王叶军", "李思坤")),
        ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
        ("Doe, Jane", ("Doe, Jane",)),
        ("Doe, Jane; Roe, John", ("Doe, Jane", "Roe, John")),
        ("", ()),
    ],
)
def test_splits_authors(cell: str, authors: tuple[str, ...]) -> None:
    text = written([["title", "author", "text"], ["题", cell, "正文在此。"]])
    assert read_one(text).authors == authors


def test_undoes_line_wraps_and_finds_headings_in_a_cell() -> None:
    wrapped = "去年市里建成了十家城市书房，\n今年还要再建五家。\n\n一、夜里的灯\n\n书房开到十点。"
    article = read_one(written([["title", "text"], ["书房", wrapped]]))
    assert [heading.text for heading in article.headings] == ["一、夜里的灯"]
    assert article.text.endswith("书房开到十点。")


def test_a_row_with_a_title_is_one_article_whatever_is_in_it() -> None:
    page = (
        "本报讯 今天甲地开会。\n会议很长，谈了三天三夜。\n\n乙地下雨\n□ 李四\n\n"
        "本报讯 昨天乙地下雨。\n雨不小。\n"
    )
    article = read_one(written([["title", "author", "text"], ["两则", "王五", page]]))
    assert (article.title, article.authors) == ("两则", ("王五",))
    (heading,) = article.headings
    assert article.text[heading.start :].startswith("乙地下雨\n")
    for sentence in ("今天甲地开会。", "昨天乙地下雨。", "雨不小。"):
        assert sentence in article.text


def test_a_byline_in_the_text_counts_if_the_row_has_none() -> None:
    page = "□ 王叶军\n\n去年，市里建成十家书房。读者可以读到夜里十点。\n"
    article = read_one(written([["title", "text"], ["书房点亮夜晚", page]]))
    assert (article.title, article.authors) == ("书房点亮夜晚", ("王叶军",))
    assert "□" not in article.text


def test_html_in_cells_becomes_text() -> None:
    markup = "<p>第一段&nbsp;有<b>字</b>。</p><script>alert(1)</script><p>第二段。<br/>第三行。</p>"
    article = read_one(written([["title", "text"], ["<b>题</b>目", markup]]))
    assert article.title == "题目"
    assert article.text.split("\n")[0] in ("第一段\xa0有字。", "第一段 有字。")
    assert "第二段。" in article.text
    assert "alert" not in article.text
    assert "<" not in article.text


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_reads_every_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    text = '今年还要再建五家；读者说，\n“好”, "很好"|、\t都说好。'
    rows = [["标题", "正文"], ["书房点亮夜晚", text], ["另一篇文章", "市里建成了十家城市书房。"]]
    first, second = read(written(rows, delimiter), encoding).articles
    assert first.text.replace("\n", "") == "".join(text.split("\n")).replace("\t", "\t")
    assert second.title == "另一篇文章"


def test_quotations_at_the_start_of_cells_enclose_nothing() -> None:
    text = 'title\ttext\nA\t"Go," he said.\nB\t"Stop," she said.\nC\tNobody spoke.\n'
    articles = read(text).articles
    assert [article.title for article in articles] == ["A", "B", "C"]
    assert articles[0].text == '"Go," he said.'


def test_commas_in_a_last_text_that_is_not_quoted_belong_to_it() -> None:
    rows = "".join(f"题{i},短句。\n" for i in range(8))
    assert read(f"title,text\n{rows}丙,one, two, three.\n").articles[-1].text == "one, two, three."


def test_tells_of_rows_without_text_and_of_rows_with_too_many_cells() -> None:
    rows = "".join(f"短句{i}。,题{i}\n" for i in range(8))
    reading = read(f"text,title\n{rows},无\n,无\na,b,c\n")
    assert len(reading.articles) == 8
    empty, ragged = reading.problems
    assert isinstance(empty, PartlyRead)
    assert str(empty) == "news.csv: rows left out: 2, the first is row 10: they have no text"
    assert "rows left out: 1, the first is row 12: they have more cells" in str(ragged)
    assert "首行为第 12 行" in ragged.chinese


def test_any_other_table_is_one_article() -> None:
    article = read_one("Stanley,,\nTeam,Place,Cups\nBlues,STL,1\nLeafs,,13\n,,\n")
    assert article.title == "Stanley"
    assert article.text.split("\n") == [
        "Team | Place | Cups",
        "Team: Blues | Place: STL | Cups: 1",
        "Team: Leafs | Cups: 13",
    ]
    assert article.path == "news.csv"


def test_a_table_without_a_header_invents_none() -> None:
    assert read_one("A,A,B\nA,A,C\n").text == "A | A | B\nA | A | C"
    assert read_one("2023,4\n2024,5\n").text == "2023 | 4\n2024 | 5"


@pytest.mark.parametrize("text", [",,\n,,\n", "title,text\n"])
def test_refuses_a_table_without_rows(text: str) -> None:
    with pytest.raises(EmptyFile, match="no rows"):
        read(text)


def test_a_cell_may_be_very_long() -> None:
    long = "河水流过石桥。" * 100_000
    assert read_one(written([["title", "text"], ["长文", long]])).text == long


def test_an_endless_row_is_refused() -> None:
    content = b"title,text\na," + b"x" * (LONGEST_ROW + 2**22)
    with pytest.raises(FileTooLarge, match="a row of more than 64 MB"):
        cut(File("a.csv", content=content), lambda block: (block.rfind(b"\n") + 1, 1), 2**25)


# Letters that UTF-8 read in another encoding begins with are mended.
MENDED = "".join(map(chr, range(0x80, 0x100)))
CELL = st.text(alphabet=st.sampled_from("ab甲乙。，, \t\"'\n;|<&"), max_size=12) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=MENDED), max_size=20
)


def cut_up(text: str, size: int) -> Reading:
    file = File("a.csv", content=text.encode())
    layout = find_layout(text)
    parts = cut(file, lambda block: end_of_rows(block, layout), size)
    assert (parts[0].start, parts[-1].stop) == (0, file.size)
    assert all(one.stop == other.start for one, other in pairwise(parts))
    return concatenate(table.read_part(file, part, Options()) for part in parts)


@given(cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5), size=st.integers(8, 200))
def test_pieces_hold_the_rows_of_the_whole(cells: list[tuple[str, str]], size: int) -> None:
    text = written([["title", "text"], *map(list, cells)])
    whole = cut_up(text, 2**20)
    assert cut_up(text, size).articles == whole.articles


LINE = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters=MENDED)
).map(str.strip)


@given(texts=st.lists(LINE.filter(has_words), min_size=1))
def test_rows_in_are_articles_out(texts: list[str]) -> None:
    rows = [["id", "title", "text"], *([f"n{i}", f"第{i}", one] for i, one in enumerate(texts))]
    reading = read(written(rows))
    articles = {article.path: article for article in reading.articles}
    assert len(articles) == len(texts)
    for i, text in enumerate(texts):
        article = articles[f"news.csv#n{i}"]
        assert article.title == f"第{i}"
        assert visible(article.text) <= visible(text)


@given(
    content=st.binary(max_size=300)
    | st.text(alphabet='ab,;|\t"\n\r\0题,标题', max_size=100).map(str.encode)
)
def test_any_bytes_give_a_reading_or_a_reason(content: bytes) -> None:
    with suppress(ReadError):
        assert table.read(File("a.csv", content=content), Options()).problems is not None


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real files aren't here")
def test_reads_a_newspaper_of_the_republican_era() -> None:
    for path in (SHARED / "shenbao").glob("*.csv"):
        reading = table.read(File(path.name, path), Options())
        assert len(reading.articles) == 100
        assert [str(problem).count("row 52") for problem in reading.problems] == [1]
        assert all(article.title and article.published for article in reading.articles)
        first = reading.articles[:50]
        assert {article.source for article in first} == {"申報"}
        assert {len(article.page or "") for article in first} <= {1, 2}
