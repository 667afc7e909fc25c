"""The page without a mouse, without eyes, and with poor ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from scripted import (
    DISPUTED_QUESTION,
    ENGLISH_QUESTION,
    FERRY,
    FILTERED_QUESTION,
    QUESTION,
    UNANSWERABLE,
)
from serving import Visits, ask

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}
OUTLINE = {"heading-order", "landmark-one-main", "page-has-heading-one", "landmark-unique"}
STEPS = 60  # of the Tab key, from anywhere to anywhere

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1600, "height": 900}
VIEWS = [
    pytest.param("zh", "light", WIDE, id="zh-light-wide"),
    pytest.param("en", "dark", WIDE, id="en-dark-wide"),
    pytest.param("zh", "dark", PHONE, id="zh-dark-phone"),
    pytest.param("en", "light", PHONE, id="en-light-phone"),
]


def assert_open_to_all(page: Page, state: str) -> None:
    """axe finds nothing grave, and the outline is whole."""
    found = Axe().run(page).response["violations"]
    said = [
        f"{state}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE or one["id"] in OUTLINE
        for node in one["nodes"]
    ]
    assert not said, "\n".join(said)


@pytest.fixture
def viewed(visits: Visits, language: str, scheme: str, viewport: dict[str, int]) -> Iterator[Page]:
    page = visits.open(
        color_scheme=scheme,
        viewport=viewport,
        reduced_motion="reduce",
        has_touch=viewport is PHONE,
        is_mobile=viewport is PHONE,
    )
    yield page
    page.close()


@pytest.mark.parametrize(("language", "scheme", "viewport"), VIEWS)
def test_axe_finds_nothing_grave(viewed: Page, language: str, address: str) -> None:
    viewed.goto(f"{address}/?lang={language}")
    viewed.locator(".welcome").wait_for()
    assert_open_to_all(viewed, "welcome")
    for question in (QUESTION, DISPUTED_QUESTION, UNANSWERABLE, FILTERED_QUESTION, "长" * 2001):
        ask(viewed, question)
        assert_open_to_all(viewed, question[:20])
    viewed.locator("#source-1-3 a.number").click()
    expect(viewed.locator("#reader mark:not(.weak)")).to_be_in_viewport()
    assert_open_to_all(viewed, "an open article")
    viewed.goto(f"{address}/articles/{FERRY.id}?start=0&end=30&lang={language}")
    assert_open_to_all(viewed, "an article's own page")


@pytest.mark.parametrize(("language", "scheme", "viewport"), VIEWS)
def test_axe_finds_nothing_grave_in_an_empty_library(
    viewed: Page, language: str, empty_address: str
) -> None:
    viewed.goto(f"{empty_address}/?lang={language}")
    viewed.locator(".empty").wait_for()
    assert_open_to_all(viewed, "an empty library")


def walk(page: Page, key: str, to: Locator) -> None:
    """Press the key until that has the focus."""
    for _ in range(STEPS):
        page.keyboard.press(key)
        if to.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"{key} doesn't lead to {to}")


def test_a_reader_needs_no_mouse(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    page.locator("body").evaluate("() => document.activeElement.blur()")
    box, mark = page.locator("#question textarea"), page.locator(".mark", has_text="3")
    walk(page, "Tab", box)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#turn-1 .facts").wait_for()
    expect(box).to_be_focused()  # an answer takes the focus from nobody
    walk(page, "Shift+Tab", mark)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark:not(.weak)")).to_contain_text("剩下的缺口")
    walk(page, "Shift+Tab", page.get_by_role("button", name="下一处引文"))
    page.keyboard.press("Enter")
    expect(page.locator("#reader .place")).to_have_text("4 / 5")
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()
    walk(page, "Tab", box)
    page.keyboard.type(ENGLISH_QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#turn-2 .sentence")).to_have_count(2)


def test_the_first_link_skips_to_the_question_box(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en")
    page.locator(".welcome").wait_for()
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.locator("#skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()


def test_what_has_the_focus_is_seen(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    ask(page, QUESTION)
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


def test_no_button_of_a_phone_is_too_small_to_touch(visits: Visits, address: str) -> None:
    page = visits.open(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    ask(page, FILTERED_QUESTION)
    ask(page, QUESTION)
    small = page.evaluate(
        """() => [...document.querySelectorAll("#wenjin :is(button, a)")]
            .filter((one) => one.checkVisibility({ opacityProperty: true }))
            .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 24 || box.height < 20))
            .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == []
    page.close()


def test_forced_colours_still_tell_a_quote(visits: Visits, address: str) -> None:
    page = visits.open(forced_colors="active")
    page.goto(f"{address}/articles/{FERRY.id}?start=0&end=30&lang=zh")
    mark, paragraph = page.locator("mark#quote"), page.locator("article p[data-at]").first
    colour = "e => getComputedStyle(e).backgroundColor"
    assert mark.evaluate(colour) != paragraph.evaluate(colour)
    page.close()
