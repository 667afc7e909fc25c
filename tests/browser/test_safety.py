"""Text from outside (articles, questions) is text, whatever it says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from scripted import PLANTED, PLANTED_QUESTION, UNANSWERABLE
from serving import ask

pytestmark = pytest.mark.browser

OURS = {"问津 Wenjin", "Wenjin"}


def test_planted_script_does_not_run_in_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    ask(page, PLANTED_QUESTION)
    expect(page.locator(".question")).to_have_text(PLANTED_QUESTION)
    expect(page.locator(".said")).to_contain_text("<img src=x onerror=")
    expect(page.locator("mark").first).to_contain_text("${document.title='template'} 和 {{value}}")
    expect(page.locator(".card h4")).to_have_text(PLANTED.label)
    page.locator(".byline").hover()
    page.locator(".open").last.click()
    expect(page.locator("#reader h1")).to_have_text(PLANTED.label)
    page.locator("#reader .byline").hover()
    page.keyboard.press("Escape")
    ask(page, UNANSWERABLE)
    expect(page.locator("#talk img, #talk script, #talk b, #reader img")).to_have_count(0)
    assert page.title() in OURS


def test_planted_script_does_not_run_in_the_article_page(page: Page, address: str) -> None:
    page.goto(f"{address}/articles/{PLANTED.id}?lang=zh")
    expect(page.locator("h1")).to_have_text(PLANTED.label)
    expect(page.locator("article img, article script")).to_have_count(0)
    assert page.title() == f"{PLANTED.label} · 问津"


def test_planted_language_and_id_do_not_run(page: Page, address: str) -> None:
    planted = "<img src=x onerror=document.title=1>"
    page.goto(f"{address}/?lang={planted}")
    page.locator(".welcome").wait_for()
    assert page.title() in OURS
    page.goto(f"{address}/articles/{planted}?lang=en")
    expect(page.locator("article")).to_contain_text("no article has the id <img")
    expect(page.locator("img")).to_have_count(0)
