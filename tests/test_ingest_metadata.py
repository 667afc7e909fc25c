from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.page.byline import Credit, parse_byline, parse_closer
from ingest.page.metadata import find_date, find_issue, find_language, find_page, find_source


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("□ 张三", ("张三",)),
        ("□张三 李四", ("张三", "李四")),
        ("■ 张 三", ("张三",)),
        ("□ 次照辉", ("次照辉",)),
        ("本报记者 李四", ("李四",)),
        ("本报记者 李四 通讯员 王五", ("李四", "王五")),
        ("□ 本报记者 李四", ("李四",)),
        ("本報記者 盧靜怡", ("盧靜怡",)),
        ("新华社记者 阿依古丽·买买提", ("阿依古丽·买买提",)),
        ("文/王五", ("王五",)),
        ("文／王五 图／赵六", ("王五",)),
        ("作者：张三", ("张三",)),
        ("作者：张三、李四", ("张三", "李四")),
        ("记者 张三 报道", ("张三",)),
        ("见习记者 张三 综合报道", ("张三",)),
        ("（记者 张三）", ("张三",)),
        ("欧阳明月 司马青", ("欧阳明月", "司马青")),
        ("By Jane Doe", ("Jane Doe",)),
        ("BY JANE DOE AND JOHN ROE", ("Jane Doe", "John Roe")),
        ("By Anna van der Berg, Staff Writer", ("Anna van der Berg",)),
        ("By JOHN ROE | Northfield Times", ("John Roe",)),
        ("By Staff Reporter Li Wei and Jane Doe", ("Li Wei", "Jane Doe")),
        ("王小河 李向东", ("王小河", "李向东")),
        ("张三 李四 王五", ("张三", "李四", "王五")),
        ("本报记者 张三 通讯员 李四 实习生 王五", ("张三", "李四", "王五")),
        ("本报记者张三 通讯员李四", ("张三", "李四")),
        ("文 | 张三", ("张三",)),
        ("图/李四 文/张三", ("张三",)),
        ("撰文｜张三 编辑｜李四", ("张三",)),
        ("作者：约翰·史密斯 译者：李四", ("约翰·史密斯",)),
        ("□ 口述 张三 整理 李四", ("张三", "李四")),
        ("□ 王 小 河", ("王小河",)),
        ("□ 孙 颖 本报记者 李婷", ("孙颖", "李婷")),
        ("云川青年报·云青在线记者 张三", ("张三",)),
        ("云川日报记者 张三 发自北原", ("张三",)),
        ("记者 张三 北原报道", ("张三",)),
    ],
)
def test_bylines(line: str, authors: tuple[str, ...]) -> None:
    credit = parse_byline(line)
    assert credit is not None
    assert credit.authors == authors


def test_an_affiliation_in_a_byline() -> None:
    credit = parse_byline("□ 张三（云川大学教授）")
    assert credit is not None
    assert (credit.authors, credit.affiliation) == (("张三",), "云川大学教授")
    assert parse_byline("张三（云川大学）") == Credit(("张三",), "云川大学")


@pytest.mark.parametrize(
    "line",
    [
        "□ 完善制度设计，补齐短板",
        "● 重要提示",
        "记者手记",
        "本报记者走访了三个村子。",
        "文化惠民",
        "作者的话",
        "统筹兼顾 多点发力",
        "金融 安全",
        "By the end of the year",
        "By Friday",
        "By the Editorial Board",
        "作者：本报编辑部",
        "□ 本报编辑部",
        "作者：云川市统计局",
        "作者：云川市解放路12号",
        "责任编辑：张三",
        "编辑 张三",
        "摄影 张三",
        "文化 教育 体育",
        "Jane Doe",
        "",
    ],
)
def test_what_is_no_byline(line: str) -> None:
    assert parse_byline(line) is None


@pytest.mark.parametrize(
    ("text", "authors", "affiliation"),
    [
        ("（作者系河北省社会科学院院长）", (), "河北省社会科学院院长"),
        ("（作者单位：辽宁大学经济学院）", (), "辽宁大学经济学院"),
        ("(作者单位:石家庄学院)", (), "石家庄学院"),
        ("（作者为云川大学教授）", (), "云川大学教授"),
        ("（作者分别为云川大学教授、讲师）", (), "云川大学教授、讲师"),
        ("（作者張三係雲川大學教授）", ("張三",), "雲川大學教授"),
        ("（作者：张三，系云川大学教授）", ("张三",), "云川大学教授"),
        ("（作者单位：云川大学。本文系省级课题阶段性成果）", (), "云川大学"),
        ("作者单位：云川大学", (), "云川大学"),
        ("（作者单位为云川大学，本文系国家课题成果）", (), "云川大学"),
        ("（作者：张三，云川大学教授）", ("张三",), "云川大学教授"),
        ("作者简介：张三，云川大学教授", ("张三",), "云川大学教授"),
        ("（张三系云川大学教授）", ("张三",), "云川大学教授"),
        (
            "（作者张三系云川大学教授，李四系北原学院讲师）",
            ("张三", "李四"),
            "云川大学教授；北原学院讲师",
        ),
        (
            "(The author is a lecturer at Northfield College.)",
            (),
            "a lecturer at Northfield College",
        ),
    ],
)
def test_closers(text: str, authors: tuple[str, ...], affiliation: str) -> None:
    credit = parse_closer(text)
    assert credit is not None
    assert (credit.authors, credit.affiliation) == (authors, affiliation)


