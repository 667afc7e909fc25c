"""Answers and articles as HTML."""

from __future__ import annotations

import re
from html import unescape

from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st
from scripted import FERRY, LIBRARY, PLANTED, QUESTION, UNANSWERABLE, ScriptedAssistant

from chat.article_page import article_html, article_page
from chat.render import Excerpt, Turn, View, conversation, excerpts, source_cards
from chat.types import Citation, Done
from ingest.errors import QuestionError
from ingest.types import Article, Heading

CHINESE = View("zh", articles=4)
ENGLISH = View("en", articles=4)


def cite(number: int, quote: str, article: Article = FERRY) -> Citation:
    start = article.text.index(quote)
    return Citation(number, article, start, start + len(quote))


def bare(html: str) -> str:
    """What a reader sees of ``html``."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def turns(question: str) -> list[Turn]:
    """The turn before the first event and after each."""
    grown = [Turn(1, question)]
    for event in ScriptedAssistant().stream(question):
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


def test_a_quote_stands_between_its_neighbours() -> None:
    (excerpt,) = excerpts(
        [cite(1, "有人主张停航，有人主张改成旅游船，更多的人希望船照开、票照卖。")]
    )
    shown = FERRY.text[excerpt.start : excerpt.end]
    assert shown.startswith("去年三月，镇里请来")
    assert shown.endswith("早晚高峰一班不减。")


def test_an_excerpt_stays_in_its_paragraph() -> None:
    (excerpt,) = excerpts([cite(1, "停掉的六个班次省下十一万元。")])
    assert FERRY.text[excerpt.start : excerpt.end].startswith("停掉的六个班次")
    (excerpt,) = excerpts([cite(1, "学费由镇里出一半。")])
    assert excerpt.end == len(FERRY.text)


def test_quotes_near_each_other_share_an_excerpt() -> None:
    far, first, second = (
        cite(1, "每天清晨五点半，青石镇的第一班渡船从东岸开出。"),
        cite(3, "停掉的六个班次省下十一万元。"),
        cite(2, "剩下的缺口，由码头旁边新开的十二个摊位的租金补上。"),
    )
    assert [excerpt.citations for excerpt in excerpts([second, first, far])] == [
        (far,),
        (first, second),
    ]


def test_overlapping_quotes_show_every_character_once() -> None:
    long, short = (
        cite(1, "停掉的六个班次省下十一万元。县里的农村客运补贴"),
        cite(2, "省下十一万元。"),
    )
    shown = bare(source_cards([long, short], 1, CHINESE))
    assert shown.count("省下十一万元") == 1


def test_a_long_neighbour_is_cut_and_says_so() -> None:
    text = f"{'长' * 300}。引用的话。{'尾' * 300}。"
    article = Article("a", "题", (), None, None, None, None, "zh", (), text, "a.txt")
    assert excerpts([cite(1, "引用的话。", article)]) == [
        Excerpt(301 - 70, 306 + 70, (cite(1, "引用的话。", article),))
    ]
    shown = bare(source_cards([cite(1, "引用的话。", article)], 1, CHINESE))
    assert f"…{'长' * 69}。1引用的话。{'尾' * 70}…" in shown


def test_a_long_neighbour_is_cut_between_words() -> None:
    article = make_article(f"{'River ' * 50}. It floods. {'Meadow ' * 50}.", language="en")
    (excerpt,) = excerpts([cite(1, "It floods.", article)])
    shown = article.text[excerpt.start : excerpt.end].split()
    assert set(shown) <= {"River", ".", "It", "floods.", "Meadow"}
    assert shown.count("River") > 5
    assert shown.count("Meadow") > 5


def test_an_untitled_article_is_marked_as_such() -> None:
    assert "开…〕 无题" in bare(source_cards([cite(1, "书是居民捐的，", LIBRARY)], 1, CHINESE))


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
    turn = Turn(1, planted, answer=None, citations=(Citation(1, article, 31, 61),))
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
