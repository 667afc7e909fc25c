"""Reprints are told from articles that only look alike."""

from __future__ import annotations

import random
import re

import opencc
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ingest.dedupe import (
    BANDS,
    LEAST_BANDS,
    SHORT,
    are_reprints,
    compared,
    read_units,
    signature,
)

RELEASE = (
    "市水务局昨天宣布，今年汛期前将加固全市一百二十公里河堤，工程总投资4.6亿元。"
    "加固工程分三期进行，首期从南门桥到渡口，长38公里，预计5月底完工。"
    "水务局负责人介绍，施工期间沿河步道将分段封闭，居民可经由新修的便道通行。"
    "为减少对出行的影响，夜间十点到次日六点停止作业，运料车辆绕行外环路。"
    "沿线的三所学校将调整校车路线，新的站点张贴在校门口，家长也可以打电话询问。"
    "往年汛期，南门桥一带的低洼街巷常常积水，居民要搬着沙袋堵门，老人和孩子只好住到亲戚家。"
    "不少居民对工程表示欢迎，也希望施工队把便道修得平整些，路灯再亮一些。"
)
ENGLISH = (
    "The council said on Tuesday that it would rebuild 12 miles of the sea wall before winter, at "
    "a cost of $4.6 million. Work begins at the old harbour and moves east towards the lighthouse. "
    "Residents of Quay Street were told to park elsewhere until the first stretch is finished. "
    "The ferry keeps its timetable, but passengers will board from the northern pier for 8 weeks."
)
WEATHER = (
    "市气象台今天傍晚发布天气预报：今天夜里到明天白天，{sky}，偏南风二到三级，最低气温{low}℃，"
    "最高气温{high}℃，相对湿度{damp}%。空气质量指数{air}，适宜户外活动。请市民根据气温变化增减衣物，"
    "出行注意交通安全。未来三天我市以晴到多云天气为主，气温逐步回升，请关注最新的天气预报。"
)
FRAME = (
    "本报讯（记者{who}）昨天，{what}。主办方表示，欢迎市民积极参与，共同建设美丽家园。"
    "更多消息请关注本报微信公众号，新闻热线二十四小时开通，欢迎提供线索，一经采用即付稿酬。"
)


def sentences(text: str) -> list[str]:
    return re.findall(r"[^。.]+[。.] ?", text)


def bands_in_common(one: str, other: str) -> int:
    return sum(map(int.__eq__, signature(one), signature(other)))


REPRINTS = {
    "a byline": f"本报记者李四 {RELEASE}",
    "another dateline": f"新华社江城3月9日电 {RELEASE}",
    "a note at the end": f"{RELEASE}（责任编辑：赵六）",
    "a sentence cut at the end": "".join(sentences(RELEASE)[:-1]),
    "some other words": RELEASE.replace("昨天宣布", "近日表示").replace("居民", "市民"),
    "traditional characters": opencc.OpenCC("s2tw").convert(RELEASE),
    "full-width digits": RELEASE.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"}),
    "other punctuation": RELEASE.replace("，", ", ").replace("。", " . "),
    "line breaks": RELEASE.replace("。", "。\n\n"),
    "digits for numerals": RELEASE.replace("分三期", "分3期").replace("三所", "3所"),
}


@pytest.mark.parametrize("text", REPRINTS.values(), ids=REPRINTS)
def test_small_changes_make_a_reprint(text: str) -> None:
    assert are_reprints(RELEASE, text)
    assert are_reprints(text, RELEASE)
    assert bands_in_common(RELEASE, text) >= LEAST_BANDS


