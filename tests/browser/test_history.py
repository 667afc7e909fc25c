"""The conversations that the browser keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from scripted import (
    ENGLISH_QUESTION,
    FOLLOW_UP,
    FOLLOWED_UP,
    QUESTION,
    UNANSWERABLE,
    WaitingAssistant,
)
from serving import Visits, ask, begin

pytestmark = pytest.mark.browser

KEY = "wenjin.conversations"
DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def wide(chat: Page) -> Page:
    chat.set_viewport_size({"width": 1600, "height": 900})
    return chat


def reload(page: Page) -> None:
    page.reload()
    page.locator(".welcome, .turn").first.wait_for()


def titles(page: Page) -> Locator:
    return page.locator("#conversations .title")


def new(page: Page) -> None:
    page.get_by_role("button", name="新对话").click()
    page.locator(".welcome").wait_for()


def stored(page: Page) -> list[Any]:
    kept: list[Any] = json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "[]")
    return kept


def store(page: Page, text: str) -> None:
    page.evaluate(f"text => localStorage.setItem('{KEY}', text)", text)


def conversation(number: int, updated: float, question: str) -> dict[str, Any]:
    turn = {"question": question, "without": [], "state": "stopped", "answer": None, "error": None}
    return {
        "id": f"made-{number}",
        "created": updated,
        "updated": updated,
        "title": "",
        "turns": [turn],
    }


def another_tab(page: Page) -> Page:
    """One that shares what the browser keeps with ``page``, wide enough for the list."""
    other = page.context.new_page()
    other.set_viewport_size({"width": 1600, "height": 900})
    return other


def drawn(page: Page) -> str:
    text: str = page.locator(".conversation").evaluate("e => e.innerHTML")
    return text


def test_a_conversation_comes_back_after_a_reload_as_it_was(wide: Page) -> None:
    ask(wide, QUESTION)
    ask(wide, FOLLOW_UP)
    ask(wide, UNANSWERABLE)
    ask(wide, "长" * 2001)
    before = drawn(wide)
    reload(wide)
    assert drawn(wide) == before
    ask(wide, FOLLOW_UP)  # and goes on
    expect(wide.locator(".turn")).to_have_count(5)
    expect(titles(wide)).to_have_text([QUESTION])


def test_what_an_answer_leans_on_outlives_a_reload(wide: Page) -> None:
    ask(wide, QUESTION)
    reload(wide)
    ask(wide, FOLLOW_UP)
    expect(wide.locator("#turn-2 .understood")).to_contain_text(FOLLOWED_UP)


def test_an_answer_cut_off_by_a_reload_comes_back_as_stopped(
    waiting: Page, assistant: WaitingAssistant
) -> None:
    begin(waiting, QUESTION)
    reload(waiting)
    expect(waiting.locator("#turn-1 .question")).to_have_text(QUESTION)
    expect(waiting.locator("#turn-1")).to_contain_text("已停止")


def test_another_tab_begins_anew_and_lists_what_was_asked(visits: Visits, address: str) -> None:
    page = visits.open()
    page.goto(f"{address}/?lang=zh")
    ask(page, QUESTION)
    other = another_tab(page)
    other.goto(f"{address}/?lang=zh")
    expect(other.locator(".welcome")).to_be_visible()
    expect(titles(other)).to_have_text([QUESTION])
    other.close()
    page.close()


def test_several_conversations_are_kept_apart(wide: Page) -> None:
    ask(wide, QUESTION)
    new(wide)
    ask(wide, UNANSWERABLE)
    expect(titles(wide)).to_have_text([UNANSWERABLE, QUESTION])
    titles(wide).nth(1).click()
    expect(wide.locator(".question")).to_have_text([QUESTION])
    expect(wide.locator("#conversations [aria-current]")).to_have_text(QUESTION)
    titles(wide).nth(0).click()
    expect(wide.locator(".question")).to_have_text([UNANSWERABLE])


def test_opening_another_keeps_what_was_said_of_an_answer_under_way(
    waiting: Page, assistant: WaitingAssistant
) -> None:
    waiting.set_viewport_size({"width": 1600, "height": 900})
    begin(waiting, QUESTION)
    new(waiting)
    assistant.go.set()
    ask(waiting, UNANSWERABLE)
    titles(waiting).nth(1).click()
    expect(waiting.locator(".question")).to_have_text([QUESTION])
    expect(waiting.locator("#turn-1")).to_contain_text("已停止")
    assert len(stored(waiting)) == 2


def test_a_conversation_is_renamed(wide: Page) -> None:
    ask(wide, QUESTION)
    wide.get_by_role("button", name=f"给会话“{QUESTION}”改名").click()
    name = wide.get_by_role("textbox", name="会话的名字")
    expect(name).to_be_focused()
    name.fill("渡")
    name.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    name.fill("渡船")
    name.press("Enter")
    expect(titles(wide)).to_have_text(["渡船"])
    expect(wide.locator("#conversations .to")).to_be_focused()
    wide.get_by_role("button", name="给会话“渡船”改名").click()
    name.fill("没有这个名字")
    name.press("Escape")
    expect(titles(wide)).to_have_text(["渡船"])
    ask(wide, UNANSWERABLE)
    reload(wide)
    expect(titles(wide)).to_have_text(["渡船"])


def test_what_is_deleted_can_be_put_back(wide: Page) -> None:
    ask(wide, QUESTION)
    before = stored(wide)
    wide.get_by_role("button", name=f"删除会话“{QUESTION}”").click()
    expect(wide.locator(".welcome")).to_be_visible()
    expect(titles(wide)).to_have_count(0)
    expect(wide.locator("#told")).to_contain_text(f"已删除“{QUESTION}”")
    assert stored(wide) == []
    undo = wide.locator("#conversations .undo button")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(wide.locator("#turn-1 .sentence")).to_have_count(4)
    assert stored(wide) == before
    expect(undo).to_be_hidden()


def test_deleting_another_leaves_the_open_one(wide: Page) -> None:
    ask(wide, UNANSWERABLE)
    new(wide)
    ask(wide, QUESTION)
    wide.get_by_role("button", name=f"删除会话“{UNANSWERABLE}”").click()
    expect(wide.locator("#turn-1 .sentence")).to_have_count(4)
    expect(titles(wide)).to_have_text([QUESTION])


def test_search_looks_into_questions_and_answers_and_marks_what_it_finds(wide: Page) -> None:
    for question in (QUESTION, UNANSWERABLE, ENGLISH_QUESTION):
        ask(wide, question)
        new(wide)
    box = wide.get_by_role("searchbox", name="搜索会话")
    box.fill("火星")
    expect(titles(wide)).to_have_text([UNANSWERABLE])
    expect(wide.locator("#conversations mark")).to_have_text(["火星"])
    box.fill("补贴")  # said in an answer
    expect(titles(wide)).to_have_text([QUESTION])
    expect(wide.locator("#conversations .shown mark")).to_have_text(["补贴"])
    box.fill("QUARRY fell")
    expect(titles(wide)).to_have_text([ENGLISH_QUESTION])
    expect(wide.locator("#conversations .found")).to_have_text("找到 1 个会话")
    box.fill("(.*")
    expect(titles(wide)).to_have_count(0)
    box.press("Escape")
    expect(titles(wide)).to_have_count(3)


def test_ctrl_k_leads_to_the_search_where_it_is_narrow_too(chat: Page) -> None:
    chat.set_viewport_size({"width": 390, "height": 844})
    ask(chat, QUESTION)
    chat.keyboard.press("Control+k")
    expect(chat.get_by_role("searchbox", name="搜索会话")).to_be_focused()
    chat.locator("#drawer .to").click()
    expect(chat.locator("#drawer")).to_be_hidden()
    expect(chat.locator("#turn-1 .sentence")).to_have_count(4)


def test_conversations_stand_by_their_days(wide: Page) -> None:
    now = wide.evaluate("new Date().setHours(12, 0, 0, 0)")
    made = [conversation(i, now - ago * DAY, f"问题{i}") for i, ago in enumerate((0, 1, 5, 800))]
    store(wide, json.dumps(made))
    reload(wide)
    days = wide.locator("#conversations h2")
    expect(days).to_have_count(4)
    assert days.all_text_contents()[:2] == ["今天", "昨天"]
    assert days.all_text_contents()[2].endswith("日")
    assert "年" in days.all_text_contents()[3]
    expect(titles(wide)).to_have_text([f"问题{i}" for i in range(4)])


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "of the future", "parts": []},
        {**conversation(7, 1.0, "坏"), "turns": [{"question": "坏", "answer": {}}]},
        {**conversation(8, 1.0, "坏"), "turns": []},
        None,
        "text",
        [3],
    ],
)
def test_what_is_damaged_stays_as_it_is_and_harms_nothing(wide: Page, odd: Any) -> None:
    good = conversation(1, 5.0, "好问题")
    store(wide, json.dumps([odd, good]))
    reload(wide)
    expect(titles(wide)).to_have_text(["好问题"])
    ask(wide, QUESTION)
    kept = stored(wide)
    assert odd in kept
    assert good in kept
    assert len(kept) == 3


@pytest.mark.parametrize("text", ['[{"id": "cut o', '{"version": 9}', "null"])
def test_a_list_that_cannot_be_read_is_put_aside(wide: Page, text: str) -> None:
    store(wide, text)
    reload(wide)
    ask(wide, QUESTION)
    assert len(stored(wide)) == 1
    assert wide.evaluate(f"localStorage.getItem('{KEY}.aside')") == text


def test_another_tab_s_conversations_are_seen_and_never_overwritten(
    visits: Visits, address: str
) -> None:
    one = visits.open()
    one.goto(f"{address}/?lang=zh")
    ask(one, QUESTION)
    other = another_tab(one)
    other.goto(f"{address}/?lang=zh")
    ask(other, UNANSWERABLE)
    expect(titles(one)).to_have_text([UNANSWERABLE, QUESTION])
    # Going on with the same one, in turn: each sees what the other did.
    titles(other).nth(1).click()
    ask(other, FOLLOW_UP)
    expect(one.locator(".turn")).to_have_count(2)
    ask(one, ENGLISH_QUESTION)
    expect(other.locator(".question")).to_have_text([QUESTION, FOLLOW_UP, ENGLISH_QUESTION])
    assert len(stored(one)) == 2
    other.close()
    one.close()


def test_two_tabs_that_go_on_at_once_both_keep_theirs(wide: Page) -> None:
    ask(wide, QUESTION)
    [theirs] = stored(wide)
    theirs["updated"] += 1  # another tab went on, and this one hasn't heard of it yet
    theirs["turns"].append(conversation(1, 1.0, "别处问的")["turns"][0])
    store(wide, json.dumps([theirs]))
    ask(wide, UNANSWERABLE)
    kept = {tuple(turn["question"] for turn in each["turns"]) for each in stored(wide)}
    assert kept == {(QUESTION, "别处问的"), (QUESTION, UNANSWERABLE)}


def test_the_oldest_go_when_there_is_no_room(wide: Page) -> None:
    made = [conversation(i, float(i), f"问题{i}" + "很长" * 100_000) for i in range(1, 10)]
    store(wide, json.dumps(made, ensure_ascii=False))
    reload(wide)
    ask(wide, QUESTION)
    left = [each["id"] for each in stored(wide) if each["id"].startswith("made")]
    assert left == [f"made-{i}" for i in range(1, 10)][-len(left) :]
    assert 7 <= len(left) < 10
    assert wide.evaluate(f"localStorage.getItem('{KEY}').length") <= 2_000_000


@pytest.mark.parametrize(
    "obstacle",
    [
        # blocked, as by a browser's setting
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException() } })",
        # full
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }",
    ],
)
def test_without_storage_it_works_and_says_so(visits: Visits, address: str, obstacle: str) -> None:
    page = visits.open(viewport={"width": 1600, "height": 900})
    page.add_init_script(obstacle)
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    expect(page.get_by_text("浏览器不让保存会话")).to_be_hidden()
    ask(page, QUESTION)
    expect(page.get_by_text("浏览器不让保存会话")).to_be_visible()
    new(page)
    ask(page, UNANSWERABLE)
    titles(page).nth(1).click()
    expect(page.locator(".question")).to_have_text([QUESTION])
    page.locator("#theme").click()
    page.close()


def test_a_title_is_text(wide: Page) -> None:
    question = "<img src=x onerror=\"document.title='run'\">"
    ask(wide, question)
    wide.get_by_role("searchbox", name="搜索会话").fill("<img")
    expect(titles(wide)).to_have_text([question])
    assert wide.locator("#conversations img").count() == 0
    assert "run" not in wide.title()
