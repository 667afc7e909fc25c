"""The widget on pages of all kinds: however it comes there, whatever their style, on any screen."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from scripted import ENGLISH_QUESTION, QUESTION, UNANSWERABLE
from serving import Visits
from sites import TITLE, Site, Widget

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}
PHONE = {"width": 390, "height": 780}
WIDE = {"width": 1280, "height": 800}

# how a script may come to a page; SCRIPT is its tag, SRC its address
WAYS = {
    "in-the-head": "<head><SCRIPT></script></head><body><p>text</p></body>",
    "at-the-end": "<body><p>text</p><SCRIPT></script></body>",
    "defer": "<head><SCRIPT defer></script></head><body><p>text</p></body>",
    "async": "<head><SCRIPT async></script></head><body><p>text</p></body>",
    "module": '<head><SCRIPT type="module"></script></head><body><p>text</p></body>',
    "later": "<body><p>text</p><script>addEventListener('load', () => {"
    "const made = document.createElement('script'); made.src = 'SRC'; document.body.append(made)"
    "})</script></body>",
}

HOSTILE = """
* { display: none !important; visibility: hidden; color: lime !important; }
* { font-size: 70px !important; }
html, body, main, p { display: block !important; visibility: visible; }
html { font-size: 40px; cursor: none; user-select: none; }
body { transform: rotate(2deg); }
button { background: red !important; padding: 90px !important; }
div { position: fixed !important; top: 0 !important; }
wenjin-widget { opacity: 0 !important; transform: scale(3) !important;
  pointer-events: none !important; direction: rtl; writing-mode: vertical-rl;
  --accent: lime !important; --paper: red !important; }
