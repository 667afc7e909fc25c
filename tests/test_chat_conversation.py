"""Follow-up questions are completed from what was asked before; others stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article
from conversations import conversations, results
from hypothesis import given
from hypothesis import strategies as st

from chat.assistant import Assistant
from chat.questions.conversation import Exchange, complete
from index.index import Index
from ingest.read import read_file

SAMPLES = Path(__file__).parent.parent / "samples"
QUESTIONS = [
    json.loads(line)
    for line in (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
TITLE = "构建京津冀协同发展新机制"
SPENDING = "河北的研发投入是多少？"
MARATHON = "What did the marathon earn?"


def completed(question: str, former: str, title: str = "") -> str:
    return complete(question, [Exchange(former, ("id",), (title,) if title else ())])


@pytest.mark.parametrize(
    ("former", "question", "understood"),
    [
        ("北京有多少家国家工程研究中心？", "那天津呢？", "天津有多少家国家工程研究中心？"),
        ("2021年河北的研发投入是多少？", "那2022年呢？", "2022年河北的研发投入是多少？"),
        (SPENDING, "2022年呢？", "2022年河北的研发投入是多少？"),
        (SPENDING, "天津？", "天津的研发投入是多少？"),
        ("康振海在文章里提出了哪些建议？", "罗启明呢？", "罗启明在文章里提出了哪些建议？"),
        ("清华大学招收多少新生？", "北大呢？", "北大招收多少新生？"),
        ("京津冀的总人口是多少？", "面积呢？", "京津冀的面积是多少？"),
        ("低山河应该在哪几个月禁渔？", "高山冷水河呢？", "高山冷水河应该在哪几个月禁渔？"),
        ("小学生每天应该睡多久？", "那中学生呢？", "中学生每天应该睡多久？"),
        ("鳳尾國小的學生有多少？", "那市立國小呢？", "市立國小的學生有多少？"),
        (
            "How many people live in Beijing?",
            "What about Tianjin?",
            "How many people live in Tianjin?",
        ),
        ("Who won the women's race?", "And the men's?", "Who won the men's race?"),
        ("How many ran this year?", "And two years ago?", "How many ran two years ago?"),
    ],
)
def test_the_parallel_part_takes_its_place(former: str, question: str, understood: str) -> None:
    assert completed(question, former) == understood


@pytest.mark.parametrize(
    ("former", "question", "understood"),
    [
        ("什么是“千万工程”？", "它什么时候开始的？", "“千万工程”什么时候开始的？"),
        ("谁修复了铜壶？", "他用了多久？", "修复了铜壶的人用了多久？"),
        ("谁是图书馆馆长？", "他怎么解决人手不足？", "图书馆馆长怎么解决人手不足？"),
        ("天津的人口是多少？", "它的面积呢？", "天津的面积呢？"),
        ("河北有多少家企业？", "那里有多少人？", "河北有多少人？"),
        ("康振海写了哪些文章？", "他在哪里工作？", "康振海在哪里工作？"),
        (SPENDING, "其中企业占多少？", "河北的研发投入中企业占多少？"),
        (
            "Who is the mayor of Tarnwick?",
            "What did he promise?",
            "What did the mayor of Tarnwick promise?",
        ),
        ("Who won the race?", "How old is she?", "How old is the one who won the race?"),
    ],
)
def test_a_pronoun_gives_way_to_what_it_stands_for(
    former: str, question: str, understood: str
) -> None:
    assert completed(question, former) == understood


@pytest.mark.parametrize(
    ("former", "question", "understood"),
    [
        (SPENDING, "为什么？", "河北的研发投入，为什么？"),
        (SPENDING, "那为什么这么低？", "河北的研发投入，为什么这么低？"),
        (SPENDING, "谢谢！能举个例子吗？", "河北的研发投入，能举个例子吗？"),
        (SPENDING, "还有呢？", "河北的研发投入是多少，还有呢？"),
        ("茶农在网上卖茶，一斤卖多少钱？", "那成本呢？", "茶农在网上卖茶，一斤卖多少钱，成本呢？"),
        ("青岭县采取了哪些措施？", "效果怎么样？", "青岭县采取了措施，效果怎么样？"),
        (
            "Why was the warning late?",
            "How many homes did it reach?",
            "The warning late: how many homes did it reach?",
        ),
        (MARATHON, "Anything else?", "What did the marathon earn, anything else?"),
    ],
)
def test_what_the_question_lacks_is_put_before_it(
    former: str, question: str, understood: str
) -> None:
    assert completed(question, former) == understood


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("它的作者是谁？", f"《{TITLE}》的作者是谁？"),
        ("作者是谁？", f"《{TITLE}》的作者是谁？"),
        ("这篇文章是谁写的？", f"《{TITLE}》是谁写的？"),
        ("那什么时候发表的？", f"《{TITLE}》是什么时候发表的？"),
        ("文中还提到了什么？", f"《{TITLE}》还提到了什么？"),
        ("When was it published?", f"When was “{TITLE}” published?"),
        ("And its author?", f"“{TITLE}”’s author?"),
        ("What does the article say about cups?", f"What does “{TITLE}” say about cups?"),
    ],
)
def test_the_article_is_called_by_its_title(question: str, understood: str) -> None:
    assert completed(question, "京津冀的总人口是多少？", TITLE) == understood


@pytest.mark.parametrize(
    "question",
    [
        "那么月球离地球有多远？",
        "邓纸生为什么不用机器造纸，他是怎么说的？",
        "这几年浙江的变化有多大？",
        "其他国家怎样治理河流？",
        "NASUWT是什么？",
        "《红楼梦》的作者是谁？",
        "有哪些作者？",
        "最新的文章是哪篇？",
        "京津冀协同发展",
        "Who wrote the report on rivers?",
        "How long does it take to walk to Rome?",
        "Is it true that the bridge fell?",
        "What did the Normans do when they arrived?",
        "Outside of its use of cars, what is California famous for?",
        "How many articles are there?",
    ],
)
@pytest.mark.parametrize("former", [SPENDING, MARATHON])
def test_a_question_that_stands_by_itself_stays(question: str, former: str) -> None:
    assert completed(question, former, TITLE) == question


def test_the_questions_of_the_samples_stay_whatever_was_asked_before() -> None:
    changed = {
        question["question"]
        for question in QUESTIONS
        for former in QUESTIONS
        if completed(question["question"], former["question"], former["article"] or "")
        != question["question"]
    }
    assert not changed


def test_a_chain_goes_on_from_what_was_understood() -> None:
    history: list[Exchange] = []
    for question in ("北京有多少家企业？", "那天津呢？", "为什么？"):
        history.append(Exchange(complete(question, history)))
    assert [one.question for one in history] == [
        "北京有多少家企业？",
        "天津有多少家企业？",
        "天津有企业，为什么？",
    ]


def test_only_the_last_exchange_counts() -> None:
    history = [Exchange("北京有多少家企业？"), Exchange("月球有多大？")]
    assert "北京" not in complete("为什么？", history)


def test_without_anything_before_nothing_is_completed() -> None:
    assert complete("那天津呢？", []) == "那天津呢？"
    assert completed("那天津呢？", "为什么？") == "那天津呢？"  # which isn't about anything


def test_across_languages_the_title_says_what_it_is_about() -> None:
    asked = complete("Why?", [Exchange("马拉松赚了多少？", ("id",), ("Marathon Turns a Profit",))])
    assert asked == "Marathon Turns a Profit: why?"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_anything_can_be_asked_after_anything(question: str, former: str, title: str) -> None:
    assert isinstance(completed(question, former, title), str)


def test_an_exchange_holds_what_was_understood_and_cited(
    index: Index, embedder: BigramEmbedder
) -> None:
    titled, untitled = make_article(), make_article("河水很清。", title=None)
    index.add([titled, untitled])
    assistant = Assistant(index, embedder)
    former = [Exchange("河水有多深？")]
    exchange = Exchange.of(assistant.ask("那么，文库里有多少篇文章？", history=former))
    assert exchange.question == "那么，文库里有多少篇文章？"
    assert set(exchange.articles) == {titled.id, untitled.id}
    assert exchange.titles == ("石桥",)


def test_each_conversation_has_its_evidence_once() -> None:
    texts = [a.text for page in (SAMPLES / "pages").iterdir() for a in read_file(page).articles]
    rows = conversations()
    assert len(rows) == 40
    assert len({row.id for row in rows}) == 40
    assert sum(row.kind == "new subject" for row in rows) == 8
    for row in rows:
        assert sum(text.count(row.evidence) for text in texts) == 1, row.id


def test_the_evidence_of_follow_up_questions_is_found() -> None:
    found = list(results())
    as_completed = sum(result.completed.within(5) for result in found)
    assert as_completed >= 36
    assert as_completed > sum(result.asked.within(5) for result in found)
    for result in found:
        if result.conversation.kind == "new subject":
            assert result.completed.question == result.conversation.turns[1]
