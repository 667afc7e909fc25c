from itertools import count

import pytest
from conftest import make_article

from chat.answers.differ import differ
from chat.types import Evidence

numbers = count()


def said(text: str, language: str = "zh") -> Evidence:
    article = make_article(text, title=f"第{next(numbers)}篇", language=language)
    return Evidence(article, 0, len(text), 1.0)


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("大桥哪一年通车？", "大桥1957年通车。", "1958年，大桥正式通车。"),
        ("大桥什么时候通车？", "大桥于1957年5月1日通车。", "大桥于1957年5月3日通车。"),
        ("大桥有多少个桥墩？", "大桥共有12个桥墩。", "大桥的桥墩有15个，这座大桥有15个桥墩。"),
        ("大桥的设计者是谁？", "大桥的设计者是王明。", "大桥的设计者是李强。"),
        ("When was the bridge opened?", "The bridge was opened in 1957.",
         "The bridge was opened in 1958."),
    ],
)  # fmt: skip
def test_contradictions(question: str, one: str, other: str) -> None:
    assert differ(question, said(one), said(other))
    assert differ(question, said(other), said(one))


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("大桥哪一年通车？", "大桥1957年通车。", "大桥于1957年10月15日通车。"),
        ("大桥有多少个桥墩？", "大桥共有12个桥墩。", "大桥共有十二个桥墩。"),
        ("大桥花了多少万元？", "大桥花了1200万元。", "大桥花了1205万元。"),
        ("调解了多少件纠纷？", "2022年调解了389件纠纷。", "2023年共调解了412件纠纷，办得很快。"),
        ("大桥哪一年通车？", "大桥1957年通车。", "河水在1958年涨了。"),
        ("大桥的设计者是谁？", "大桥的设计者是卡梅隆。", "大桥的设计者是卡梅伦。"),
        ("为什么要修大桥？", "因为有3个村子，要修大桥。", "因为有5个村子，要修大桥。"),
    ],
)
def test_no_contradictions(question: str, one: str, other: str) -> None:
    assert not differ(question, said(one), said(other))
    assert not differ(question, said(other), said(one))


def test_an_article_does_not_contradict_itself() -> None:
    article = make_article("大桥1957年通车。大桥1958年通车。")
    one, other = Evidence(article, 0, 10, 1.0), Evidence(article, 10, 20, 1.0)
    assert not differ("大桥哪一年通车？", one, other)
