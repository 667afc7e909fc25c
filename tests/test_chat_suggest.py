"""What is offered to be asked: that it is answered, and never what was just said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from conftest import make_article
from fastapi.testclient import TestClient

from chat.answers.suggest import EXAMPLE_TRIES, LONGEST, MOST, TRIES, Span, Suggestions
from chat.assistant import Assistant
from chat.settings import Settings
from chat.types import Answer, AnswerSentence, Citation
from chat.web.api import create_app
from index.index import Index
from ingest.types import Article, Passage
from retriever.query import language_of
from retriever.types import Hit, Query

FERRY = make_article(
    "渡船开了一百年。\n钱从哪里来\n停掉的班次省下十一万元。\n难处：新船怎么买\n新船要一百八十万元。\n"
    "听船工说\n船工老周最高兴的是孩子多了。",
    title="一条渡线的去与留",
    headings=["钱从哪里来", "难处：新船怎么买", "听船工说"],
    authors=["沈闻舟"],
)
READING = make_article("书是居民捐的，一共三千册。", title="菜市场楼上的阅览室", authors=["沈闻舟"])
BRIDGE = make_article("大桥去年通车。", title="大桥为什么不收费？", authors=["林一苇"])
WELLS = make_article(
    "The water fell by two metres.", title="Fourteen wells", authors=["Ada Reed"], language="en"
)


class Evidence:
    """Knows which questions lead to which article, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refused: set[str] = set()
        self.spans: dict[str, Sequence[Span]] = {}

    def __call__(self, question: str) -> Sequence[Span]:
        self.asked.append(question)
        if question in self.refused:
            return []
        if question in self.spans:
            return self.spans[question]
        # a sentence of its own in every article, so that each could have been meant
        place = len(self.asked) * 100
        return [(one.id, place, place + 9) for one in (FERRY, READING, BRIDGE, WELLS)]


@pytest.fixture
def evidence() -> Evidence:
    return Evidence()


@pytest.fixture
def suggestions(index: Index, evidence: Evidence) -> Suggestions:
    index.add([FERRY, READING, BRIDGE, WELLS])
    return Suggestions(index, evidence)


def answer(
    quote: str = "停掉的班次省下十一万元。",
    question: str = "渡船停掉的班次省下多少钱？",
    near: Sequence[tuple[Article, float]] = (),
) -> Answer:
    start = FERRY.text.index(quote)
    hits = [(FERRY, 0.8), *near]
    return Answer(
        question=question,
        query=Query(question),
        probability=0.9,
        sentences=(AnswerSentence(quote, (1,)),),
        citations=(Citation(1, FERRY, start, start + len(quote)),),
        hits=tuple(Hit(Passage(a.id, 0, 5), a, score, 1.0, 0.5) for a, score in hits),
        abstained=False,
        timings={},
    )


def test_other_sections_neighbours_and_authors_are_offered(suggestions: Suggestions) -> None:
    offered = suggestions.after(answer(near=[(BRIDGE, 0.6)]))
    assert offered == ["新船怎么买？", "大桥为什么不收费？", "沈闻舟还写了什么？"]


def test_sections_come_without_what_was_cited(suggestions: Suggestions) -> None:
    assert not any("钱从哪里来" in one for one in suggestions.after(answer()))
    assert "“听船工说”说的是什么？" in suggestions.after(answer())


def test_what_would_be_refused_is_not_offered(suggestions: Suggestions, evidence: Evidence) -> None:
    evidence.refused = {"新船怎么买？", "沈闻舟还写了什么？"}
    assert suggestions.after(answer()) == ["“听船工说”说的是什么？"]


def test_what_leads_elsewhere_or_says_the_same_again_is_not_offered(
    suggestions: Suggestions, evidence: Evidence
) -> None:
    said = answer()
    cited = said.citations[0]
    evidence.spans = {
        "新船怎么买？": [(READING.id, 0, 5)],
        "“听船工说”说的是什么？": [(FERRY.id, cited.start, cited.end)],
    }
    assert suggestions.after(said) == ["沈闻舟还写了什么？"]


def test_the_question_itself_is_never_offered(suggestions: Suggestions) -> None:
    assert "新船怎么买？" not in suggestions.after(answer(question="新船怎么买"))


def test_what_was_found_far_away_is_not_offered(suggestions: Suggestions) -> None:
    assert "大桥为什么不收费？" not in suggestions.after(answer(near=[(BRIDGE, 0.1)]))


def test_an_author_of_nothing_else_is_not_offered(suggestions: Suggestions, index: Index) -> None:
    index.remove([READING.id])
    assert "沈闻舟还写了什么？" not in suggestions.after(answer())