wenjin-widget::before { content: "hostile" !important; }
"""

STORAGE_BLOCKED = """
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
}
"""

# all that is seen of the widget: each element's place, size and look
LOOK = """() => {
  const all = document.querySelector("wenjin-widget").shadowRoot.querySelectorAll("*");
  return [...all].map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const look = ["fontSize", "color", "backgroundColor", "visibility", "cursor", "direction"];
    return [one.localName, x, y, width, height, ...look.map((name) => style[name])];
  });
}"""

# a visual viewport that tests can make smaller, as a keyboard on the screen does
SCREEN = """Object.defineProperty(window, "visualViewport", {
  value: Object.assign(new EventTarget(), { scale: 1, height: innerHeight, offsetTop: 0 }),
});"""


@pytest.mark.parametrize("way", WAYS)
def test_it_comes_however_it_is_put_there(page: Page, site: Site, address: str, way: str) -> None:
    script = f"{address}/widget.js"
    tag = f'script src="{script}?v=2" data-title="{TITLE}"'
    html = WAYS[way].replace("SCRIPT", tag).replace("SRC", script)
    page.goto(site.put(f'<!doctype html><html lang="zh-CN"><title>t</title>{html}</html>'))
    name = TITLE if way != "later" else "问津：向文章提问"
    page.get_by_role("button", name=name).click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name=QUESTION).click()
    expect(panel.locator(".sentence")).to_have_count(4)


@pytest.mark.parametrize("kind", ["", 'type="module"'], ids=["classic", "module"])
def test_two_on_a_page_know_nothing_of_each_other(
    page: Page, site: Site, address: str, kind: str
) -> None:
    tags = [
        f'<script {kind} src="{address}/widget.js" data-title="{title}" {more}></script>'
        for title, more in (("甲", 'data-lang="zh"'), ("B", 'data-lang="en" data-position="left"'))
    ]
    page.goto(site.put(f"<!doctype html><title>t</title>{''.join(tags)}"))
    one, other = Widget(page, "甲").open(), Widget(page, "B").open()
    one.ask(QUESTION)
    other.ask(ENGLISH_QUESTION)
    expect(one.sentences).to_have_count(4)
    expect(other.sentences).to_have_count(2)
    expect(one.end).to_contain_text("查找了 4 篇文章")
    expect(other.end).to_contain_text("Articles searched: 4")
    page.keyboard.press("Escape")
    expect(other.panel).to_be_hidden()
    expect(one.panel).to_be_visible()


def test_a_hostile_page_changes_nothing_of_it(visits: Visits, site: Site, address: str) -> None:
    """Nor does one it works on need any storage."""
    looks = []
    for style in ("", HOSTILE):
        page = visits.open(viewport=WIDE, reduced_motion="reduce")
        page.add_init_script(STORAGE_BLOCKED)
        page.goto(site.demo(address, style=style))
        widget = Widget(page)
        widget.launch.wait_for()
        before = page.evaluate(LOOK)
        widget.open().ask(QUESTION)
        widget.marks.first.click()
        looks.append((before, page.evaluate(LOOK)))
        page.close()
    (plain, plain_open), (hostile, hostile_open) = looks
    assert hostile == plain
    assert hostile_open == plain_open


def test_attributes_say_how_it_looks_and_begins(page: Page, site: Site, address: str) -> None:
    attributes = (
        'data-lang="en" data-title="Ask the town" data-position="left" data-color="gold" '
        'data-greeting="Since 1902." data-open="true" '
        f'data-questions="{ENGLISH_QUESTION}| |How &lt;b&gt;bold&lt;/b&gt; is it?"'
    )
    page.goto(site.demo(address, attributes))
    widget = Widget(page, "Ask the town")
    expect(widget.panel).to_be_visible()
    assert widget.focused() == "body"  # opening by itself takes the focus from nobody
    assert widget.panel.bounding_box()["x"] < 100  # type: ignore[index]
    expect(widget.panel).to_contain_text("Since 1902.")
    suggested = widget.panel.get_by_role("group", name="Try asking").get_by_role("button")
    expect(suggested).to_have_text([ENGLISH_QUESTION, "How <b>bold</b> is it?"])
    send = widget.button("Ask")
    colours = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert send.evaluate(colours) == ["rgb(255, 215, 0)", "rgb(20, 18, 16)"]
    suggested.first.click()
    expect(widget.sentences).to_have_count(2)
    expect(widget.panel.locator(".question")).to_be_focused()  # the button is gone


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave(visits: Visits, site: Site, address: str, scheme: Any) -> None:
    """Not even with a colour that can be read on no ground."""
    viewport = PHONE if scheme == "dark" else WIDE
    page = visits.open(color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    colour = "#777" if scheme == "dark" else "yellow"
    page.goto(site.demo(address, f'data-title="{TITLE}" data-color="{colour}"'))
    widget = Widget(page)
    widget.launch.wait_for()
    assert_open_to_all(page, "closed")
    widget.open()
    widget.button(QUESTION).wait_for()
    assert_open_to_all(page, "greeting")
    widget.ask(QUESTION)
    widget.marks.first.click()
    widget.ask(UNANSWERABLE)
    assert_open_to_all(page, "answer and refusal")
    page.close()


def assert_open_to_all(page: Page, state: str) -> None:
    found = Axe().run(page).response["violations"]
    said = [
        f"{state}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
    assert not said, "\n".join(said)


def test_it_fills_a_phone_above_the_keyboard(visits: Visits, site: Site, address: str) -> None:
    page = visits.open(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page.add_init_script(SCREEN)
    page.goto(site.demo(address, f'data-title="{TITLE}" data-open="true"'))
    widget = Widget(page)
    widget.launch.tap()  # it has not opened by itself: it would cover the page
    expect(widget.button("关闭")).to_be_focused()  # a focused box would bring the keyboard
    assert widget.panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    assert widget.panel.evaluate("e => e.matches(':modal') && !e.getAnimations().length")
    page.evaluate(
        """() => {
          Object.assign(visualViewport, { height: 400, offsetTop: 30 });
          visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    assert widget.panel.bounding_box() == {"x": 0, "y": 30, "width": 390, "height": 400}
    widget.ask(QUESTION)
    widget.marks.last.tap()
    expect(widget.card.locator("mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(widget.card).to_have_count(0)
    expect(widget.panel).to_be_visible()
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(widget.panel).not_to_have_js_property("clientWidth", 1000)
    assert not widget.panel.evaluate("e => e.matches(':modal')")
    widget.button("关闭").first.tap()
    expect(widget.launch).to_be_focused()
    page.close()


def test_a_frame_shows_nothing_but_the_talk(page: Page, site: Site, address: str) -> None:
    frame = f'<iframe src="{address}/embed" title="问津" width="440" height="640"></iframe>'
    policy = f"default-src 'none'; frame-src {address}"
    page.goto(site.put(f'<!doctype html><html lang="zh"><title>t</title>{frame}</html>', policy))
    inside = page.frame_locator("iframe")
    inside.locator(".welcome").wait_for()
    expect(inside.locator("#sections")).to_be_hidden()
    expect(inside.locator("#conversations")).to_be_hidden()
    inside.locator("#question textarea").fill(ENGLISH_QUESTION)
    inside.locator("#send").click()
    expect(inside.locator(".sentence")).to_have_count(2)
