"""What a reader can do with a turn: stop, retry, edit, take back, copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from scripted import (
    ENGLISH_QUESTION,
    FOLLOW_UP,
    QUESTION,
    UNANSWERABLE,
    WaitingAssistant,
)
from serving import Visits, ask, serving

from chat.settings import Settings
from chat.types import Event, Loading
from chat.web.api import create_app
from ingest.errors import ModelError
from retriever.types import Query

pytestmark = pytest.mark.browser

FIRST = "停掉的六个班次省下十一万元。"
LONG_QUESTION = "两岸的渡船在大桥通车以后为什么还要照开？" * 30


class SlowAssistant(WaitingAssistant):
    """Says a sentence before it waits, and then fails if it is to."""

    fails = False

    def _events(self, question: str, query: Query) -> Iterator[Event]:
        found, *answer = super(WaitingAssistant, self)._events(question, query)
        yield from (found, answer[0])
        self.go.wait(60)
        if self.fails:
            raise ModelError("the model has stopped: start it again", "模型停了：请重新启动")
        yield from answer[1:]


class LoadingAssistant(WaitingAssistant):
    """Loads a model before it answers."""

    def _events(self, question: str, query: Query) -> Iterator[Event]:
        found, *answer = super(WaitingAssistant, self)._events(question, query)
        yield from (found, Loading("Qwen3"))
        self.go.wait(60)
        yield from answer


def served(page: Page, assistant: WaitingAssistant) -> Iterator[Page]:
    with serving(create_app(assistant, Settings())) as address:
        page.goto(f"{address}/?lang=zh")
        page.locator(".welcome").wait_for()
        yield page
        assistant.go.set()


@pytest.fixture
def slow_assistant() -> SlowAssistant:
    return SlowAssistant()


@pytest.fixture
def slow(page: Page, slow_assistant: SlowAssistant) -> Iterator[Page]:
    yield from served(page, slow_assistant)


@pytest.fixture
def loading(page: Page) -> Iterator[Page]:
    yield from served(page, LoadingAssistant())


def box(page: Page) -> Locator:
    return page.locator("#question textarea")


def send(page: Page, question: str) -> None:
    box(page).fill(question)
    box(page).press("Enter")


def copied(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def test_stop_keeps_what_was_said(slow: Page) -> None:
    send(slow, QUESTION)
    expect(slow.locator(".sentence")).to_have_text(f"{FIRST}1")
    slow.get_by_role("button", name="停止").click()
    expect(slow.locator(".facts")).to_have_text("已停止")
    expect(slow.locator(".sentence")).to_have_text(f"{FIRST}1")
    expect(slow.locator(".card")).to_have_count(1)
    expect(slow.locator("#send")).to_have_text("问")


def test_escape_in_the_box_stops(slow: Page) -> None:
    send(slow, QUESTION)
    expect(slow.locator(".sentence")).to_have_count(1)
    box(slow).press("Escape")
    expect(slow.locator(".facts")).to_have_text("已停止")
    expect(box(slow)).to_be_focused()


def test_escape_that_ends_a_composition_does_not_stop(slow: Page) -> None:
    send(slow, QUESTION)
    expect(slow.locator(".sentence")).to_have_count(1)
    box(slow).dispatch_event("keydown", {"key": "Escape", "keyCode": 229, "isComposing": True})
    expect(slow.get_by_role("button", name="停止")).to_be_visible()


def test_a_double_click_on_send_does_not_stop(slow: Page) -> None:
    box(slow).fill(QUESTION)
    slow.locator("#send").dblclick()
    expect(slow.locator(".sentence")).to_have_count(1)
    expect(slow.get_by_role("button", name="停止")).to_be_visible()


def test_a_stopped_turn_can_be_tried_again(slow: Page, slow_assistant: SlowAssistant) -> None:
    send(slow, QUESTION)
    expect(slow.locator(".sentence")).to_have_count(1)
    box(slow).press("Escape")
    slow_assistant.go.set()
    slow.locator(".retry", has_text="再试一次").click()
    expect(slow.locator(".sentence")).to_have_count(4)
    expect(slow.locator(".turn")).to_have_count(1)
    expect(slow.locator(".question")).to_be_focused()


def test_stop_gives_back_the_question_that_waits(slow: Page) -> None:
    send(slow, QUESTION)
    expect(slow.locator(".sentence")).to_have_count(1)
    send(slow, UNANSWERABLE)
    expect(slow.locator(".notice")).to_contain_text(f"接着会问：{UNANSWERABLE}")
    slow.get_by_role("button", name="停止").click()
    expect(box(slow)).to_have_value(UNANSWERABLE)
    expect(slow.locator(".notice")).to_be_hidden()
    expect(slow.locator(".turn")).to_have_count(1)


def test_a_failure_keeps_what_was_said_and_offers_another_try(
    slow: Page, slow_assistant: SlowAssistant
) -> None:
    slow_assistant.fails = True
    send(slow, QUESTION)
    expect(slow.locator(".sentence")).to_have_count(1)
    slow_assistant.go.set()
    expect(slow.locator(".failed")).to_contain_text("模型停了：请重新启动")
    expect(slow.locator(".failed .sentence")).to_have_text(f"{FIRST}1")
    slow_assistant.fails = False
    slow.locator(".retry").click()
    expect(slow.locator(".sentence")).to_have_count(4)
    expect(slow.locator(".failed")).to_have_count(0)


def test_a_server_that_is_gone_is_said_with_what_to_do(chat: Page) -> None:
    chat.route("**/api/ask", lambda route: route.abort())
    send(chat, QUESTION)
    expect(chat.locator(".failed")).to_contain_text("请检查问津是否还在运行")
    chat.unroute("**/api/ask")
    chat.locator(".retry").click()
    expect(chat.locator(".sentence")).to_have_count(4)


def test_a_question_that_is_refused_as_such_is_to_be_changed(chat: Page) -> None:
    ask(chat, "长" * 2001)
    chat.locator(".retry", has_text="改问题").click()
    chat.locator(".edit textarea").fill(QUESTION)
    chat.locator(".edit textarea").press("Enter")
    expect(chat.locator(".sentence")).to_have_count(4)


def test_the_model_that_is_loaded_is_named(loading: Page) -> None:
    send(loading, QUESTION)
    expect(loading.locator(".waiting")).to_have_text("正在载入模型 Qwen3……")
    expect(loading.locator("#told")).to_contain_text("正在载入模型 Qwen3……")


def test_a_turn_can_be_tried_again(chat: Page) -> None:
    ask(chat, QUESTION)
    ask(chat, UNANSWERABLE)
    with chat.expect_request("**/api/ask") as asked:
        chat.locator("#turn-1").get_by_role("button", name="再试一次").click()
    assert asked.value.post_data_json["question"] == QUESTION
    expect(chat.locator("#turn-1 .sentence")).to_have_count(4)
    expect(chat.locator(".turn")).to_have_count(2)


def test_an_edited_question_replaces_what_came_after_it(chat: Page) -> None:
    for question in (QUESTION, FOLLOW_UP, UNANSWERABLE):
        ask(chat, question)
    chat.locator("#turn-2").get_by_role("button", name="改问题").press("Enter")
    written = chat.locator(".edit textarea")
    expect(written).to_be_focused()
    expect(written).to_have_value(FOLLOW_UP)
    written.fill(ENGLISH_QUESTION)
    written.press("Enter")
    expect(chat.locator(".question")).to_have_text([QUESTION, ENGLISH_QUESTION])
    expect(chat.locator("#turn-2 .sentence")).to_have_count(2)
    expect(chat.locator(".notice")).to_contain_text("后面的 1 轮已去掉")
    chat.locator(".notice").get_by_role("button", name="恢复").click()
    expect(chat.locator(".question")).to_have_text([QUESTION, FOLLOW_UP, UNANSWERABLE])
    expect(chat.locator("#turn-2 .said")).to_contain_text("学费由镇里出一半")
    expect(chat.locator(".notice")).to_be_hidden()


def test_an_edit_can_be_left_by_escape(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.locator(".tool.rewrite").click()
    chat.locator(".edit textarea").fill("别的")
    chat.locator(".edit textarea").press("Escape")
    expect(chat.locator(".question")).to_have_text(QUESTION)
    expect(chat.locator(".tool.rewrite")).to_be_focused()
    expect(chat.locator(".sentence")).to_have_count(4)


def test_enter_that_confirms_a_candidate_does_not_send_an_edit(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.locator(".tool.rewrite").click()
    written = chat.locator(".edit textarea")
    written.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    expect(written).to_be_visible()
    expect(written).to_have_value(QUESTION)


def test_the_last_question_can_be_taken_back_and_put_back(chat: Page) -> None:
    ask(chat, QUESTION)
    ask(chat, UNANSWERABLE)
    expect(chat.locator("#turn-1 .takeback")).to_be_hidden()
    box(chat).fill("草稿")
    chat.locator("#turn-2 .takeback").press("Enter")
    expect(chat.locator(".turn")).to_have_count(1)
    expect(box(chat)).to_have_value(UNANSWERABLE)
    expect(box(chat)).to_be_focused()
    chat.locator(".notice").get_by_role("button", name="恢复").press("Enter")
    expect(chat.locator("#turn-2 .refusal")).to_be_visible()
    expect(box(chat)).to_have_value("草稿")


def test_taking_the_only_question_back_leads_to_the_welcome(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.locator(".takeback").press("Enter")
    expect(chat.locator(".welcome")).to_be_visible()
    expect(box(chat)).to_have_value(QUESTION)
    chat.locator(".notice").get_by_role("button", name="恢复").click()
    expect(chat.locator(".welcome")).to_have_count(0)
    expect(chat.locator(".sentence")).to_have_count(4)


def test_nothing_can_be_asked_anew_during_an_answer(
    slow: Page, slow_assistant: SlowAssistant
) -> None:
    slow_assistant.go.set()
    ask(slow, QUESTION)
    slow_assistant.go.clear()
    send(slow, ENGLISH_QUESTION)
    expect(slow.locator("#turn-2 .sentence")).to_have_count(1)
    expect(slow.locator("#turn-1 .tool:disabled")).to_have_count(3)
    slow_assistant.go.set()
    expect(slow.locator("#turn-1 .tool:disabled")).to_have_count(0)


@pytest.mark.parametrize("allowed", [True, False])
def test_an_answer_is_copied_with_its_sources(visits: Visits, address: str, allowed: bool) -> None:
    page = visits.open(permissions=["clipboard-read", *(["clipboard-write"] if allowed else [])])
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    if not allowed:  # as where there is no TLS
        page.evaluate("Object.defineProperty(navigator.clipboard, 'writeText', {value: undefined})")
    ask(page, QUESTION)
    page.get_by_role("button", name="复制回答").press("Enter")
    expect(page.locator("#told")).to_contain_text("已复制")
    expect(page.locator(".tool.copy")).to_be_focused()
    text = copied(page)
    assert text.startswith(f"{FIRST}[1]县里的农村客运补贴第一次把水路算了进来，每年补二十万元。[2]")
    assert "[3][4]" in text
    assert (
        "[1] 一条渡线的去与留 · 沈闻舟 林一苇 · 青石县乡村发展研究中心 · 青石日报 · 第3版 · "
        f"2026-05-18\n    “{FIRST}”"
    ) in text
    page.close()


def test_english_sentences_are_copied_with_spaces_between(visits: Visits, address: str) -> None:
    page = visits.open(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/?lang=en")
    page.locator(".welcome").wait_for()
    ask(page, ENGLISH_QUESTION)
    page.get_by_role("button", name="Copy answer").click()
    expect(page.locator("#told")).to_contain_text("Copied")
    text = copied(page)
    assert "before Christmas.[1] Two wells near the quarry never recovered.[2]\n" in text
    assert (
        "[2] Fourteen wells · Ada Thornbury, Joss Reed · The Alder Cross Gazette · p. 2 · " in text
    )
    page.close()


def test_each_sentence_is_told_once_and_the_focus_stays(chat: Page) -> None:
    ask(chat, QUESTION)
    told = chat.locator("#told span").all_text_contents()
    sentences = chat.locator(".sentence").evaluate_all(
        "all => all.map((e) => e.firstChild.data + e.querySelector('.end').firstChild.data)"
    )
    assert [one.strip() for one in told] == [
        "正在查找……",
        *sentences,
        "回答完了，依据 5 处",
    ]
    expect(box(chat)).to_be_focused()
    expect(chat.locator("#told")).to_have_attribute("aria-live", "polite")
    expect(chat.locator("#told")).to_have_attribute("aria-atomic", "false")
    live = "#talk :is([aria-live], [role=alert], [role=status], [role=log])"
    expect(chat.locator(live)).to_have_count(0)  # or it would be told twice


def test_what_is_focused_stays_so_when_the_answer_ends(
    slow: Page, slow_assistant: SlowAssistant
) -> None:
    send(slow, QUESTION)
    slow.locator(".mark").focus()
    slow_assistant.go.set()
    expect(slow.locator(".facts")).to_be_visible()
    expect(slow.locator(".mark").first).to_be_focused()


def test_a_new_turn_comes_into_view(chat: Page) -> None:
    chat.set_viewport_size({"width": 390, "height": 700})
    for question in (QUESTION, UNANSWERABLE, QUESTION):
        ask(chat, question)
        expect(chat.locator(".question").last).to_be_in_viewport()
        expect(box(chat)).to_be_focused()


def test_a_very_long_question_is_folded(chat: Page) -> None:
    ask(chat, LONG_QUESTION)
    question = chat.locator(".question")
    height = "e => Math.round(e.clientHeight / parseFloat(getComputedStyle(e).lineHeight))"
    assert question.evaluate(height) == 6
    chat.get_by_role("button", name="展开全部").press("Enter")
    assert question.evaluate(height) > 6
    chat.get_by_role("button", name="收起").press("Enter")
    assert question.evaluate(height) == 6


def test_a_short_question_is_not_folded(chat: Page) -> None:
    ask(chat, QUESTION)
    expect(chat.locator(".more")).to_have_count(0)


def test_the_tools_come_with_the_pointer_and_with_the_focus(chat: Page) -> None:
    ask(chat, QUESTION)
    tools = chat.locator(".tools")
    chat.mouse.move(1, 1)
    expect(tools).to_have_css("opacity", "0")
    chat.locator(".question").hover()
    expect(tools).to_have_css("opacity", "1")
    chat.mouse.move(1, 1)
    expect(tools).to_have_css("opacity", "0")
    chat.locator(".tool.copy").focus()
    expect(tools).to_have_css("opacity", "1")


def test_the_tools_are_always_there_on_a_touch_screen(visits: Visits, address: str) -> None:
    page = visits.open(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page.goto(f"{address}/?lang=en")
    page.locator(".welcome").wait_for()
    ask(page, ENGLISH_QUESTION)
    expect(page.locator(".tools")).to_have_css("opacity", "1")
    size = page.get_by_role("button", name="Edit question").bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) >= 44
    page.close()


def test_another_language_keeps_a_draft_and_what_is_open(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.get_by_role("button", name="为什么？").press("Enter")
    chat.get_by_role("button", name="改问题").press("Enter")
    chat.locator(".edit textarea").fill("渡船的票价")
    chat.locator("#language").click()
    expect(chat.locator(".edit").get_by_role("button", name="Cancel")).to_be_visible()
    expect(chat.locator(".edit textarea")).to_have_value("渡船的票价")
    expect(chat.get_by_role("region", name="Why?")).to_be_visible()
    chat.locator(".edit").get_by_role("button", name="Cancel").click()
    expect(chat.locator(".question")).to_have_text(QUESTION)
