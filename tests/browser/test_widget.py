"""The widget, on a page of another site that lets in nothing else: what a reader does with it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from scripted import (
    DISPUTED_QUESTION,
    FERRY,
    FILTERED_QUESTION,
    FOLLOW_UP,
    FOLLOWED_UP,
    PLANTED_QUESTION,
    QUESTION,
    UNANSWERABLE,
    WaitingAssistant,
)
from serving import serving
from sites import Site, Widget, serving_site

from chat.settings import Settings
from chat.types import Event
from chat.web.api import create_app
from ingest.errors import ServerBusy
from retriever.types import Query

pytestmark = pytest.mark.browser

# What a page has before any script of it runs, kept where it doesn't count itself.
NAMES = "Object.defineProperty(document, 'names', { value: Object.getOwnPropertyNames(window) })"
NEW_NAMES = "Object.getOwnPropertyNames(window).filter((one) => !document.names.includes(one))"


@pytest.fixture
def widget(page: Page, site: Site, address: str) -> Widget:
    """Open on the demo page."""
    page.goto(site.demo(address))
    return Widget(page).open()


def test_a_page_of_another_site_asks_and_is_answered(page: Page, site: Site, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.add_init_script(NAMES)
    page.goto(site.demo(address))
    widget = Widget(page).open()
    expect(widget.panel).to_contain_text("从创刊号到今天的文章，都可以问。")
    widget.button(QUESTION).click()  # an example of the library's
    expect(widget.sentences).to_have_count(4)
    expect(widget.end).to_contain_text("查找了 4 篇文章")
    widget.marks.nth(2).click()
    expect(widget.card).to_contain_text("一条渡线的去与留")
    expect(widget.card).to_contain_text("沈闻舟 林一苇 · 青石县乡村发展研究中心 · 青石日报")
    expect(widget.card).to_contain_text("每年补二十万元。剩下的缺口")
    quote = widget.card.locator("mark")
    expect(quote).to_have_text("剩下的缺口，由码头旁边新开的十二个摊位的租金补上。")
    with page.expect_popup() as opened:
        widget.card.get_by_role("link", name="打开全文").click()
    expect(opened.value.locator("mark#quote")).to_have_text(quote.inner_text())
    assert f"/articles/{FERRY.id}?start=" in opened.value.url
    opened.value.close()
    widget.ask(FOLLOW_UP)
    expect(widget.turn).to_contain_text(FOLLOWED_UP)  # as it was understood
    expect(widget.sentences).to_have_text(["学费由镇里出一半。1"])
    expect(widget.panel.get_by_role("status")).to_contain_text("学费由镇里出一半。 ")
    assert page.evaluate(NEW_NAMES) == []
    assert said == []  # the policy forbade nothing


def test_what_the_articles_do_not_say_is_refused(widget: Widget) -> None:
    widget.ask(UNANSWERABLE)
    expect(widget.end).to_contain_text("文章里没有说")
    nearest = widget.end.get_by_role("list", name="最接近的文章").get_by_role("listitem")
    expect(nearest).to_have_count(4)
    expect(nearest.first).to_contain_text("一条渡线的去与留")
    widget.ask(FILTERED_QUESTION)
    expect(widget.turn).to_contain_text("作者：沈闻舟 · 发表时间：2026年")
    widget.button("查找全部文章").click()
    expect(widget.sentences).to_have_text(["书是居民捐的，一共三千二百册。1"])


def test_who_says_what_is_told_where_accounts_differ(widget: Widget) -> None:
    widget.ask(DISPUTED_QUESTION)
    expect(widget.turn.locator(".differ")).to_be_visible()
    who = widget.turn.locator(".sides .note")
    expect(who).to_have_text(["青石日报 2026-05-18"] * 2)  # three sentences of two articles
    widget.ask(PLANTED_QUESTION)
    widget.marks.first.click()
    expect(widget.card).to_contain_text("<img src=x onerror=")
    expect(widget.panel.locator("img, script, b")).to_have_count(0)
    assert widget.page.title() == "老粮仓里的夜校 · 柳溪周报"


def test_a_reader_needs_no_mouse(page: Page, site: Site, address: str) -> None:
    """Nor does the page hear the keys that are pressed in the panel."""
    page.goto(site.demo(address))
    page.evaluate("() => { document.onkeydown = (event) => event.preventDefault() }")
    widget = Widget(page)
    widget.launch.press("Enter")
    expect(widget.box).to_be_focused()
    page.keyboard.type(QUESTION)
    widget.box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    page.keyboard.press("Shift+Enter")
    expect(widget.box).to_have_value(f"{QUESTION}\n")
    expect(widget.panel.locator(".turn")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(widget.end).to_contain_text("查找了 4 篇文章")
    expect(widget.box).to_be_focused()
    stops = [widget.focused()]
    while len(stops) == 1 or stops[-1] != stops[0]:
        page.keyboard.press("Tab")
        stops.append(widget.focused())
        assert len(stops) < 30
    assert {"close", "log", "mark", "send", "textarea"} <= set(stops)  # and nothing of the page's
    assert "a" not in stops
    widget.marks.first.press("Enter")
    expect(widget.card).to_be_focused()
    page.keyboard.press("Escape")
    expect(widget.card).to_have_count(0)
    expect(widget.marks.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launch).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.sentences).to_have_count(4)  # closing loses nothing


class _Moody(WaitingAssistant):
    """Waits like the other; and the question after ``is_busy`` was set finds it so."""

    is_busy = False

    def _events(self, question: str, query: Query) -> Iterator[Event]:
        if self.is_busy:
            self.is_busy = False
            raise ServerBusy("too many questions", "排队的问题太多")
        return super()._events(question, query)


def test_one_may_stop_an_answer_or_have_to_wait_for_it(page: Page, site: Site) -> None:
    page.clock.install()
    assistant = _Moody()
    with serving(create_app(assistant, Settings(origins=site.url))) as server:
        page.goto(site.demo(server))
        widget = Widget(page).open()
        for stop in (widget.button("停止").click, lambda: page.keyboard.press("Escape")):
            widget.box.fill(QUESTION)
            widget.box.press("Enter")
            expect(widget.end).to_have_text("正在核对原文……")
            stop()
            expect(widget.end).to_contain_text("已停止")
            expect(widget.panel).to_be_visible()
        assistant.go.set()
        assistant.is_busy = True
        widget.button("再试一次").last.click()
        expect(widget.end).to_contain_text("没能回答排队的问题太多")
        later = widget.turn.get_by_role("button")
        expect(later).to_be_disabled()
        expect(later).to_contain_text("秒后可再试")
        page.clock.fast_forward(10_000)
        expect(later).to_have_text("再试一次")
        later.click()
        expect(widget.sentences).to_have_count(4)
        expect(widget.panel.locator(".turn")).to_have_count(2)


def test_a_server_that_is_gone_is_said_to_be(page: Page, site: Site, address: str) -> None:
    page.goto(site.demo(address))
    widget = Widget(page).open()
    expect(widget.button(QUESTION)).to_be_visible()
    first = json.dumps({"text": "停掉的六个班次省下十一万元。", "citations": []})
    broken = f"event: sentence\ndata: {first}\n\nevent: done\ndata: {{"

    def break_off(route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": site.url, "Content-Type": "text/event-stream"}
        route.fulfill(body=broken, headers=headers)

    for way, kept in ((break_off, 1), (lambda route: route.abort(), 0)):
        page.route("**/api/ask", way)
        widget.box.fill(QUESTION)
        widget.box.press("Enter")
        expect(widget.end).to_contain_text("没能回答问津没有回应。请稍后再试。")
        expect(widget.sentences).to_have_count(kept)
        page.unroute("**/api/ask")
    widget.turn.get_by_role("button", name="再试一次").click()
    expect(widget.sentences).to_have_count(4)
    widget.box.fill("长" * 2001)
    widget.box.press("Enter")
    expect(widget.end).to_contain_text("问题太长：请缩短")
    widget.turn.get_by_role("button", name="改问题").click()
    expect(widget.box).to_have_value("长" * 2001)
    expect(widget.box).to_be_focused()


def test_a_site_that_was_not_let_in_is_told_so(page: Page, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with serving_site() as other:
        page.goto(other.demo(address))
        widget = Widget(page).open()
        widget.box.fill(QUESTION)
        widget.box.press("Enter")
        expect(widget.end).to_contain_text("这个网站还不能在这里提问。")
    assert any(f"wenjin serve --origins {other.url}" in one for one in said)