@pytest.mark.parametrize(
    "text",
    [
        "作者是谁，没有人知道。",
        "（这关系到每个人的大学）",
        "（中文系教授）",
        "（见图一）",
        "（作者注）",
        "The author is unknown?",
        "",
    ],
)
def test_what_is_no_closer(text: str) -> None:
    assert parse_closer(text) is None


def test_a_closer_may_hold_a_note() -> None:
    credit = parse_closer("（作者单位：云川大学。本文系省级课题阶段性成果）")
    assert credit == Credit((), "云川大学", "本文系省级课题阶段性成果")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年6月5日 星期三", "2024-06-05"),
        ("二〇二四年十二月二十一日", "2024-12-21"),
        ("云川日报_2024-06-05_第3版", "2024-06-05"),
        ("20240605", "2024-06-05"),
        ("Wednesday, June 5, 2024", "2024-06-05"),
        ("5 June 2024", "2024-06-05"),
        ("Sept. 9, 1999", "1999-09-09"),
        ("2024年13月5日", None),
        ("000_3219d76b6f118cf6", None),
        ("电话 20240699", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert find_date(text) == day


@pytest.mark.parametrize(
    ("text", "page"),
    [("第07版 理论", "7"), ("A03版", "A03"), ("第十二版", "12"), ("Page A7", "A7"), ("三版", None)],
)
def test_pages(text: str, page: str | None) -> None:
    assert find_page(text) == page


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("云川日报 2024年6月5日", "云川日报"),
        ("雲川晚報", "雲川晚報"),
        ("The Riverton Observer, 5 June 2024", "The Riverton Observer"),
        ("报告文学", None),
        ("page_12", None),
    ],
)
def test_sources(text: str, source: str | None) -> None:
    assert find_source(text) == source


def test_a_masthead_goes_before_the_file_name() -> None:
    issue = find_issue(["云川日报 2024年6月5日"], "/北原日报/2023-01-02/第3版.txt")
    assert (issue.source, issue.published, issue.page) == ("云川日报", "2024-06-05", "3")


@pytest.mark.parametrize(
    ("path", "published", "page"),
    [
        ("云川日报/2024-06/05/nw.D110000ycrb_20240605_1-01.htm", "2024-06-05", "1"),
        ("ycrb2024060512.pdf", "2024-06-05", "12"),
        ("ycrb20240605.pdf", "2024-06-05", None),
        ("2024/6/5/page.txt", "2024-06-05", None),
        ("scan_20240605_03.txt", "2024-06-05", None),
        ("000_3219d76b6f118cf6.txt", None, None),
        ("a20240605b.txt", None, None),
        ("2024/13/5/page.txt", None, None),
    ],
)
def test_names_of_files_and_folders(path: str, published: str | None, page: str | None) -> None:
    issue = find_issue([], path)
    assert (issue.published, issue.page) == (published, page)
    known = {"source": issue.source, "published": published, "page": page}
    assert set(issue.guessed) == {name for name, value in known.items() if value}


def test_a_labelled_source() -> None:
    issue = find_issue(["发布时间：2024-06-05 10:00 来源：云川网 作者：张三"], "x")
    assert (issue.source, issue.published, issue.guessed) == ("云川网", "2024-06-05", ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das ist ein Text auf Deutsch, und der Hund ist nicht da.", "de"),
        ("Le chat est dans la maison avec les enfants.", "fr"),
        ("El perro está en la casa y no quiere salir.", "es"),
        ("Il gatto è nella casa e non vuole uscire con noi.", "it"),
        ("O gato não está em casa e a menina não quer sair.", "pt"),
        ("De kat zit op het dak en wil er niet af.", "nl"),
        ("Katten är på taket och vill inte ner.", "sv"),
        ("Сегодня хорошая погода", "ru"),
        ("Сьогодні її погода гарна", "uk"),
        ("Καλημέρα κόσμε", "el"),
        ("مرحبا بالعالم", "ar"),
        ("Bonjour", "en"),
        ("渡口在镇子的东头", "zh"),
        ("老戲臺等來了新觀眾", "zh"),
        ("The ferry ran for forty years", "en"),
        ("用 Python 写成的一个小工具，运行在树莓派上", "zh"),
        ("山の上に小さな駅がある", "ja"),
        ("강 건너 마을", "ko"),
        ("", "zh"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert find_language(text) == language


@given(st.text(max_size=80))
def test_any_line_can_be_asked(line: str) -> None:
    credit = parse_byline(line)
    assert credit is None or all(credit.authors)
    closer = parse_closer(line)
    assert closer is None or closer.affiliation != ""
    assert find_date(line) is None or len(find_date(line) or "") == 10


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("09 要闻", "9"),
        ("A03 国际", "A03"),
        ("云川日报 2024年6月5日 09 要闻", "9"),
        ("12 文化副刊 2024年6月5日 星期三", "12"),
        ("他在 12 经济 学家中", None),
        ("2024 要闻", None),
        ("第12 新闻", None),
    ],
)
def test_a_number_before_a_section_is_the_page(line: str, page: str | None) -> None:
    assert find_page(line) == page


@pytest.mark.parametrize(
    "text",
    [
        "A | A | A",
        "Payroll report | 12 | 14",
        "No, come on in.",
        "A la carte menu, per person, no extras.",
        "title: body_text: https://example.com/a/o/de/os",
    ],
)
def test_too_little_to_tell_is_english(text: str) -> None:
    assert find_language(text) == "en"


def test_addresses_and_names_of_fields_do_not_tell_the_language() -> None:
    text = "请看 https://example.com/very/long/path/to/a/page?with=query 说明 user_name file_path"
    assert find_language(text) == "zh"
