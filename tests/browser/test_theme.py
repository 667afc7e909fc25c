"""Light and dark: the system's, or the reader's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from scripted import FERRY
from serving import Visits

pytestmark = pytest.mark.browser


def is_dark(page: Page) -> bool:
    """Whether the page is; Gradio's part of it must agree."""
    looks = [
        int(colour.split("(")[1].split(",")[0]) < 128
        for colour in page.evaluate(
            "['body', '.gradio-container', '#question textarea'].map(one => "
            "getComputedStyle(document.querySelector(one)).backgroundColor)"
        )
    ]
    looks.append(page.evaluate("document.body.classList.contains('dark')"))
    assert len(set(looks)) == 1, looks
    return looks[0]


def visit(visits: Visits, address: str, scheme: str) -> Page:
    page = visits.open(color_scheme=scheme)
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_goes_from_the_system_s_to_light_to_dark(
    visits: Visits, address: str, scheme: str
) -> None:
    page = visit(visits, address, scheme)
    button = page.locator("#theme")
    expect(button).to_have_attribute("aria-label", "外观：跟随系统")
    assert is_dark(page) == (scheme == "dark")
    button.click()
    expect(button).to_have_attribute("aria-label", "外观：浅色")
    assert not is_dark(page)
    button.click()
    expect(button).to_have_attribute("aria-label", "外观：深色")
    assert is_dark(page)
    button.click()
    assert is_dark(page) == (scheme == "dark")
    page.close()


def test_the_choice_outlives_a_reload_and_a_change_of_the_system_s(
    visits: Visits, address: str
) -> None:
    page = visit(visits, address, "light")
    page.locator("#theme").click()
    page.locator("#theme").click()
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    assert is_dark(page)
    page.reload()
    page.locator(".welcome").wait_for()
    assert is_dark(page)
    expect(page.locator("#theme")).to_have_attribute("aria-label", "外观：深色")
    page.close()


def test_the_system_s_change_is_followed(visits: Visits, address: str) -> None:
    page = visit(visits, address, "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_class("dark")
    assert is_dark(page)
    page.close()


def test_the_choice_holds_before_anything_is_drawn(visits: Visits, address: str) -> None:
    page = visit(visits, address, "light")
    page.locator("#theme").click()
    page.locator("#theme").click()
    page.route("**/wenjin/page.js", lambda route: route.abort())  # what draws never comes
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.close()


def test_another_tab_s_choice_is_followed(visits: Visits, address: str) -> None:
    page = visits.open()
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    other = page.context.new_page()
    other.goto(f"{address}/?lang=zh")
    other.locator(".welcome").wait_for()
    other.locator("#theme").click()
    other.locator("#theme").click()
    expect(page.locator("#theme")).to_have_attribute("aria-label", "外观：深色")
    assert is_dark(page)
    other.close()
    page.close()


def test_an_article_s_own_page_has_the_colours_that_were_chosen(
    visits: Visits, address: str
) -> None:
    page = visits.open()
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/?lang=zh")
    page.locator("#theme").click()
    page.locator("#theme").click()
    article = page.context.new_page()
    failures: list[str] = []
    article.on("console", lambda message: failures.append(message.text))
    article.emulate_media(color_scheme="light")
    article.goto(f"{address}/articles/{FERRY.id}?lang=zh")
    expect(article.locator("body")).to_have_css("background-color", "rgb(25, 24, 23)")
    page.locator("#theme").click()  # the system's
    expect(article.locator("body")).to_have_css("background-color", "rgb(250, 249, 246)")
    assert failures == []  # its policy refuses nothing
    article.close()
    page.close()
