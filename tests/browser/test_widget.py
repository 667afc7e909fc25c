"""The widget, on a page of another origin with a strict policy and a style of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Page, expect
from scripted import QUESTION
from serving import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host(address: str) -> Iterator[str]:
    """Another site, with the widget on it and nothing allowed but Wenjin's script and frame."""
    site = FastAPI()

    @site.get("/")
    def home(attributes: str = "") -> HTMLResponse:
        policy = f"default-src 'none'; script-src {address}; frame-src {address}; style-src 'self'"
        return HTMLResponse(
            '<!doctype html><html lang="zh-CN"><title>小镇新闻</title>'
            '<link rel="stylesheet" href="style.css"><p><a href="#">小镇新闻</a></p>'
            f'<script src="{address}/widget.js" {attributes}></script></html>',
            headers={"Content-Security-Policy": policy},
        )

    @site.get("/style.css")
    def style() -> HTMLResponse:
        return HTMLResponse(
            "button, iframe, div, span { display: none !important; font-size: 90px }",
            media_type="text/css",
        )

    with serving(site) as url:
        yield url


def test_the_button_opens_the_chat_and_answers(page: Page, host: str) -> None:
    page.goto(host)
    page.get_by_role("button", name="问津：向文章提问").click()
    panel = page.get_by_role("dialog", name="问津")
    expect(panel).to_be_visible()
    frame = panel.frame_locator("iframe")
    frame.locator("#question textarea").fill(QUESTION)
    frame.locator("#question textarea").press("Enter")
    expect(frame.locator(".sentence")).to_have_count(4)
    frame.locator(".number", has_text="2").click()
    expect(frame.locator("#reader mark:not(.weak)")).to_be_in_viewport()


def test_escape_closes_and_gives_the_focus_back(page: Page, host: str) -> None:
    page.goto(host)
    button = page.get_by_role("button", name="问津：向文章提问")
    button.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("button", name="关闭")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()


def test_escape_inside_the_frame_closes_too(page: Page, host: str) -> None:
    page.goto(host)
    page.get_by_role("button", name="问津：向文章提问").click()
    frame = page.get_by_role("dialog").frame_locator("iframe")
    frame.locator(".welcome").wait_for()
    frame.locator("#question textarea").press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_closing_keeps_the_conversation(page: Page, host: str) -> None:
    page.goto(host)
    page.get_by_role("button", name="问津：向文章提问").click()
    frame = page.get_by_role("dialog").frame_locator("iframe")
    frame.locator("#question textarea").fill(QUESTION)
    frame.locator("#send").click()
    frame.locator(".facts").wait_for()
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="问津：向文章提问").click()
    expect(frame.locator(".sentence")).to_have_count(4)


def test_attributes_set_language_title_and_side(page: Page, host: str) -> None:
    page.goto(f'{host}/?attributes=data-lang="en" data-title="Ask the town" data-position="left"')
    page.get_by_role("button", name="Wenjin: ask the articles").click()
    panel = page.get_by_role("dialog", name="Ask the town")
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] < 100
    expect(panel.frame_locator("iframe").locator(".welcome")).to_contain_text("What would you")


def test_the_panel_fills_a_phone(page: Page, host: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(host)
    page.get_by_role("button", name="问津：向文章提问").click()
    assert page.get_by_role("dialog").bounding_box() == {
        "x": 0,
        "y": 0,
        "width": 390,
        "height": 844,
    }