OTHERS = {
    "another amount": RELEASE.replace("4.6亿", "5.2亿"),
    "another numeral": RELEASE.replace("分三期", "分四期"),
    "another day": RELEASE.replace("5月底", "6月底"),
    "half of it": "".join(sentences(RELEASE)[:2]),
    "much more": RELEASE + "".join(f"第{n}条街的商户也有话说{n}。" for n in range(20)),
    "nothing": "",
    "something else": ENGLISH,
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_says_something_else_is_no_reprint(text: str) -> None:
    assert not are_reprints(RELEASE, text)
    assert not are_reprints(text, RELEASE)


def test_what_only_shares_a_frame_is_no_reprint() -> None:
    one = FRAME.format(who="张三", what="三百名志愿者来到湿地，清理水草，投放鱼苗，修补观鸟栈道")
    other = FRAME.format(who="李四", what="老城的修鞋匠开起夜校，教年轻人缝线、打掌、给皮包换拉链")
    assert not are_reprints(one, other)


def test_english_is_compared_by_words() -> None:
    assert are_reprints(ENGLISH, ENGLISH.replace("said on Tuesday", "announced").upper())
    assert not are_reprints(ENGLISH, ENGLISH.replace("12 miles", "15 miles"))
    assert not are_reprints(ENGLISH, ENGLISH.replace("$4.6", "$4.7"))


@pytest.mark.parametrize("text", ["", "！", "好。", "12", "𠮷", "\ud800", "渡船每天开十班。"])
def test_short_texts_are_the_same_only_if_identical(text: str) -> None:
    assert are_reprints(text, f"{text}")
    assert not are_reprints(text, "渡船每天开十二班。")
    assert len(signature(text)) == BANDS
    assert signature(text) == signature(text + "。")


def test_texts_of_any_length_are_compared() -> None:
    rare = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(300_000))
    assert are_reprints(rare, rare)
    assert not are_reprints(rare, rare + "完")
    assert len(signature(rare)) == BANDS


NUMBERS = st.integers(0, 400)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["晴", "多云", "阴有小雨"]))
def test_the_weather_of_another_day_is_no_reprint(
    low: int, high: int, damp: int, air: int, other: int, sky: str
) -> None:
    assume(other != high)
    one = WEATHER.format(sky="晴", low=low, high=high, damp=damp, air=air)
    two = WEATHER.format(sky=sky, low=low, high=other, damp=damp, air=air)
    assert not are_reprints(one, two)


@given(st.lists(st.integers(1, 33), min_size=6, max_size=6, unique=True).map(sorted), st.data())
def test_another_draw_of_a_lottery_is_no_reprint(drawn: list[int], data: st.DataObject) -> None:
    others = st.lists(st.integers(1, 33), min_size=6, max_size=6, unique=True).map(sorted)
    again = data.draw(others.filter(lambda numbers: numbers != drawn))
    frame = RELEASE + "本期双色球开奖号码为：{}。{}"
    one, two = (frame.format(" ".join(map(str, numbers)), ENGLISH) for numbers in (drawn, again))
    assert not are_reprints(one, two)


@given(st.sampled_from([(RELEASE, 4), (ENGLISH, 1)]), st.integers(0, 1000))
def test_a_few_changed_characters_make_a_reprint(edited: tuple[str, int], seed: int) -> None:
    """As a typist does it, not in a number."""
    text, changes = edited
    choose = random.Random(seed)
    characters = list(text)
    places = [n for n, one in enumerate(text) if one.isalpha() and one not in "一二三六十百亿"]
    for place in choose.sample(places, changes):
        characters[place] = choose.choice(["", "某", "x"])
    changed = "".join(characters)
    assert are_reprints(text, changed)
    assert bands_in_common(text, changed) >= LEAST_BANDS


@given(st.text(max_size=300))
@example("1.2.3,4.")
@example(".1")
@example("１，２三a")
def test_any_text_is_its_own_reprint(text: str) -> None:
    units = read_units(text)
    assert len(units.hashes) == len(units.numeric) <= len(text)
    assert are_reprints(text, text + "\n")
    assert len(compared(text).shingles) >= 1


def test_units_are_characters_numbers_and_words() -> None:
    text = "共21.6公里，耗资1,200万元（约 Ten dollars）。"
    alike = "共 21.6 公里耗资 1,200 萬元 約 ten DOLLARS"
    units = read_units(text)
    assert units.hashes.tolist() == read_units(alike).hashes.tolist()
    assert len(units.hashes) == len("共#公里耗资#万元约##")
    assert units.numeric.tolist() == [False, True, *4 * [False], True, True, *4 * [False]]
    assert len(set(map(int, read_units("10110 11010").hashes))) == 2


def test_short_is_counted_in_units() -> None:
    text = "桥" + "，水" * (SHORT - 2)
    assert not are_reprints(text, text + "完")
    assert are_reprints(RELEASE, RELEASE + "完")
