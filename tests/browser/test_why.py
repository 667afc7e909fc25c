"""Why this answer: what was understood, how long it took, and what was read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from scripted import (
    ENGLISH_QUESTION,
    FERRY,
    FILTERED_QUESTION,
    PLANTED_QUESTION,
    QUESTION,
    UNANSWERABLE,
)
from serving import ask

pytestmark = pytest.mark.browser


def opened(page: Page, name: str = "为什么？") -> Locator:
    page.get_by_role("button", name=name, exact=True).press("Enter")
    panel = page.get_by_role("region", name=name)
    expect(panel).to_be_visible()
    return panel


def test_the_panel_opens_and_closes_by_keyboard(chat: Page) -> None:
    ask(chat, QUESTION)
    button = chat.get_by_role("button", name="为什么？")
    expect(button).to_have_attribute("aria-expanded", "false")
    opened(chat)
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(button).to_be_focused()
    button.press("Space")
    expect(chat.locator(".why-panel")).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_it_says_how_long_each_stage_took(chat: Page) -> None:
    ask(chat, QUESTION)
    stages = opened(chat).locator(".stages li")
    expect(stages).to_have_text(["查找文章31 毫秒", "写成回答8 毫秒"])  # without their sum
    first, second = (bar.bounding_box() for bar in stages.locator(".filled").all())
    assert first is not None
    assert second is not None
    assert first["width"] / second["width"] == pytest.approx(31 / 8, rel=0.1)


def test_it_says_how_sure_it_is(chat: Page) -> None:
    ask(chat, QUESTION)
    expect(opened(chat)).to_contain_text("约 90%")


def test_it_shows_the_passages_with_their_scores_and_words(chat: Page) -> None:
    ask(chat, QUESTION)
    passages = opened(chat).locator(".passages li")
    expect(passages).to_have_count(4)
    expect(passages.first.locator(".scores")).to_have_text("总分 0.30 · 词语 4.0 · 意思 0.40")
    expect(passages.first).to_contain_text(FERRY.text[:20])
    expect(passages.first.locator(".matched b").first).to_have_text("渡船")


def test_it_says_which_passages_were_cited(chat: Page) -> None:
    ask(chat, PLANTED_QUESTION)
    passages = opened(chat).locator(".passages")
    expect(passages.locator(".cited")).to_have_count(1)
    expect(passages.locator(".cited")).to_contain_text("引用为 [1]")
    expect(passages.locator("li:not(.cited)")).to_have_count(3)


def test_a_passage_opens_in_its_article(chat: Page) -> None:
    ask(chat, QUESTION)
    opened(chat).locator(".passages a").first.click()
    reader = chat.get_by_role("dialog", name="全文")
    expect(reader.get_by_role("heading", name=FERRY.title)).to_be_attached()
    expect(reader.locator("mark").first).to_contain_text("每天清晨五点半")


def test_filters_can_be_dropped_there(chat: Page) -> None:
    ask(chat, FILTERED_QUESTION)
    panel = opened(chat)
    expect(panel.locator(".filters li")).to_have_text(["作者：沈闻舟×", "发表时间：2026年×"])
    panel.get_by_role("button", name="去掉条件“作者：沈闻舟”，重新查找").click()
    expect(chat.locator(".said")).to_contain_text("一共三千二百册")
    expect(chat.locator(".asked .filters li")).to_have_text(["发表时间：2026年×"])


def test_a_refusal_can_be_asked_why(chat: Page) -> None:
    ask(chat, UNANSWERABLE)
    panel = opened(chat)
    expect(panel).to_contain_text("约 10%")
    expect(panel.locator(".passages li")).to_have_count(4)


def test_it_speaks_english(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en")
    page.locator(".welcome").wait_for()
    ask(page, ENGLISH_QUESTION)
    panel = opened(page, "Why?")
    expect(panel.locator(".stages li")).to_have_text(["Searching31 ms", "Writing the answer8 ms"])
    expect(panel).to_contain_text("About 90%")
    expect(panel.locator(".scores").first).to_have_text("Overall 0.30 · words 4.0 · meaning 0.40")
    expect(panel.locator("h3").first).to_have_text("How the question was understood")


@pytest.mark.parametrize("width", [390, 1024])
def test_it_does_not_scroll_sideways(chat: Page, width: int) -> None:
    chat.set_viewport_size({"width": width, "height": 800})
    ask(chat, QUESTION)
    opened(chat)
    assert chat.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
