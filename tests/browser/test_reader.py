"""The article that a citation opens, in the panel and on its own page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from scripted import FERRY, LIBRARY, QUESTION, UNANSWERABLE, WELLS
from serving import Visits, ask

pytestmark = pytest.mark.browser

SECOND = "县里的农村客运补贴第一次把水路算了进来，每年补二十万元。"
LAST = "书是居民捐的，一共三千二百册。"


@pytest.fixture
def chat(page: Page, address: str) -> Page:
    """The page in Chinese, with an answer of five citations of two articles."""
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    ask(page, QUESTION)
    return page


def open_citation(page: Page, number: int) -> Locator:
    page.locator(f"#source-1-{number} a.number").click()
    reader = page.get_by_role("dialog")
    expect(reader.locator("mark").first).to_be_visible()
    return reader


def current(reader: Locator) -> Locator:
    return reader.locator("mark:not(.weak)")


def test_the_quote_stands_in_the_middle_and_the_other_quotes_are_weaker(chat: Page) -> None:
    reader = open_citation(chat, 2)
    expect(current(reader)).to_have_text(SECOND)
    expect(current(reader)).to_be_in_viewport(ratio=1)
    assert "".join(reader.locator("mark.weak").all_text_contents()) == (
        "停掉的六个班次省下十一万元。"
        "剩下的缺口，由码头旁边新开的十二个摊位的租金补上。摊位优先租给东岸的菜农，"
    )
    mark, sheet = current(reader).bounding_box(), reader.locator(".sheet").bounding_box()
    assert mark is not None
    assert sheet is not None
    middle = sheet["y"] + sheet["height"] / 2
    assert mark["y"] - 40 < middle < mark["y"] + mark["height"] + 40


def test_marks_do_not_change_the_text_of_the_article(chat: Page) -> None:
    reader = open_citation(chat, 3)
    lines = reader.locator("article [data-at]").all_text_contents()
    assert "\n".join(lines) == FERRY.text


def test_one_goes_from_citation_to_citation_and_from_article_to_article(chat: Page) -> None:
    reader = open_citation(chat, 3)
    expect(reader.locator(".place")).to_have_text("3 / 5")
    reader.get_by_role("button", name="下一处引文").click()
    reader.get_by_role("button", name="下一处引文").click()
    expect(current(reader)).to_have_text(LAST)
    expect(reader.locator("h1")).to_contain_text("无题")
    expect(reader.locator(".place")).to_have_text("5 / 5")
    expect(reader.get_by_role("button", name="下一处引文")).to_be_disabled()
    expect(chat.locator(".mark", has_text="5")).to_have_class("mark lit")


@pytest.mark.parametrize(("on", "back"), [("ArrowRight", "ArrowLeft"), ("]", "[")])
def test_keys_go_on_and_back(chat: Page, on: str, back: str) -> None:
    reader = open_citation(chat, 1)
    for key, place in ((back, 1), (on, 2), (on, 3), (back, 2)):
        chat.keyboard.press(key)
        expect(reader.locator(".place")).to_have_text(f"{place} / 5")
    expect(current(reader)).to_have_text(SECOND)


def test_the_link_to_the_whole_article_opens_at_its_first_citation(chat: Page) -> None:
    chat.locator(".excerpt > a.open").first.click()
    expect(chat.locator("#reader .place")).to_have_text("1 / 5")


def test_the_nearest_articles_of_a_refusal_are_a_row_too(chat: Page) -> None:
    ask(chat, UNANSWERABLE)
    chat.locator("#turn-2 .excerpt > a.open").nth(1).click()
    reader = chat.get_by_role("dialog")
    expect(reader.locator(".place")).to_have_text("2 / 4")
    expect(current(reader)).to_have_text(LIBRARY.text.split("\n")[0])
    chat.keyboard.press("ArrowRight")
    expect(reader.locator("h1")).to_have_text(WELLS.label)


def test_an_article_without_others_has_no_way_on(chat: Page) -> None:
    chat.locator(".reprints a.open").evaluate(
        "(link, id) => link.href = `articles/${id}`", WELLS.id
    )
    chat.locator(".reprints a.open").click()
    reader = chat.get_by_role("dialog")
    expect(reader.locator("h1")).to_have_text(WELLS.label)
    expect(reader.locator(".place")).to_be_empty()
    expect(reader.get_by_role("button", name="下一处引文")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1024, 1600])
def test_closing_leaves_the_conversation_where_it_was(chat: Page, width: int) -> None:
    chat.set_viewport_size({"width": width, "height": 700})
    ask(chat, UNANSWERABLE)
    link = chat.locator("#source-1-2 a.number")
    link.scroll_into_view_if_needed()
    link.evaluate("link => link.scrollIntoView({ block: 'center', behavior: 'instant' })")
    before = chat.evaluate("scrollY")
    reader = open_citation(chat, 2)
    chat.keyboard.press("ArrowRight")
    chat.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(link).to_be_focused()
    assert chat.evaluate("scrollY") == before
    expect(chat.locator(".sentence")).to_have_count(4)


def test_the_focus_goes_back_to_the_mark_from_which_one_came(chat: Page) -> None:
    mark = chat.locator(".mark", has_text="2")
    mark.press("Enter")
    expect(chat.locator("#source-1-2")).to_be_focused()
    chat.keyboard.press("Tab")
    chat.keyboard.press("Enter")
    expect(chat.locator("#reader .sheet")).to_be_focused()
    chat.keyboard.press("Escape")
    expect(mark).to_be_focused()


def test_the_article_stands_beside_the_answer_on_a_wide_screen(chat: Page) -> None:
    chat.set_viewport_size({"width": 1600, "height": 900})
    reader = open_citation(chat, 1)
    answer, panel = chat.locator(".answer").bounding_box(), reader.bounding_box()
    assert answer is not None
    assert panel is not None
    assert panel["x"] >= answer["x"] + answer["width"]
    chat.locator(".mark", has_text="5").click()  # the answer can still be used
    expect(current(reader)).to_have_text(LAST)
    chat.locator("#reader .sheet").focus()
    chat.keyboard.press("Escape")
    expect(reader).to_be_hidden()


def test_a_quote_can_be_clicked_and_a_selection_does_not_open_it(chat: Page) -> None:
    quote = chat.locator("#source-1-2")
    quote.click(click_count=2)  # selects a word, after the first click has opened the article
    chat.keyboard.press("Escape")
    quote.evaluate("quote => getSelection().selectAllChildren(quote)")
    quote.dispatch_event("click")
    expect(chat.locator("#reader")).to_be_hidden()
    chat.evaluate("getSelection().removeAllRanges()")
    quote.dispatch_event("click")
    expect(current(chat.locator("#reader"))).to_have_text(SECOND)


def test_the_link_of_a_citation_is_that_of_the_article_with_its_quote(chat: Page) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader = open_citation(chat, 2)
    own = reader.get_by_role("link", name="单独打开")
    reader.get_by_role("button", name="复制链接").click()
    expect(reader.locator(".copy")).to_have_text("已复制")
    copied = chat.evaluate("navigator.clipboard.readText()")
    assert copied == own.evaluate("link => link.href")
    with chat.expect_popup() as opened:
        own.click()
    expect(opened.value.locator("mark#quote")).to_have_text(SECOND)
    expect(opened.value.locator("mark#quote")).to_be_in_viewport(ratio=1)
    opened.value.close()


def test_a_link_is_copied_where_the_clipboard_is_closed(visits: Visits, address: str) -> None:
    page = visits.open(permissions=[])
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "addEventListener('copy', () => { window.copied = document.activeElement.value });"
    )
    page.goto(f"{address}/?lang=en")
    page.locator(".welcome").wait_for()
    ask(page, QUESTION)
    reader = open_citation(page, 1)
    reader.get_by_role("button", name="Copy link").click()
    expect(reader.locator(".copy")).to_have_text("Copied")
    query = parse_qs(urlsplit(page.evaluate("window.copied")).query)
    assert query["start"] == [str(FERRY.text.index("停掉的六个班次"))]
    page.close()


def test_the_reader_speaks_english(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en")
    page.locator(".welcome").wait_for()
    ask(page, QUESTION)
    reader = open_citation(page, 3)
    expect(reader.locator(".place")).to_have_text("3 of 5")
    for name in ("Previous quotation", "Next quotation", "Copy link", "Close"):
        expect(reader.get_by_role("button", name=name)).to_be_visible()


def test_an_article_prints_without_what_is_around_it(page: Page, address: str) -> None:
    page.goto(f"{address}/articles/{FERRY.id}?lang=zh")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("article h1")).to_be_visible()
    expect(page.locator("nav")).to_be_hidden()
    assert page.locator("article").evaluate("e => getComputedStyle(e).color") == "rgb(34, 33, 31)"


def test_rare_characters_count_as_one(chat: Page) -> None:
    marked = chat.evaluate(
        """async () => {
            const { markQuotes } = await import("/wenjin/quotes.js");
            const [root, line] = [document.createElement("div"), document.createElement("p")];
            line.dataset.at = "10";
            line.textContent = "𠮷村的船。第二句。";
            root.append(line);
            markQuotes(root, { start: 15, end: 19 }, [{ start: 10, end: 12 }]);
            return [...root.querySelectorAll("mark")].map((mark) => mark.textContent);
        }"""
    )
    assert marked == ["𠮷村", "第二句。"]


def test_a_card_shows_its_quote_at_once_however_long_the_paragraph(chat: Page) -> None:
    shown = chat.evaluate(
        """async () => {
            const { sourceCards } = await import("/wenjin/sources.js");
            const title = { title: "题", label: "题" };
            const article = { ...title, article_id: "a", authors: [], language: "zh" };
            const text = "𠮷" + "前".repeat(499) + "正是这里" + "后".repeat(196);
            const context = { start: 100, end: 800, text };
            const place = { number: 1, start: 600, end: 604, context, reprints: [] };
            const [card] = sourceCards(1, [{ ...article, ...place }]);
            return card.querySelector("blockquote").textContent;
        }"""
    )
    assert shown == f"…{'前' * 80}1正是这里{'后' * 80}…"
