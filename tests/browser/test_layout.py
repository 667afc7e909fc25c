"""Where things stand: sections, conversations, the drawer, the first minute."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page, expect
from scripted import ARTICLES, QUESTION, ScriptedAssistant
from serving import Visits, ask, serving

from chat.settings import Settings
from chat.web.api import create_app
from ingest.types import Article

pytestmark = pytest.mark.browser


class GrowingAssistant(ScriptedAssistant):
    """A library that articles can be put into."""

    def fill(self, articles: Sequence[Article]) -> None:
        self._articles.extend(articles)


def size(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})


def box(found: Locator) -> dict[str, float]:
    at = found.bounding_box()
    assert at is not None
    return dict(at)


def test_conversations_stand_left_of_the_talk_and_sources_right_of_it(chat: Page) -> None:
    size(chat, 1600)
    ask(chat, QUESTION)
    left, talk, right = (box(chat.locator(one)) for one in ("#conversations", ".answer", ".beside"))
    assert left["x"] + left["width"] <= talk["x"]
    assert talk["x"] + talk["width"] <= right["x"]
    expect(chat.locator("#menu")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1024])
def test_conversations_are_in_a_drawer_where_it_is_narrow(chat: Page, width: int) -> None:
    size(chat, width)
    ask(chat, QUESTION)
    expect(chat.locator("#conversations")).to_be_hidden()
    menu = chat.get_by_role("button", name="会话", exact=True)
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(chat.get_by_role("dialog", name="会话")).to_be_visible()
    chat.keyboard.press("Escape")
    expect(chat.locator("#conversations")).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


def test_choosing_in_the_drawer_closes_it(chat: Page) -> None:
    size(chat, 390)
    chat.locator("#menu").click()
    chat.locator("#drawer").get_by_role("link", name="关于").click()
    expect(chat.locator("#drawer")).to_be_hidden()
    expect(chat.locator("#about h1")).to_be_visible()


def test_the_drawer_s_content_moves_out_when_there_is_room(chat: Page) -> None:
    ask(chat, QUESTION)
    size(chat, 390)
    chat.locator("#menu").click()
    size(chat, 1600)
    expect(chat.locator("#drawer")).to_be_hidden()
    expect(chat.locator("#side #conversations")).to_be_visible()
    expect(chat.locator("#top #sections")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1344, 1600])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_top_fits_into_any_width(page: Page, address: str, width: int, language: str) -> None:
    size(page, width)
    page.goto(f"{address}/?lang={language}")
    page.locator(".welcome").wait_for()
    ask(page, "长" * 300)
    assert page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    for one in page.locator("#top > :visible").all():
        at = box(one)
        assert at["x"] >= 0
        assert at["x"] + at["width"] <= width


def test_the_box_is_at_the_bottom_of_a_phone(chat: Page) -> None:
    size(chat, 390)
    ask(chat, QUESTION)
    for place in (0, 10_000):
        chat.evaluate("place => scrollTo(0, place)", place)
        at = box(chat.locator("#composer"))
        assert at["y"] + at["height"] == pytest.approx(844, abs=1)


def test_sections_have_addresses_and_go_back(chat: Page) -> None:
    sections = chat.get_by_role("navigation", name="栏目")
    expect(sections.get_by_role("link", name="问答")).to_have_attribute("aria-current", "page")
    ask(chat, QUESTION)
    sections.get_by_role("link", name="关于").click()
    expect(chat).to_have_url(f"{chat.url.split('#')[0]}#/about")
    expect(sections.get_by_role("link", name="关于")).to_have_attribute("aria-current", "page")
    expect(chat).to_have_title("关于 · 问津 Wenjin")
    expect(chat.locator("#ask")).to_be_hidden()
    chat.go_back()
    expect(chat.locator("#turn-1 .sentence")).to_have_count(4)
    expect(chat.locator("#about")).to_be_hidden()


def test_an_address_opens_its_section(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en#/about")
    expect(page.get_by_role("heading", name="About")).to_be_visible()
    expect(page.locator("#about")).to_contain_text("4 articles, searched as 12 passages.")
    expect(page.locator("#about .version")).to_contain_text("Wenjin 0.")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#about")).to_contain_text("4 篇文章，切成 12 段供查找。")


def test_the_first_tab_stop_leads_past_the_top(chat: Page) -> None:
    chat.evaluate("document.activeElement?.blur()")
    chat.keyboard.press("Tab")
    expect(chat.get_by_role("link", name="跳到正文")).to_be_focused()
    chat.keyboard.press("Enter")
    expect(chat.locator("#question textarea")).to_be_focused()
    assert "#question" not in chat.url


def test_a_frame_shows_the_talk_alone(page: Page, address: str) -> None:
    size(page, 1600)
    page.goto(f"{address}/embed/?lang=zh#/about")
    ask(page, QUESTION)
    for one in ("#sections", "#conversations", "#menu", "#about", "#articles"):
        expect(page.locator(one)).to_be_hidden()
    assert page.evaluate("localStorage.getItem('wenjin.conversations')") is None
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".welcome")).to_be_visible()


def test_articles_that_come_into_an_empty_library_are_noticed(visits: Visits) -> None:
    assistant = GrowingAssistant(())
    with serving(create_app(assistant, Settings(), examples=(QUESTION,))) as address:
        page = visits.open()
        page.goto(f"{address}/?lang=zh")
        expect(page.locator(".empty")).to_contain_text("wenjin demo")
        expect(page.locator("#question")).to_be_hidden()
        assistant.fill(ARTICLES)
        expect(page.locator(".welcome")).to_contain_text("想查什么")
        expect(page.locator(".count")).to_have_text("文章 4 篇")
        ask(page, QUESTION)
        page.close()
