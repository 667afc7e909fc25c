"""What questions say about articles, with a catalogue of made-up ones."""

import json
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.catalogue.catalogue import Catalogue, catalogue_of
from index.catalogue.entry import Entry, columns_of
from index.catalogue.names import NameTable
from index.types import IntArray
from retriever.published import days
from retriever.query import language_of, understand
from retriever.types import Query

TODAY = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("京津冀的面积是多少？", "zh"),
        ("京津冀的面積是多少？", "zh"),
        ("GPT-4 Turbo 是什么？", "zh"),
        ("What does 牛鼻子 stand for here?", "en"),
        ("Qu'est-ce que c'est ?", "en"),
        ("2023?", "zh"),
        ("", "zh"),
    ],
)
def test_the_language_of_a_question(text: str, language: str) -> None:
    assert language_of(text) == language


Row = tuple[Sequence[str], str | None, str | None]


def catalogue(*rows: Row) -> Catalogue:
    """Of articles with authors, source and date, a passage each."""
    passages = np.array([(row, row) for row in range(len(rows))], np.int64).reshape(-1, 2)
    return with_passages(rows, passages)


def with_passages(rows: Sequence[Row], passages: IntArray) -> Catalogue:
    """Of such articles, with ``passages`` (n, 2): the article of each, and its number."""
    authors, sources = NameTable(), NameTable()
    entries = [
        Entry(row, None, json.dumps(names), source, published)
        for row, (names, source, published) in enumerate(rows)
    ]
    return catalogue_of(1, columns_of(entries, passages, authors, sources), authors, sources)


LIBRARY = catalogue(
    (["陈砚秋"], "云河日报", "2023-05-18"),
    (["陈砚秋", "李红"], "云河日报", "2023-04-20"),
    (["Idris Pell"], "Alder Cross Gazette", "2023-04-28"),
    (["趙長風"], "嵐港晚報", "2022-11-02"),
    (["努尔·阿丽娅"], "嵐港晚報", "2021-03-04"),
    ([], None, None),
)


def asked(question: str, library: Catalogue = LIBRARY, today: date = TODAY) -> Query:
    return understand(question, library, today=today)


def keys(question: str, library: Catalogue = LIBRARY, today: date = TODAY) -> list[str]:
    return [one.key for one in asked(question, library, today).filters]


@pytest.mark.parametrize(
    ("question", "author"),
    [
        *(("陈砚秋怎么看节水？", "陈砚秋"), ("陳硯秋認為，該怎樣節水？", "陈砚秋")),
        *(("赵长风指出了什么问题？", "趙長風"),),
        *(("李红院长在座谈会上提出了什么？", "李红"), ("努尔·阿丽娅的观点是什么？", "努尔·阿丽娅")),
        *(
            ("陈砚秋在节水问题上究竟主张什么？", "陈砚秋"),
            ("Idris Pell认为渡船怎么样？", "Idris Pell"),
        ),
        *(("What does Idris Pell think of the ferry?", "Idris Pell"),),
        *(("According to IDRIS PELL, why did it close?", "Idris Pell"),),
        *(("What is Idris Pell's view of tolls?", "Idris Pell"),),
        *(("What did Pell argue?", "Idris Pell"),),
    ],
)
def test_who_thinks_something_may_be_its_author(question: str, author: str) -> None:
    [one] = asked(question).filters
    assert (one.kind, one.value, one.strict) == ("author", author, False)


@pytest.mark.parametrize(
    ("question", "author", "topic"),
    [
        ("陈砚秋写的文章怎么谈节水？", "陈砚秋", "文章怎么谈节水？"),
        ("作者陈砚秋对节水怎么说？", "陈砚秋", "对节水怎么说？"),
        ("陈砚秋的文章里，节水要靠什么？", "陈砚秋", "里，节水要靠什么？"),
        ("趙長風發表過什麼文章？", "趙長風", "過什麼文章？"),
        (
            "Which stories on ferries are written by Idris Pell?",
            "Idris Pell",
            "Which stories on ferries are written  ?",
        ),
        (
            "In the article on tolls by Idris Pell, who pays?",
            "Idris Pell",
            "In the article on tolls  , who pays?",
        ),
    ],
)
def test_who_wrote_something_is_its_author(question: str, author: str, topic: str) -> None:
    query = asked(question)
    [one] = query.filters
    assert (one.kind, one.value, one.strict) == ("author", author, True)
    assert query.topic == topic


@pytest.mark.parametrize(
    "question",
    [
        *(
            "陈砚秋是谁？",
            "陈砚秋在哪里工作？",
            "大家对陈砚秋怎么看？",
            "王陈砚秋子认为什么？",
            "张三认为什么？",
        ),
        *("Who is Idris Pell?", "Which bridge was built by Idris Pell?", "What did pell argue?"),
        *("What do people say about Idris Pell?", "What does Idris Pellman think?"),
        "What did Tom Pell argue?",
    ],
)
def test_who_is_only_mentioned_is_no_author(question: str) -> None:
    assert keys(question) == []


