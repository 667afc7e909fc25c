import pytest
from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st

from chat.answers.complete import neighbours
from chat.types import Evidence
from ingest.split import sentence_spans


def around(question: str, text: str, position: int) -> list[str]:
    article = make_article(text, title="办法")
    start, end = sentence_spans(text)[position]
    return [one.text for one in neighbours(question, Evidence(article, start, end, 1.0))]


@pytest.mark.parametrize(
    "members",
    [
        ("一是修桥。", "二是清河。", "三是种树。"),
        ("第一，修桥。", "第二，清河。", "第三，种树。"),
        ("首先，修桥。", "其次，清河。", "最后，种树。"),
        ("（一）修桥。", "（二）清河。", "（三）种树。"),
        ("①修桥。", "②清河。", "③种树。"),
        ("• 修桥。", "• 清河。", "• 种树。"),
    ],
)
@pytest.mark.parametrize("between", ["", "\n"])
def test_every_member_brings_the_others(members: tuple[str, ...], between: str) -> None:
    text = between.join(members)
    if len(sentence_spans(text)) != 3:
        pytest.skip("not three sentences")
    for position in range(3):
        found = around("有哪些办法？", text, position)
        assert found == [member for i, member in enumerate(members) if i != position]


def test_a_list_may_tell_more_of_each_member() -> None:
    text = "一是修桥。桥长三百米。二是清河。河水很清。"
    assert around("有哪些办法？", text, 0) == ["二是清河。"]


def test_the_next_list_is_another() -> None:
    text = "一是修桥。二是清河。一是唱歌。二是跳舞。"
    assert around("有哪些办法？", text, 1) == ["一是修桥。"]


def test_members_stay_alone_when_no_list_is_asked_for() -> None:
    assert around("桥在镇东吗？", "一是修桥。二是清河。", 0) == []


@given(st.text(alphabet="一二三十是第其、，。\n1.（）①-首先最后桥", min_size=1, max_size=60))
def test_neighbours_are_other_sentences_of_the_article(text: str) -> None:
    article = make_article(text, title=None)
    spans = sentence_spans(text)
    for start, end in spans:
        found = neighbours("有哪些办法如何？", Evidence(article, start, end, 1.0))
        assert all((one.start, one.end) in spans for one in found)
        assert start not in [one.start for one in found]
