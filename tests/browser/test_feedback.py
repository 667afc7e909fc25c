"""What the reader thinks of an answer, and what the page offers to ask next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from scripted import (
    DISPUTED_QUESTION,
    FERRY,
    FOLLOWED_UP,
    LIBRARY,
    QUESTION,
    UNANSWERABLE,
    ScriptedAssistant,
)
from serving import ask, serving

from chat.feedback import FILE_NAME
from chat.settings import Settings
from chat.web.api import create_app

pytestmark = pytest.mark.browser

THUMBS = ".feedback .thumb"


@pytest.fixture
def chat(page: Page, tmp_path: Path) -> Iterator[Page]:
    """The page in Chinese, whose opinions go to a folder of this test."""
    with serving(create_app(ScriptedAssistant(), Settings(library=str(tmp_path)))) as address:
        page.goto(f"{address}/?lang=zh")
        page.locator(".welcome").wait_for()
        yield page


def kept(folder: Path) -> list[dict[str, Any]]:
    content = (folder / FILE_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in content.splitlines()]


def thumb(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="这个回答有用吗").get_by_role("button", name=name)


def test_helpful_is_one_click(chat: Page, tmp_path: Path) -> None:
    ask(chat, QUESTION)
    thumb(chat, "有用").click()
    expect(thumb(chat, "有用")).to_have_attribute("aria-pressed", "true")
    expect(chat.locator(".feedback .note")).to_have_text("已记下")
    [case] = kept(tmp_path)
    assert case["question"] == QUESTION
    assert case["helpful"] is True
    assert case["evidence"][0] == "停掉的六个班次省下十一万元。"
    assert all(quote in FERRY.text or quote in LIBRARY.text for quote in case["evidence"])


def test_unhelpful_asks_why_by_keyboard_alone(chat: Page, tmp_path: Path) -> None:
    ask(chat, QUESTION)
    thumb(chat, "没用").press("Enter")
    expect(chat.get_by_role("radio", name="答非所问")).to_be_focused()
    chat.keyboard.press("Space")
    chat.keyboard.press("ArrowDown")
    chat.keyboard.press("Tab")
    chat.keyboard.insert_text("这是去年的数。")
    chat.keyboard.press("Tab")
    chat.keyboard.press("Enter")
    expect(thumb(chat, "没用")).to_be_focused()
    expect(thumb(chat, "没用")).to_have_attribute("aria-pressed", "true")
    expect(chat.locator("#told")).to_contain_text("已记下")
    expect(chat.locator(".feedback form")).to_have_count(0)
    [case] = kept(tmp_path)
    assert (case["helpful"], case["reason"], case["note"]) == (False, "source", "这是去年的数。")
    assert "answerable" not in case


def test_escape_leaves_the_form_and_keeps_nothing(chat: Page, tmp_path: Path) -> None:
    ask(chat, QUESTION)
    thumb(chat, "没用").click()
    chat.get_by_role("textbox", name="还想说什么").fill("算了")
    chat.keyboard.press("Escape")
    expect(chat.locator(".feedback form")).to_have_count(0)
    expect(thumb(chat, "没用")).to_be_focused()
    assert not (tmp_path / FILE_NAME).exists()


def test_an_opinion_can_be_changed_and_taken_back(chat: Page, tmp_path: Path) -> None:
    ask(chat, QUESTION)
    thumb(chat, "有用").click()
    expect(thumb(chat, "有用")).to_have_attribute("aria-pressed", "true")
    thumb(chat, "没用").click()
    chat.get_by_role("radio", name="内容过时").check()
    chat.get_by_role("button", name="提交").click()
    expect(thumb(chat, "没用")).to_have_attribute("aria-pressed", "true")
    expect(thumb(chat, "有用")).to_have_attribute("aria-pressed", "false")
    thumb(chat, "没用").click()
    expect(thumb(chat, "没用")).to_have_attribute("aria-pressed", "false")
    expect(chat.locator(".feedback .note")).to_have_text("已收回")
    cases = kept(tmp_path)
    assert [case["helpful"] for case in cases] == [True, False, None]
    assert len({case["id"] for case in cases}) == 1


def test_a_refusal_is_judged_as_one(chat: Page, tmp_path: Path) -> None:
    ask(chat, UNANSWERABLE)
    group = chat.get_by_role("group", name="这样说对吗")
    group.get_by_role("button", name="不对").click()
    expect(group.get_by_role("radio")).to_have_count(3)
    group.get_by_role("radio", name="文章里其实说了").check()
    group.get_by_role("button", name="提交").click()
    expect(group.get_by_role("button", name="不对")).to_have_attribute("aria-pressed", "true")
    group.get_by_role("button", name="对", exact=True).click()
    expect(group.get_by_role("button", name="对", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert [case["answerable"] for case in kept(tmp_path)] == [True, False]


def test_an_opinion_outlives_a_switch_of_language(chat: Page) -> None:
    ask(chat, QUESTION)
    thumb(chat, "有用").click()
    expect(thumb(chat, "有用")).to_have_attribute("aria-pressed", "true")
    chat.locator("#language").click()
    group = chat.get_by_role("group", name="Was this answer helpful?")
    expect(group.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    expect(group.locator(".note")).to_have_text("Noted")


def test_what_cannot_be_kept_is_said(chat: Page, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    ask(chat, QUESTION)
    thumb(chat, "有用").click()
    expect(chat.locator(".feedback .note")).to_contain_text("无法保存反馈")
    expect(thumb(chat, "有用")).to_have_attribute("aria-pressed", "false")
    expect(thumb(chat, "有用")).to_be_enabled()


def test_what_to_ask_next_stands_under_the_last_answer_only(chat: Page) -> None:
    ask(chat, QUESTION)
    offered = chat.get_by_role("group", name="还可以问")
    expect(offered.get_by_role("button")).to_have_text([DISPUTED_QUESTION, FOLLOWED_UP])
    offered.get_by_role("button", name=FOLLOWED_UP).click()
    expect(chat.locator("#turn-2 .said")).to_contain_text("学费由镇里出一半。")
    expect(chat.locator("#turn-1 .suggestions")).to_be_hidden()
    expect(chat.locator("#turn-2 .suggestions")).to_have_count(0)
