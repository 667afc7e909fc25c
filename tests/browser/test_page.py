"""The chat page, as a reader uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from scripted import (
    ENGLISH_QUESTION,
    FERRY,
    FILTERED_QUESTION,
    FOLLOW_UP,
    FOLLOWED_UP,
    LIBRARY,
    QUESTION,
    UNANSWERABLE,
    WaitingAssistant,
)
from serving import Visits, ask, begin

pytestmark = pytest.mark.browser


def test_every_sentence_of_an_answer_carries_marks(chat: Page) -> None:
    ask(chat, QUESTION)
    sentences = chat.locator(".sentence")
    expect(sentences).to_have_count(4)
    for sentence in sentences.all():
        expect(sentence.locator("button.mark").first).to_be_visible()
    assert chat.locator(".mark").all_text_contents() == ["1", "2", "3", "4", "5"]
    expect(chat.locator(".facts")).to_have_text("查找了 4 篇文章 · 0.04 秒")


def test_a_source_says_where_it_comes_from(chat: Page) -> None:
    ask(chat, QUESTION)
    first, second = chat.locator(".card").all()
    for known in ("一条渡线的去与留", "沈闻舟 林一苇", "青石县乡村发展研究中心", "2026-05-18"):
        expect(first).to_contain_text(known)
    expect(first.locator(".section")).to_have_text("钱从哪里来")
    expect(first.locator("mark").nth(1)).to_contain_text("县里的农村客运补贴第一次把水路算了进来")
    expect(second.locator("h4")).to_contain_text("无题")


def test_a_mark_lights_its_source(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.locator(".mark", has_text="5").click()
    source = chat.locator("#source-1-5")
    expect(source).to_have_class("source lit")
    expect(source).to_be_in_viewport()
    expect(chat.locator(".lit")).to_have_count(2)  # the mark and the source


def test_marks_work_by_keyboard(chat: Page) -> None:
    ask(chat, QUESTION)
    mark = chat.locator(".mark", has_text="2")
    mark.focus()
    expect(chat.locator("#source-1-2")).to_have_class("source lit")
    mark.press("Enter")
    expect(chat.locator("#source-1-2")).to_be_focused()


def test_the_article_opens_at_the_quote_and_leaves_the_conversation(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.locator(".number", has_text="3").click()
    reader = chat.get_by_role("dialog", name="全文")
    expect(reader.get_by_role("heading", name="一条渡线的去与留")).to_be_attached()
    expect(reader.locator("mark:not(.weak)")).to_have_text(
        "剩下的缺口，由码头旁边新开的十二个摊位的租金补上。"
    )
    expect(reader.locator("mark:not(.weak)")).to_be_in_viewport(ratio=1)
    chat.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(chat.locator(".sentence")).to_have_count(4)


def test_the_article_page_needs_no_script(visits: Visits, address: str) -> None:
    page = visits.open(java_script_enabled=False)
    start = FERRY.text.index("县里的农村客运补贴")
    page.goto(f"{address}/articles/{FERRY.id}?start={start}&end={start + 27}&lang=zh#quote")
    expect(page.locator("mark#quote")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", name="钱从哪里来")).to_be_visible()
    expect(page.locator(".byline")).to_contain_text("青石县乡村发展研究中心")
    page.close()


def test_an_article_that_is_gone_says_so(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.locator(".open").first.evaluate("link => link.href = 'articles/gone?lang=zh'")
    chat.locator(".open").first.click()
    expect(chat.locator("#reader")).to_contain_text("没有编号为 gone 的文章")


def test_a_refusal_offers_the_nearest_articles(chat: Page) -> None:
    ask(chat, UNANSWERABLE)
    expect(chat.locator(".refusal")).to_contain_text("文章里没有说")
    expect(chat.locator(".mark")).to_have_count(0)
    expect(chat.locator(".card")).to_have_count(4)
    expect(chat.locator(".card").nth(1)).to_contain_text(LIBRARY.text[:20])


def test_a_question_that_leans_on_another_shows_how_it_was_understood(chat: Page) -> None:
    ask(chat, QUESTION)
    ask(chat, FOLLOW_UP)
    expect(chat.locator(".understood")).to_have_text(f"理解为：{FOLLOWED_UP}")
    expect(chat.locator("#turn-2 .said")).to_contain_text("学费由镇里出一半。")


def test_a_new_conversation_forgets_the_one_before(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.get_by_role("button", name="新对话").click()
    expect(chat.locator(".welcome")).to_be_visible()
    expect(chat.locator("#question textarea")).to_be_focused()
    expect(chat.get_by_role("button", name="新对话")).to_be_hidden()
    ask(chat, FOLLOW_UP)
    expect(chat.locator(".refusal")).to_be_visible()
    expect(chat.locator(".understood")).to_have_count(0)


def test_a_new_conversation_ends_an_answer_under_way(
    waiting: Page, assistant: WaitingAssistant
) -> None:
    begin(waiting, QUESTION)
    waiting.get_by_role("button", name="新对话").click()
    expect(waiting.locator(".welcome")).to_be_visible()
    assistant.go.set()
    ask(waiting, UNANSWERABLE)
    expect(waiting.locator(".question")).to_have_text([UNANSWERABLE])


def test_a_question_sent_during_an_answer_is_asked_after_it(
    waiting: Page, assistant: WaitingAssistant
) -> None:
    begin(waiting, FILTERED_QUESTION)
    expect(waiting.locator(".filters .drop:disabled")).to_have_count(2)
    waiting.locator("#question textarea").fill(QUESTION)
    waiting.locator("#question textarea").press("Enter")
    assistant.go.set()
    expect(waiting.locator("#turn-2 .sentence")).to_have_count(4)
    expect(waiting.locator("#turn-1 .drop:enabled")).to_have_count(3)


def test_a_filter_can_be_dropped_by_keyboard(chat: Page) -> None:
    ask(chat, FILTERED_QUESTION)
    ask(chat, QUESTION)
    turn = chat.locator("#turn-1")
    expect(turn.locator(".filters li")).to_have_text(["作者：沈闻舟×", "发表时间：2026年×"])
    turn.get_by_role("button", name="去掉条件“作者：沈闻舟”，重新查找").press("Enter")
    expect(turn.locator(".said")).to_contain_text("一共三千二百册")
    expect(turn.locator(".filters li")).to_have_text(["发表时间：2026年×"])
    expect(turn.locator(".question")).to_be_focused()
    expect(chat.locator(".turn")).to_have_count(2)


def test_a_filtered_refusal_leads_to_all_articles(chat: Page) -> None:
    ask(chat, FILTERED_QUESTION)
    chat.get_by_role("button", name="查找全部文章").click()
    expect(chat.locator(".said")).to_contain_text("一共三千二百册")
    expect(chat.locator(".filters")).to_have_count(0)
    expect(chat.locator(".facts")).to_contain_text("查找了 4 篇文章")


def test_an_error_is_said_in_the_page(chat: Page) -> None:
    ask(chat, "长" * 2001)
    expect(chat.locator(".failed")).to_contain_text("问题太长")
    ask(chat, QUESTION)
    expect(chat.locator("#turn-2 .sentence")).to_have_count(4)


def test_an_empty_box_sends_nothing(chat: Page) -> None:
    box = chat.locator("#question textarea")
    box.fill("  ")
    box.press("Enter")
    ask(chat, QUESTION)  # typed while the empty one is on its way
    expect(chat.locator(".turn")).to_have_count(1)
    expect(chat.locator(".toast-body")).to_have_count(0)


def test_the_language_switches_both_ways_and_keeps_the_conversation(chat: Page) -> None:
    ask(chat, UNANSWERABLE)
    chat.get_by_role("button", name="EN").click()
    expect(chat.locator(".refusal")).to_contain_text("The articles don't say")
    expect(chat.get_by_role("textbox", name="Ask something…")).to_be_visible()
    expect(chat.locator("html")).to_have_attribute("lang", "en")
    chat.get_by_role("button", name="中文").click()
    expect(chat.locator(".refusal")).to_contain_text("文章里没有说")
    expect(chat.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_switched_language_outlives_a_reload(chat: Page) -> None:
    chat.get_by_role("button", name="EN").click()
    expect(chat.locator(".welcome")).to_contain_text("What would you")
    chat.reload()
    expect(chat.locator(".welcome")).to_contain_text("What would you")


@pytest.mark.parametrize(("locale", "welcome"), [("zh-TW", "想查什么"), ("fr-FR", "What would")])
def test_the_browser_chooses_the_language(
    visits: Visits, address: str, locale: str, welcome: str
) -> None:
    page = visits.open(locale=locale)
    page.goto(address)
    expect(page.locator(".welcome")).to_contain_text(welcome)
    page.close()


def test_example_questions_can_be_asked(chat: Page) -> None:
    chat.get_by_role("button", name=ENGLISH_QUESTION).click()
    expect(chat.locator(".sentence")).to_have_count(2)
    expect(chat.locator("#examples")).to_be_hidden()


def test_an_empty_library_says_what_to_do(page: Page, empty_address: str) -> None:
    page.goto(f"{empty_address}/?lang=en")
    expect(page.locator(".empty")).to_contain_text("The library is empty")
    expect(page.locator(".empty")).to_contain_text("wenjin ingest PATH")
    expect(page.locator("#question")).to_be_hidden()


def test_enter_that_confirms_a_candidate_does_not_send(chat: Page) -> None:
    box = chat.locator("#question textarea")
    box.focus()
    session = chat.context.new_cdp_session(chat)
    session.send("Input.imeSetComposition", {"text": "du", "selectionStart": 2, "selectionEnd": 2})
    box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    box.dispatch_event("keypress", {"key": "Enter", "keyCode": 229, "isComposing": True})
    session.send("Input.insertText", {"text": "渡船"})
    expect(box).to_have_value("渡船")
    ask(chat, QUESTION)  # had Enter sent, this would be the second turn
    expect(chat.locator(".turn")).to_have_count(1)


@pytest.mark.parametrize("width", [390, 768, 1024, 1600])
def test_nothing_scrolls_sideways(chat: Page, width: int) -> None:
    chat.set_viewport_size({"width": width, "height": 800})
    for question in (
        QUESTION,
        UNANSWERABLE,
        FILTERED_QUESTION,
        "https://example.org/" + "long" * 80,
    ):
        ask(chat, question)
    chat.locator(".open").last.click()
    expect(chat.locator("#reader article")).to_be_visible()
    for selector in ("html", "#reader"):
        assert chat.locator(selector).evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_sources_stand_below_on_a_phone_and_beside_on_a_wide_screen(chat: Page) -> None:
    ask(chat, QUESTION)
    for width, beside in ((1024, True), (390, False)):
        chat.set_viewport_size({"width": width, "height": 800})
        answer, sources, after = (
            chat.locator(one).bounding_box() for one in (".answer", ".beside", ".after")
        )
        assert answer
        assert sources
        assert after
        assert (sources["x"] >= answer["x"] + answer["width"]) == beside
        assert (sources["y"] >= answer["y"] + answer["height"]) != beside
        assert (after["y"] >= sources["y"] + sources["height"]) != beside
        assert after["y"] >= answer["y"] + answer["height"]


def test_no_mark_stands_alone_in_a_line(chat: Page) -> None:
    ask(chat, QUESTION)
    alone = """() => [...document.querySelectorAll(".sentence .end")].filter(
        (end) => end.getClientRects().length > 1)"""
    for width in range(360, 460, 7):
        chat.set_viewport_size({"width": width, "height": 800})
        assert chat.evaluate(alone) == []


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_system_to_light_and_dark(
    visits: Visits, address: str, scheme: str, dark: bool
) -> None:
    page = visits.open(color_scheme=scheme)
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    for selector in ("body", ".gradio-container", "#question textarea"):
        colour = page.locator(selector).evaluate("e => getComputedStyle(e).backgroundColor")
        red = int(colour.split("(")[1].split(",")[0])
        assert (red < 128) == dark, selector
    page.close()
