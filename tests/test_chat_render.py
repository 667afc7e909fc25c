"""Answers and articles as HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from chat.web.render import Turn, conversation
from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st
from scripted import (
    DISPUTED_QUESTION,
    FERRY,
    FILTERED_QUESTION,
    FOLLOW_UP,
    FOLLOWED_UP,
    PLANTED,
    QUESTION,
    UNANSWERABLE,
    ScriptedAssistant,
)

from chat.questions.conversation import Exchange
from chat.types import Citation, Done
from chat.web.article_page import article_html, article_page
from chat.web.view import View
from ingest.errors import QuestionError
from ingest.types import Article, Heading
from retriever.types import Filter, Query

CHINESE = View("zh", articles=4)
ENGLISH = View("en", articles=4)


def bare(html: str) -> str:
    """What a reader sees of ``html``."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def turns(question: str, *history: Exchange, without: Sequence[str] = ()) -> list[Turn]:
    """The turn before the first event and after each."""
    grown = [Turn(1, question)]
    for event in ScriptedAssistant().stream(question, history=history, without=without):
        grown.append(grown[-1].after(event))
    return grown


def test_a_turn_grows_to_what_the_answer_says() -> None:
    *growing, whole = turns(QUESTION)
    assert [len(turn.sentences) for turn in growing] == [0, 0, 1, 2, 3, 4]
    answer = whole.answer
    assert answer is not None
    assert (growing[-1].sentences, growing[-1].citations) == (answer.sentences, answer.citations)
    assert bare(conversation(growing[:1], CHINESE)).endswith("正在查找……")
    assert bare(conversation(growing[1:2], CHINESE)).endswith("正在核对原文……")


def test_what_was_understood_stands_above_the_answer_once_it_is_known() -> None:
    asked, found, *_ = turns(FOLLOW_UP, Exchange(QUESTION))
    assert "理解为" not in conversation([asked], CHINESE)
    assert f"理解为：{FOLLOWED_UP}" in bare(conversation([found], CHINESE))
    assert f"Understood as: {FOLLOWED_UP}" in bare(conversation([found], ENGLISH))
    assert "理解为" not in conversation([turns(FOLLOW_UP)[-1]], CHINESE)


def test_each_filter_is_a_chip_that_can_be_dropped_once_the_answer_is_whole() -> None:
    _, found, whole = turns(FILTERED_QUESTION)
    for turn in (found, whole):
        chips = re.findall("<li>(.*?)</li>", conversation([turn], CHINESE))
        assert [bare(chip) for chip in chips] == ["作者：沈闻舟×", "发表时间：2026年×"]
        assert [" disabled>" in chip for chip in chips] == [turn is found] * 2
        assert [buttons(chip) for chip in chips] == [
            [("去掉条件“作者：沈闻舟”，重新查找", ["author:沈闻舟"])],
            [("去掉条件“发表时间：2026年”，重新查找", ["published:2026-01-01/2026-12-31"])],
        ]


def buttons(html: str) -> list[tuple[str, list[str]]]:
    """The label of each button that drops filters, and their keys."""
    found = re.findall('data-filters="([^"]*)" aria-label="([^"]*)"', html)
    return [(unescape(label), json.loads(unescape(keys))) for keys, label in found]


def test_a_filtered_refusal_says_so_and_offers_the_whole_library() -> None:
    shown = conversation([turns(FILTERED_QUESTION)[-1]], ENGLISH)
    assert "The articles that meet the conditions above don't answer" in bare(shown)
    assert "Articles searched:" not in shown
    everything = ["author:沈闻舟", "published:2026-01-01/2026-12-31"]
    assert buttons(shown)[-1] == ("Search all articles", everything)
    shown = conversation([turns(UNANSWERABLE)[-1]], ENGLISH)
    assert "Articles searched: 4" in shown
    assert buttons(shown) == []


def test_where_articles_disagree_each_side_is_told_by_its_paper() -> None:
    *_, growing, whole = turns(DISPUTED_QUESTION)
    assert "说法不一" not in conversation([growing], CHINESE)
    shown = conversation([whole], CHINESE)
    assert "说法不一" in shown
    sides = [bare(side) for side in re.findall("<li>(.*?)</li>", shown)]
    assert len(sides) == 2
    assert sides[0].startswith("青石日报 2026-05-18今年前十个月")
    assert sides[1].startswith("青石日报 2026-05-18书是居民捐的")
    assert "借书不用办证" in sides[1]
    assert "Accounts differ" in conversation([whole], ENGLISH)


