"""Questions about the library itself are told from others, and answered from what it knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article
from hypothesis import given
from hypothesis import strategies as st

from chat.about.questions import LibraryQuestion, understand
from chat.assistant import Assistant
from chat.questions.conversation import Exchange
from chat.types import Answer, Found
from index.index import Index
from ingest.types import Article

SAMPLES = Path(__file__).parent.parent / "samples"

ASKED = [
    ("《石桥》的作者是谁？", LibraryQuestion("author", title="石桥")),
    ("请问，谁写了《石桥》？", LibraryQuestion("author", title="石桥")),
    ("《石橋》是誰寫的？", LibraryQuestion("author", title="石橋")),
    ("谁写了关于河湖治理的文章？", LibraryQuestion("author", topic="河湖治理")),
    ("《石桥》的作者在哪里工作？", LibraryQuestion("affiliation", title="石桥")),
    ("康振海的单位是什么？", LibraryQuestion("affiliation", author="康振海")),
    ("《石桥》是什么时候发表的？", LibraryQuestion("appeared", title="石桥")),
    ("《石桥》发表在哪里？", LibraryQuestion("appeared", title="石桥")),
    ("有多少篇关于京津冀的文章？", LibraryQuestion("articles", topic="京津冀")),
    ("文库里有没有讲小河禁渔的文章？", LibraryQuestion("articles", topic="小河禁渔")),
    ("关于养老的文章有哪些？", LibraryQuestion("articles", topic="养老")),
    ("康振海写了哪些文章？", LibraryQuestion("articles", author="康振海")),
    ("康振海的文章有多少篇？", LibraryQuestion("articles", author="康振海")),
    ("《石桥》的作者还写了哪些文章？", LibraryQuestion("articles", by_authors_of="石桥")),
    ("《云河日报》有哪些文章？", LibraryQuestion("articles", source="云河日报")),
    ("文库里有什么？", LibraryQuestion("articles")),
    ("一共有多少篇文章？", LibraryQuestion("articles")),
    ("最新的文章是哪篇？", LibraryQuestion("newest")),
    ("有哪些作者？", LibraryQuestion("authors")),
    ("文库里有哪些报纸？", LibraryQuestion("sources")),
    ("Who wrote “Stone Bridge”?", LibraryQuestion("author", title="Stone Bridge")),
    ("Who wrote Stone Bridge?", LibraryQuestion("author", title="Stone Bridge")),
    ("Who is the author of 'Stone Bridge'?", LibraryQuestion("author", title="Stone Bridge")),
    ("“Stone Bridge”’s author?", LibraryQuestion("author", title="Stone Bridge")),
    ("Where does Ruth Ellery work?", LibraryQuestion("affiliation", author="Ruth Ellery")),
    ("When was “Stone Bridge” published?", LibraryQuestion("appeared", title="Stone Bridge")),
    ("How many articles are there about rivers?", LibraryQuestion("articles", topic="rivers")),
    ("How many articles on rivers are there?", LibraryQuestion("articles", topic="rivers")),
    ("What did Ruth Ellery write?", LibraryQuestion("articles", author="Ruth Ellery")),
    ("Which articles are by Ruth Ellery?", LibraryQuestion("articles", author="Ruth Ellery")),
    ("How many articles does the library have?", LibraryQuestion("articles")),
    ("What is the newest article?", LibraryQuestion("newest")),
    ("Which newspapers are in the library?", LibraryQuestion("sources")),
]
OTHERS = [
    "有多少家企业？",
    "谁修了这座桥？",
    "谁发明了电话？",
    "康振海认为，五个方面分别是什么？",
    "文章认为节水最难的是什么？",
    "关于养老有哪些政策？",
    "新的法律什么时候公布？",
    "作家的工作是什么样的？",
    "宪法有多少条？",
    "Who built the bridge?",
    "How many people wrote to the council?",
    "Where do most people work?",
    "What is the newest bridge made of?",
]


@pytest.mark.parametrize(("question", "asked"), ASKED)
def test_a_question_about_the_library_is_understood(question: str, asked: LibraryQuestion) -> None:
    assert understand(question) == asked


@pytest.mark.parametrize("question", OTHERS)
def test_a_question_about_the_world_is_none_about_the_library(question: str) -> None:
    assert understand(question) is None


def test_no_question_with_an_answer_in_the_samples_is_taken_for_one() -> None:
    lines = (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    assert not [q["question"] for q in questions if q["answerable"] and understand(q["question"])]


@given(
    st.text(
        alphabet="《》的作者是谁写了文章有多少篇关于在哪里工作? ‘’“”who wrote articles", max_size=30
    )
)
def test_any_text_may_be_asked(question: str) -> None:
    asked = understand(question)
    for name in (asked.title, asked.author, asked.topic, asked.source) if asked else ():
        assert name is None or (name and name in question)


def article(title: str | None, text: str, **others: object) -> Article:
    return replace(make_article(text, title=title), **others)  # type: ignore[arg-type]


BRIDGE = article("石桥", "石桥很老。石桥边有茶馆。", source="云河日报", page="3")
RIVER = article(
    "河湖治理", "河水变清了。", authors=("赵六", "王五"), affiliation=None, published="2024-08-09"
)
UNSIGNED = article("茶馆", "茶馆卖茶。", authors=(), affiliation=None, published=None)
UNTITLED = article(None, "石桥边没有人。", authors=("钱七",), source="云河日报")
LADDERS = article(
    "Let the Library Lend Ladders",
    "The bank lends ladders now.",
    authors=("Ruth Ellery",),
    affiliation="a lecturer",
    source="The Herald",
    page="4",
    language="en",
)


ANSWERS = [
    ("《石桥》的作者是谁？", "《石桥》的作者是王五（某大学）。"),
    ("《河湖治理》是谁写的？", "《河湖治理》的作者是赵六、王五。"),
    ("《茶馆》的作者是谁？", "《茶馆》没有署名。"),
    ("《石桥》的作者在哪里工作？", "《石桥》给出的王五的单位或身份：某大学。"),
    ("赵六在哪里工作？", "《河湖治理》的作者是赵六、王五，没有注明单位。"),
    ("王五在哪里工作？", "《石桥》给出的王五的单位或身份：某大学。"),
    ("《石桥》发表在哪里？", "《石桥》的出处：云河日报、第3版、2024-05-06。"),
    ("《茶馆》是什么时候发表的？", "《茶馆》没有注明发表的时间和出处。"),
    ("赵六写了哪些文章？", "赵六的文章有 1 篇：《河湖治理》（赵六、王五、2024-08-09）。"),
    ("最新的文章是哪篇？", "最新的文章是《河湖治理》（赵六、王五、2024-08-09）。"),
    (
        "《云河日报》有哪些文章？",
        "《云河日报》的文章有 2 篇：〔石桥边没有人。…〕（钱七、云河日报、2024-05-06）；"
        "《石桥》（王五、云河日报、2024-05-06）。",
    ),
    (
        "有哪些作者？",
        "文库中有 4 位作者：王五（2 篇）；赵六（1 篇）；钱七（1 篇）；Ruth Ellery（1 篇）。",
    ),
    ("有哪些报纸？", "文库中的文章来自 2 种报刊：云河日报（2 篇）；The Herald（1 篇）。"),
    (
        "Who wrote Let the Library Lend Ladders?",
        "“Let the Library Lend Ladders” is by Ruth Ellery (a lecturer).",
    ),
    (
        "When was “Let the Library Lend Ladders” published?",
        "“Let the Library Lend Ladders” appeared in: The Herald, p. 4, 2024-05-06.",
    ),
    (
        "How many articles on ladders are there?",
        "Articles about “ladders”: 1. “Let the Library Lend Ladders” "
        "(Ruth Ellery, The Herald, 2024-05-06).",
    ),
]


@pytest.fixture
def ask(index: Index, embedder: BigramEmbedder) -> Callable[..., Answer]:
    index.add([BRIDGE, RIVER, UNSIGNED, UNTITLED, LADDERS])
    return Assistant(index, embedder).ask


@pytest.mark.parametrize(("question", "answer"), ANSWERS)
def test_the_answer_is_what_the_library_knows(
    ask: Callable[..., Answer], question: str, answer: str
) -> None:
    assert ask(question).text == answer


@pytest.mark.parametrize("question", [question for question, _ in ANSWERS])
def test_every_sentence_cites_the_opening_of_its_article(
    ask: Callable[..., Answer], question: str
) -> None:
    answer = ask(question)
    assert answer.citations
    for citation in answer.citations:
        assert citation.article.text.startswith(citation.quote)
    assert all(sentence.citations for sentence in answer.sentences)


def test_an_article_is_on_a_topic_that_its_title_or_its_text_names(
    ask: Callable[..., Answer],
) -> None:
    answer = ask("有哪些关于石桥的文章？")
    assert {citation.article.id for citation in answer.citations} == {BRIDGE.id, UNTITLED.id}


def test_reprints_count_once(index: Index, embedder: BigramEmbedder) -> None:
    text = "河水流过石桥，桥上有人卖茶，桥下有人洗衣，两岸的人都说这座石桥比县城还老。"
    index.add([make_article(text, title="石桥"), make_article(text, title="老石桥")])
    assert (
        Assistant(index, embedder)
        .ask("有多少篇关于石桥的文章？")
        .text.startswith("关于“石桥”的文章有 1 篇")
    )


def test_a_long_list_names_ten_and_counts_the_others(
    index: Index, embedder: BigramEmbedder
) -> None:
    index.add(make_article(f"第{number}座石桥。", title=f"桥{number}") for number in range(13))
    answer = Assistant(index, embedder).ask("文库里有多少篇文章？")
    assert answer.text.startswith("文库中有 13 篇文章：")
    assert answer.text.endswith("，另有 3 项。")
    assert len(answer.sentences) == len(answer.citations) == 10


def test_a_list_may_be_of_one_year(index: Index, embedder: BigramEmbedder) -> None:
    old = article("旧石桥", "石桥塌了。", published="2020-01-02")
    index.add([BRIDGE, old])
    answer = Assistant(index, embedder).ask("2020年有哪些关于石桥的文章？")
    assert [citation.article.id for citation in answer.citations] == [old.id]


@pytest.mark.parametrize(
    "question", ["《红楼梦》的作者是谁？", "鲁迅写了哪些文章？", "有哪些关于火星的文章？"]
)
def test_what_the_library_does_not_have_is_asked_of_the_articles(
    ask: Callable[..., Answer], question: str
) -> None:
    assert ask(question).hits


def test_a_title_that_only_holds_the_one_asked_for_is_another(
    index: Index, embedder: BigramEmbedder
) -> None:
    index.add([article("谈《红楼梦》的翻译", "翻译不容易。")])
    assert Assistant(index, embedder).ask("《红楼梦》的作者是谁？").hits


def test_the_answer_streams_as_any_other(index: Index, embedder: BigramEmbedder) -> None:
    index.add([BRIDGE, RIVER])
    found, *sentences, done = Assistant(index, embedder).stream("文库里有多少篇文章？")
    assert isinstance(found, Found)
    assert [sentence.text for sentence in sentences] == [s.text for s in done.answer.sentences]
    assert not done.answer.abstained
    assert done.answer.probability == 1


def test_the_author_of_the_article_cited_before_is_known(ask: Callable[..., Answer]) -> None:
    history = [Exchange("河水清了吗？", (RIVER.id,), ("河湖治理",))]
    assert ask("它的作者是谁？", history=history).text == "《河湖治理》的作者是赵六、王五。"


def test_a_reprint_is_known_by_what_it_says_of_itself(
    index: Index, embedder: BigramEmbedder
) -> None:
    text = "河水流过石桥，桥上有人卖茶，桥下有人洗衣，两岸的人都说这座石桥比县城还老。"
    again = article("老石桥", text, authors=("周野",), published="2020-01-02")
    index.add([article("石桥", text, published="2024-01-02"), again])
    ask = Assistant(index, embedder).ask
    assert ask("《老石桥》的作者是谁？").text.startswith("《老石桥》的作者是周野")
    assert ask("周野写了哪些文章？").text.startswith("周野的文章有 1 篇：《老石桥》")
    assert ask("文库里有多少篇文章？").text.startswith("文库中有 2 篇文章")
    [citation] = ask("周野写了哪些文章？").citations
    assert citation.article == again
