from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import fold
from retriever.dates import EARLIEST, LATEST, DateWords, find_dates

TODAY = date(2024, 3, 31)  # a Sunday, at the end of a long month of a leap year


def found(text: str, today: date = TODAY) -> list[DateWords]:
    return find_dates(fold(text), today)


@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("2023年的产值", "2023年", "2023-01-01", "2023-12-31"),
        ("２０２３年５月的报纸", "2023年5月", "2023-05-01", "2023-05-31"),
        ("二〇二三年三月十八日", "二〇二三年三月十八日", "2023-03-18", "2023-03-18"),
        ("2023年的二月", "2023年的二月", "2023-02-01", "2023-02-28"),
        ("2024年2月", "2024年2月", "2024-02-01", "2024-02-29"),
        ("2023年上半年", "2023年上半年", "2023-01-01", "2023-06-30"),
        ("2023年第四季度", "2023年第四季度", "2023-10-01", "2023-12-31"),
        ("2023年1-6月", "2023年1-6月", "2023-01-01", "2023-06-30"),
        ("2021至2023年", "2021至2023年", "2021-01-01", "2023-12-31"),
        ("2022年11月到2023年2月", "2022年11月到2023年2月", "2022-11-01", "2023-02-28"),
        ("2023年3月18日至20日", "2023年3月18日至20日", "2023-03-18", "2023-03-20"),
        ("2023-05-18出版", "2023-05-18", "2023-05-18", "2023-05-18"),
        ("2023.5.18", "2023.5.18", "2023-05-18", "2023-05-18"),
        ("3月18日的报纸", "3月18日", "2024-03-18", "2024-03-18"),
        ("5月18日的报纸", "5月18日", "2023-05-18", "2023-05-18"),
        ("十二月的", "十二月", "2023-12-01", "2023-12-31"),
        ("2月29日", "2月29日", "2024-02-29", "2024-02-29"),
        ("去年", "去年", "2023-01-01", "2023-12-31"),
        ("前年十月", "前年十月", "2022-10-01", "2022-10-31"),
        ("今年3月5日", "今年3月5日", "2024-03-05", "2024-03-05"),
        ("上个月", "上个月", "2024-02-01", "2024-02-29"),
        ("上個月", "上个月", "2024-02-01", "2024-02-29"),
        ("本月18日", "本月18日", "2024-03-18", "2024-03-18"),
        ("本周", "本周", "2024-03-25", "2024-03-31"),
        ("上周", "上周", "2024-03-18", "2024-03-24"),
        ("上个星期", "上个星期", "2024-03-18", "2024-03-24"),
        ("昨天", "昨天", "2024-03-30", "2024-03-30"),
        ("前天", "前天", "2024-03-29", "2024-03-29"),
        ("最近三个月", "最近三个月", "2023-12-31", "2024-03-31"),
        ("近一个月", "近一个月", "2024-02-29", "2024-03-31"),
        ("过去10天", "过去10天", "2024-03-21", "2024-03-31"),
        ("最近半年", "最近半年", "2023-09-30", "2024-03-31"),
        ("近十二年来", "近十二年", "2012-03-31", "2024-03-31"),
        ("in May 2023", "may 2023", "2023-05-01", "2023-05-31"),
        ("on 18 May 2023", "18 may 2023", "2023-05-18", "2023-05-18"),
        ("May 18th, 2023", "may 18th, 2023", "2023-05-18", "2023-05-18"),
        ("Sept. 3", "sept. 3", "2023-09-03", "2023-09-03"),
        ("since May", "may", "2023-05-01", "2023-05-31"),
        ("in 2023", "2023", "2023-01-01", "2023-12-31"),
        ("between 2021 and 2023", "2021 and 2023", "2021-01-01", "2023-12-31"),
        ("from May 2022 to June 2023", "may 2022 to june 2023", "2022-05-01", "2023-06-30"),
        ("last month", "last month", "2024-02-01", "2024-02-29"),
        ("this week", "this week", "2024-03-25", "2024-03-31"),
        ("the last three months", "last three months", "2023-12-31", "2024-03-31"),
        ("the past year", "past year", "2023-03-31", "2024-03-31"),
        ("yesterday's", "yesterday", "2024-03-30", "2024-03-30"),
    ],
)
def test_a_period_and_where_it_stands(text: str, words: str, first: str, last: str) -> None:
    [one] = found(text)
    assert fold(text)[one.start : one.end] == words
    assert (one.period.first.isoformat(), one.period.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        *("2023年2月29日", "13月", "2023年4月31日", "9999年", "三个月", "晚上月亮很圆", "以前天气"),
        *("1990年代", "将近三年", "附近三天", "近100米", "近年来", "最近999年", "一周年"),
        *("May I come in?", "12,957 people", "Room 2023B", "the march", "3.2023", "30 February"),
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert found(text) == []


def test_a_month_is_of_the_year_named_before() -> None:
    march, may = found("2021年3月和5月")
    assert (march.period.first, may.period.first) == (date(2021, 3, 1), date(2021, 5, 1))


def test_the_new_year_begins_in_the_old_one() -> None:
    today = date(2024, 1, 1)
    assert [one.period.last for one in found("昨天、上个月", today)] == [date(2023, 12, 31)] * 2
    assert found("12月31日", today)[0].period.first == date(2023, 12, 31)
    assert found("1月1日", today)[0].period.first == today


def test_only_what_counts_from_the_day_of_asking_is_relative() -> None:
    said = found("5月、2023年、去年5月、上个月")
    assert [one.relative for one in said] == [False, False, True, True]


WORDS = """
    20 23 2023 2024 02 29 31 1 12 年 月 日 号 - / . 至 和 , 二〇 三 十 半 个 上 下 去 今 本 前
    昨天 最近 近 过去 周 天 季度 in since May February last past month week 18th and between to
"""
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*WORDS.split(), " "]), max_size=12).map("".join),
)


@given(TEXTS, st.dates(date(1700, 1, 1), date(2900, 1, 1)))
def test_periods_are_in_order_and_words_do_not_overlap(text: str, today: date) -> None:
    end = 0
    for one in found(text, today):
        assert end <= one.start < one.end <= len(text)
        end = one.end
        assert EARLIEST <= one.period.first <= one.period.last <= LATEST


@given(st.dates(date(1800, 1, 1), date(2099, 12, 31)))
def test_a_written_day_is_read(day: date) -> None:
    for text in (
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat(),
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%b} {day.year}",
    ):
        assert [(one.period.first, one.period.last) for one in found(text)] == [(day, day)]


@given(st.dates(date(1700, 1, 1), date(2900, 1, 1)), st.integers(1, 99))
def test_the_last_days_are_counted_back(today: date, count: int) -> None:
    [one] = found(f"最近{count}天", today)
    assert (one.period.first, one.period.last) == (today - timedelta(days=count), today)
    [month] = found("上个月", today)
    assert month.period.last == today.replace(day=1) - timedelta(days=1)
    assert month.period.first == month.period.last.replace(day=1)