def test_a_refusal_names_the_nearest_articles_in_either_language() -> None:
    refused = [turns(UNANSWERABLE)[-1]]
    assert "文章里没有说" in bare(conversation(refused, CHINESE))
    shown = bare(conversation(refused, ENGLISH))
    assert "The articles don't say" in shown
    assert "一条渡线的去与留" in shown


def test_an_error_speaks_the_reader_s_language() -> None:
    failed = [Turn(1, "？", error=QuestionError("too <long>", "太 <长>"))]
    assert "too &lt;long&gt;" in conversation(failed, ENGLISH)
    assert "太 &lt;长&gt;" in conversation(failed, CHINESE)


def test_no_text_from_outside_becomes_markup() -> None:
    planted = '"><img src=x onerror=alert(1)>'
    article = Article(
        planted, planted, (planted,), planted, planted, planted, planted, planted,
        (Heading(planted, 0),), f"{planted}\n{planted}。", planted,
    )  # fmt: skip
    query = Query(planted * 2, (Filter("author", planted, planted),))
    turn = Turn(1, planted, query=query, citations=(Citation(1, article, 31, 61),))
    for html in (conversation([turn], ENGLISH), article_page(article, 0, 9, ENGLISH)):
        assert "<img" not in html
        assert '">"><' not in html
    assert "<script" not in article_page(PLANTED, 0, 0, CHINESE)


@given(
    st.text(alphabet="文章<>&\"'。 \n", max_size=60),
    st.integers(0, 70),
    st.integers(0, 70),
)
def test_an_article_page_shows_the_text_and_marks_the_span(text: str, start: int, end: int) -> None:
    article = Article("a", "题", (), None, None, None, None, "zh", (), text, "a.txt")
    html = article_html(article, start, end, CHINESE)
    body = html.split("</h1>", 1)[1].removesuffix("</article>")
    lines = re.findall(r"<p>(.*?)</p>", body, re.DOTALL)
    assert "\n".join(bare(line) for line in lines) == text
    marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", body, re.DOTALL))
    assert unescape(marked) == text[start:end].replace("\n", "")
    assert body.count('id="quote"') <= 1


def test_headings_of_an_article_are_headings() -> None:
    html = article_html(FERRY, 0, 0, CHINESE)
    assert re.findall(r"<h2>(.*?)</h2>", html) == [
        "两岸为什么还要渡船",
        "钱从哪里来",
        "还有哪些难处",
    ]


def test_the_last_event_is_the_whole_answer() -> None:
    *_, done = ScriptedAssistant().stream(QUESTION)
    assert isinstance(done, Done)
    for citation in done.answer.citations:
        assert citation.quote in citation.article.text


def test_subtitle_and_notes_stand_around_the_text_of_an_article() -> None:
    article = replace(make_article(), subtitle="一座<桥>", notes=("责任编辑：赵六",))
    html = article_html(article, 0, 0, CHINESE)
    places = [html.index(part) for part in ("一座&lt;桥&gt;", "王五", article.text, "责任编辑")]
    assert places == sorted(places)


def test_guesses_are_marked_on_the_page_of_an_article_alone() -> None:
    article = replace(make_article(), guessed=("published", "title"))
    html = article_html(article, 0, 0, ENGLISH)
    marked = re.findall(r'<small class="guessed"[^>]*title="[^"]+">guessed</small>', html)
    assert len(marked) == 2
    assert re.search("2024-05-06&nbsp;<small", html)
    assert "推测" in article_html(article, 0, 0, CHINESE)
    assert "guessed" not in article_html(make_article(), 0, 0, ENGLISH)


def test_an_article_names_the_others_that_print_its_text() -> None:
    other = replace(make_article(title="<晚报>的桥"), id="other", source=None, published=None)
    html = article_page(make_article(), 0, 0, CHINESE, [other])
    assert "同文另载" in html
    assert re.search(
        r'<a class="open"[^>]* href="[^"]*articles/other\?[^"#]*">&lt;晚报&gt;的桥</a>', html
    )
    assert "同文另载" not in article_page(make_article(), 0, 0, CHINESE)