def test_authors_named_together_are_alternatives() -> None:
    assert keys("陈砚秋和李红认为该怎样节水？") == ["author:陈砚秋", "author:李红"]


@pytest.mark.parametrize(
    ("question", "source", "topic"),
    [
        ("云河日报上怎么说节水？", "云河日报", "怎么说节水？"),
        ("《雲河日報》關於節水的報道有哪些？", "云河日报", "節水的報道有哪些？"),
        ("岚港晚报报道了哪些桥？", "嵐港晚報", "了哪些桥？"),
        ("据《嵐港晚報》，桥有多长？", "嵐港晚報", "，桥有多长？"),
        ("晚报头版上说了什么桥？", "嵐港晚報", "说了什么桥？"),
        ("云河日报有没有说桥有多长？", "云河日报", "桥有多长？"),
        (
            "What does the Gazette's story say of ferries?",
            "Alder Cross Gazette",
            "What does the   say of ferries?",
        ),
        (
            "Which ferries sank in the Alder Cross Gazette?",
            "Alder Cross Gazette",
            "Which ferries sank  ?",
        ),
    ],
)
def test_what_a_paper_says(question: str, source: str, topic: str) -> None:
    query = asked(question)
    assert [one.key for one in query.filters] == [f"source:{source}"]
    assert query.topic == topic


@pytest.mark.parametrize(
    "question",
    [
        *(
            "云河日报的总编辑是谁？",
            "《云河日报》创刊于哪一年？",
            "云河日报社有多少人？",
            "云河日报上市了吗？",
        ),
        *(
            "人民日报上怎么说？",
            "in the Daily Gazette",
            "Who works in the Alder Cross Gazette building?",
            "in the gazette",
        ),
    ],
)
def test_a_paper_that_is_spoken_of_is_no_source(question: str) -> None:
    assert keys(question) == []


def test_a_kind_of_paper_that_several_are_is_none_of_them() -> None:
    library = catalogue(([], "云河日报", None), ([], "岩浦日报", None))
    assert keys("日报上怎么说？", library) == []
    assert keys("岩浦日报上怎么说？", library) == ["source:岩浦日报"]


@pytest.mark.parametrize(
    ("question", "interval"),
    [
        ("2023年5月发表的文章怎么说节水？", "2023-05-01/2023-05-31"),
        ("二〇二三年四月刊登的报道", "2023-04-01/2023-04-30"),
        ("2022年以前刊登的文章", "../2021-12-31"),
        ("2022年以来发表的文章", "2022-01-01/.."),
        ("2023年4月20日的报纸上有什么？", "2023-04-20/2023-04-20"),
        ("articles published in April 2023 about ferries", "2023-04-01/2023-04-30"),
        ("articles published after 2022", "2023-01-01/.."),
        ("stories published between 2021 and 2022", "2021-01-01/2022-12-31"),
        ("the 18 May 2023 issue on water", "2023-05-18/2023-05-18"),
        ("What was published in May 2023?", "2023-05-01/2023-05-31"),
    ],
)
def test_when_something_was_published(question: str, interval: str) -> None:
    [one] = asked(question).filters
    assert (one.key, one.strict) == (f"published:{interval}", True)


def test_years_named_together_are_alternatives() -> None:
    assert keys("2021年和2023年发表的文章") == [
        "published:2021-01-01/2021-12-31",
        "published:2023-01-01/2023-12-31",
    ]


@pytest.mark.parametrize(
    "question",
    [
        *(
            "2023年云河的产值是多少？",
            "到2025年要建成什么？",
            "截至4月30日有多少人？",
            "陈砚秋2023年发表的讲话",
        ),
        *(
            "Which book was published in 2023?",
            "How many sank in April 2023?",
            "2023年新闻出版业产值",
        ),
    ],
)
def test_a_date_that_articles_tell_of_is_no_filter(question: str) -> None:
    assert keys(question) == []


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("2023年以来修了几座桥？", "published:2023-01-01/.."),
        ("自2022年11月至今修了几座桥？", "published:2022-11-01/.."),
        ("How many bridges were built since May 2023?", "published:2023-05-01/.."),
        ("上个月修了几座桥？", "published:2023-04-01/.."),
        ("去年的产值是多少？", "published:2022-01-01/.."),
        ("最近三个月修了几座桥？", "published:2023-02-20/.."),
        ("How many bridges were built last month?", "published:2023-04-01/.."),
    ],
)
def test_what_happened_since_a_day_was_not_told_before(question: str, key: str) -> None:
    [one] = asked(question, today=date(2023, 5, 20)).filters
    assert (one.key, one.strict) == (key, False)
    assert asked(question, today=date(2023, 5, 20)).topic == question


@pytest.mark.parametrize(
    "question",
    ["产值比上个月增长多少？", "与去年同期相比怎样？", "今天的云河有几座桥？", "than last year?"],
)
def test_a_time_that_is_compared_with_is_no_filter(question: str) -> None:
    assert keys(question, today=date(2023, 5, 20)) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("上个月的报纸怎么说？", "published:2023-04-01/2023-04-30"),
        ("去年发表的文章", "published:2022-01-01/2022-12-31"),
        ("最近三个月有哪些关于节水的报道？", "published:2023-02-18/2023-05-18"),
        ("5月18日的报纸上有什么？", "published:2023-05-18/2023-05-18"),
        ("news from last month", "published:2023-04-01/2023-04-30"),
        ("上个月修了几座桥？", None),
    ],
)
def test_old_papers_are_read_as_if_the_newest_were_of_today(
    question: str, expected: str | None
) -> None:
    assert keys(question) == ([expected] if expected else [])