def test_articles_in_another_language_are_not_offered(suggestions: Suggestions) -> None:
    offered = suggestions.after(answer(question="How much was saved?", near=[(WELLS, 0.7)]))
    assert offered == ["What is “Fourteen wells” about?"]


def test_a_refusal_leads_to_nothing(suggestions: Suggestions, evidence: Evidence) -> None:
    assert suggestions.after(replace(answer(), abstained=True)) == []
    assert evidence.asked == []


def test_only_so_many_are_tried_and_each_once(
    suggestions: Suggestions, evidence: Evidence, index: Index
) -> None:
    many = [
        make_article(f"第{n}座桥通车。", title=f"第{n}座桥为什么不收费") for n in "一二三四五六七"
    ]
    index.add(many)
    evidence.refused = {f"{one.title}？" for one in many} | {"新船怎么买？"}
    near = [(one, 0.7) for one in many]
    first = suggestions.after(answer(near=near))
    assert len(first) <= MOST
    assert len(evidence.asked) <= TRIES
    asked = [*evidence.asked]
    assert suggestions.after(answer(near=near)) == first
    assert evidence.asked == asked


# --- examples ---------------------------------------------------------------------------------


def test_examples_are_of_different_articles_and_ask_by_themselves_first(
    suggestions: Suggestions,
) -> None:
    assert suggestions.examples(4) == [
        "钱从哪里来？",
        "大桥为什么不收费？",
        "《菜市场楼上的阅览室》讲了什么？",
    ]
    assert suggestions.examples(1) == ["钱从哪里来？"]


def test_examples_follow_the_library(suggestions: Suggestions, index: Index) -> None:
    assert "大桥为什么不收费？" in suggestions.examples(4)
    index.remove([BRIDGE.id])
    assert "大桥为什么不收费？" not in suggestions.examples(4)


def test_a_large_library_is_sampled(
    suggestions: Suggestions, index: Index, evidence: Evidence
) -> None:
    index.add(
        make_article(f"河水第{n}次上涨。", title=f"第{n}次上涨以后怎么办") for n in range(300)
    )
    suggestions.examples(4)
    assert 0 < len(evidence.asked) <= EXAMPLE_TRIES


def test_an_empty_library_has_none(index: Index, evidence: Evidence) -> None:
    assert Suggestions(index, evidence).examples(4) == []


def test_where_no_article_has_a_title_examples_come_from_what_they_say(
    index: Index, evidence: Evidence
) -> None:
    index.add(
        make_article(f"渡船开了一百年。渡船{end}。", title=None, authors=()) for end in "甲乙"
    )
    index.add([make_article("阅览室只有一间。阅览室每天开门。", title=None, authors=())])
    offered = Suggestions(index, evidence).examples(4)
    assert offered == [
        "这里有哪些文章？",
        "有哪些关于“渡船”的文章？",
        "有哪些关于“阅览室”的文章？",
    ]


def test_where_nothing_else_is_offered_follow_ups_come_from_what_was_cited(
    suggestions: Suggestions, evidence: Evidence
) -> None:
    evidence.refused = {"新船怎么买？", "“听船工说”说的是什么？", "沈闻舟还写了什么？"}
    assert suggestions.after(answer()) == ["有哪些关于“新船”的文章？", "这里有哪些文章？"]


# --- with a real library ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def assistant(library: str) -> Iterator[Assistant]:
    with Assistant.open(library) as assistant:
        yield assistant


@pytest.mark.parametrize("question", ["旱塬上的小麦为什么没减产？", "禁渔期怎么定？"])
def test_what_is_offered_is_answered(assistant: Assistant, question: str) -> None:
    said = assistant.ask(question)
    offered = assistant.suggestions(said)
    assert 0 < len(offered) <= MOST
    for one in offered:
        assert len(one) <= LONGEST["zh"] + 10
        assert language_of(one) == "zh"
        answered = assistant.ask(one)
        assert not answered.abstained
        assert answered.text != said.text


def test_examples_are_answered_and_on_the_page(assistant: Assistant) -> None:
    client = TestClient(create_app(assistant, Settings()), base_url="http://127.0.0.1")
    examples = client.get("/api/library").json()["examples"]
    assert len(examples) == 4
    cited = [assistant.ask(one).citations[0].article.id for one in examples]
    assert len(set(cited)) == 4


def test_follow_ups_come_with_the_answer(assistant: Assistant) -> None:
    client = TestClient(create_app(assistant, Settings()), base_url="http://127.0.0.1")
    headers = {"Accept": "text/event-stream"}
    asked = client.post("/api/ask", json={"question": "禁渔期怎么定？"}, headers=headers)
    *_, data = asked.text.split("data: ")
    assert asked.text.count("event: suggestions") == 1
    assert json.loads(data)["questions"]
