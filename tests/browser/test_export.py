"""A conversation taken along: as Markdown, and as references."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect
from scripted import (
    ENGLISH_QUESTION,
    FERRY,
    FOLLOW_UP,
    FOLLOWED_UP,
    LIBRARY,
    PLANTED_QUESTION,
    QUESTION,
    UNANSWERABLE,
)
from serving import Visits, ask

pytestmark = pytest.mark.browser


def open_menu(page: Page) -> None:
    page.locator("#export > button").press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()


def downloaded(page: Page, item: str) -> Download:
    open_menu(page)
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item).press("Enter")
    return download.value


def text_of(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")


def test_there_is_nothing_to_take_along_before_the_first_question(chat: Page) -> None:
    expect(chat.locator("#export")).to_be_hidden()
    ask(chat, QUESTION)
    expect(chat.locator("#export")).to_be_visible()


def test_the_menu_works_by_keyboard(chat: Page) -> None:
    ask(chat, QUESTION)
    opener = chat.get_by_role("button", name="导出")
    expect(opener).to_have_attribute("aria-expanded", "false")
    open_menu(chat)
    expect(opener).to_have_attribute("aria-expanded", "true")
    items = chat.get_by_role("menuitem")
    expect(items.nth(0)).to_be_focused()
    for key, index in (("ArrowDown", 1), ("End", 4), ("ArrowDown", 0), ("ArrowUp", 4), ("Home", 0)):
        chat.keyboard.press(key)
        expect(items.nth(index)).to_be_focused()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("menu")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("ArrowUp")
    expect(items.nth(4)).to_be_focused()
    chat.locator(".question").click()
    expect(chat.get_by_role("menu")).to_be_hidden()


def test_a_conversation_becomes_markdown(chat: Page) -> None:
    for question in (QUESTION, FOLLOW_UP, UNANSWERABLE):
        ask(chat, question)
    download = downloaded(chat, "下载对话（Markdown）")
    assert download.suggested_filename.startswith("wenjin-2")
    assert download.suggested_filename.endswith(".md")
    text = text_of(download)
    assert text.startswith(
        f"# 问津: {QUESTION}\n\n## {QUESTION}\n\n停掉的六个班次省下十一万元。\\[1\\]县里"
    )
    assert (
        "\n1. 一条渡线的去与留 · 沈闻舟 林一苇 · 青石县乡村发展研究中心 · 青石日报 · 第3版 · "
        "2026-05-18\n   > “停掉的六个班次省下十一万元。”\n2. "
    ) in text
    assert f"## {FOLLOW_UP}\n\n*理解为：{FOLLOWED_UP}*\n\n学费由镇里出一半。\\[1\\]" in text
    assert text.endswith(f"## {UNANSWERABLE}\n\n*文章里没有说*\n\n")


def test_what_articles_say_stays_text_in_markdown(chat: Page) -> None:
    ask(chat, PLANTED_QUESTION)
    text = text_of(downloaded(chat, "下载对话（Markdown）"))
    assert "\\<img src=x" in text
    assert "<script>" not in text.replace("\\<", "")
    assert "![" not in text
    assert "\n\n" in text


def test_a_conversation_is_copied_as_markdown(visits: Visits, address: str) -> None:
    page = visits.open(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/?lang=en")
    page.locator(".welcome").wait_for()
    ask(page, ENGLISH_QUESTION)
    open_menu(page)
    page.get_by_role("menuitem", name="Copy conversation (Markdown)").click()
    expect(page.locator("#told")).to_contain_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(
        f"# Wenjin: {ENGLISH_QUESTION}\n\n## {ENGLISH_QUESTION}\n\nThe water fell"
    )
    assert "before Christmas.\\[1\\] Two wells" in text
    assert "### Sources\n\n1. Fourteen wells · Ada Thornbury, Joss Reed" in text
    page.close()


def test_references_name_each_cited_article_once(chat: Page) -> None:
    ask(chat, QUESTION)
    with chat.expect_request("**/api/references?*") as asked:
        text = text_of(downloaded(chat, "下载参考文献（GB/T 7714）"))
    assert f"ids={FERRY.id}%2C{LIBRARY.id}&format=gbt7714" in asked.value.url
    assert text.startswith(
        "[1] 沈闻舟, 林一苇. 一条渡线的去与留[N]. 青石日报, 2026-05-18(3).\n[2] "
    )


def test_references_come_as_bibtex(chat: Page) -> None:
    ask(chat, QUESTION)
    download = downloaded(chat, "下载参考文献（BibTeX）")
    assert download.suggested_filename.endswith(".bib")
    assert "title = {{一条渡线的去与留}}" in " ".join(text_of(download).split())


def test_references_are_copied(visits: Visits, address: str) -> None:
    page = visits.open(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    ask(page, QUESTION)
    open_menu(page)
    page.get_by_role("menuitem", name="复制参考文献（GB/T 7714）").press("Enter")
    expect(page.locator("#told")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()").startswith("[1] 沈闻舟, 林一苇.")
    page.close()


def test_a_server_that_is_gone_is_said(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.route("**/api/references?*", lambda route: route.abort())
    open_menu(chat)
    chat.get_by_role("menuitem", name="下载参考文献（BibTeX）").press("Enter")
    expect(chat.locator("#told")).to_contain_text("请检查问津是否还在运行")


def test_the_menu_changes_its_language(chat: Page) -> None:
    ask(chat, QUESTION)
    chat.get_by_role("button", name="EN", exact=True).click()
    expect(chat.get_by_role("button", name="Export")).to_be_visible()
    open_menu(chat)
    expect(chat.get_by_role("menuitem").first).to_have_text("Copy conversation (Markdown)")


def test_the_menu_stays_on_a_phone(chat: Page) -> None:
    chat.set_viewport_size({"width": 390, "height": 800})
    ask(chat, QUESTION)
    open_menu(chat)
    expect(chat.get_by_role("menuitem").last).to_be_in_viewport(ratio=1)
    box = chat.get_by_role("menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