def test_a_library_that_reaches_today_is_read_today() -> None:
    library = catalogue(([], None, "2023-05-18"), ([], None, "2026-06-20"))
    assert keys("上个月的报纸怎么说？", library) == ["published:2026-06-01/2026-06-30"]
    assert keys("5月18日的报纸怎么说？", library) == []  # there is none of 2026


def test_all_kinds_together() -> None:
    query = asked("陈砚秋2023年5月在《云河日报》上发表的文章怎么说节水？")
    assert [one.key for one in query.filters] == [
        "author:陈砚秋",
        "source:云河日报",
        "published:2023-05-01/2023-05-31",
    ]
    assert query.topic.split() == ["在", "发表的文章怎么说节水？"]


def test_a_filter_that_leaves_nothing_is_dropped() -> None:
    assert keys("趙長風2023年写的文章怎么说？") == ["author:趙長風"]
    assert keys("2019年发表的文章怎么说？") == []
    undated = catalogue((["陈砚秋"], None, None))
    assert keys("2023年以来修了几座桥？", undated) == []


def test_what_is_dropped_is_decided_by_what_is_wanted() -> None:
    question = "趙長風2023年写的文章怎么说？"
    without = ["author:趙長風"]
    [year] = understand(question, LIBRARY, today=TODAY, without=without).filters
    assert year.key == "published:2023-01-01/2023-12-31"
    assert understand(question, LIBRARY, today=TODAY, without=[*without, year.key]).filters == ()


def test_removed_articles_count_for_nothing() -> None:
    articles = [(["陈砚秋"], None, "2023-05-18"), (["李红"], None, "2022-05-18")]
    library = with_passages(articles, np.array([[1, 7]]))
    assert keys("陈砚秋怎么看节水？", library) == []
    assert library.newest == date(2022, 5, 18)


def test_names_follow_what_is_added_and_removed() -> None:
    authors, sources = NameTable(), NameTable()
    columns = columns_of((), np.empty((0, 2), np.int64), authors, sources)

    def after(gone: Sequence[int], *new: tuple[int, str, str]) -> Catalogue:
        nonlocal columns
        entries = [Entry(key, None, json.dumps([name]), paper, None) for key, name, paper in new]
        passages = np.array([(key, key) for key, _, _ in new], np.int64).reshape(-1, 2)
        more = columns_of(entries, passages, authors, sources)
        columns = columns.edited(np.array(gone, np.int64), more)
        return catalogue_of(1, columns, authors, sources)

    asked_of = "According to the Gazette, what does Pell say of the bridge?"
    one = after([], (1, "Idris Pell", "Alder Cross Gazette"))
    assert keys(asked_of, one) == ["author:Idris Pell", "source:Alder Cross Gazette"]
    two = after([], (2, "Anna Pell", "The Fenwick Gazette"))
    assert keys(asked_of, two) == []  # which of the two?
    assert keys(asked_of, one) == ["author:Idris Pell", "source:Alder Cross Gazette"]
    assert keys("Anna Pell's views on the bridge?", two) == ["author:Anna Pell"]
    three = after([1])
    assert keys(asked_of, three) == ["author:Anna Pell", "source:The Fenwick Gazette"]
    assert keys("Idris Pell's views on the bridge?", three) == []


def test_an_empty_library_has_no_filters() -> None:
    assert keys("陈砚秋上个月在云河日报上写的文章怎么说？", catalogue()) == []


def test_a_question_of_nothing_but_filters_is_searched_for_itself() -> None:
    assert asked("2023年5月发表的？").topic == "2023年5月发表的？"


PIECES = """
    陈砚秋 李红 趙長風 Idris Pell 云河日报 《云河日报》 嵐港晚報 Alder Cross Gazette 怎么看 认为
    写的 的文章 发表的 上 在 的报纸 以来 和 、 ， 关于 报道 2023年 5月 18日 上个月 去年 昨天
    最近三个月 by according to in the article published since May 2023 last month 's said 节水 桥
"""
QUESTIONS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*PIECES.split(), " ", "Idris Pell"]), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join),
)


@given(QUESTIONS, st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.data())
def test_whatever_is_asked(question: str, today: date, data: st.DataObject) -> None:
    query = asked(question, today=today)
    assert query.text == question
    assert query.topic or not question
    for one in query.filters:
        assert one.words in question
        if one.kind == "published":
            first, last = days(one.value)
            assert first or last
            assert not (first and last) or first <= last
    if query.filters:
        gone = data.draw(st.sampled_from(query.filters)).key
        rest = understand(question, LIBRARY, today=today, without=[gone]).filters
        assert gone not in {one.key for one in rest}
