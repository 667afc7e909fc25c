"""The articles on the page: listed and read, added, removed and put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from scripted import FERRY, WELLS
from serving import Visits, serving

from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.api import create_app
from index.embed import load_embedder
from index.index import Index
from ingest.types import Article, article_id

pytestmark = pytest.mark.browser

BOATS = "南河镇把两条旧渡船改成了书船，靠岸的日子写在码头的黑板上。"
LAMPS = "石门镇今年给每条巷子都装上了路灯，晚归的人不再摸黑走路。"


class Addresses(NamedTuple):
    """Of a server with many articles, the same where they can't be changed, and an empty one."""

    full: str
    fixed: str
    empty: str


def numbered(number: int) -> Article:
    title, text = f"第{number:02}号巷子的灯", f"{number}。{LAMPS}"
    return Article(
        id=article_id(title, text),
        title=title,
        authors=("何小满",) if number % 2 else ("陈一苇",),
        affiliation=None,
        source="灯下周报",
        page="2",
        published=f"2024-{1 + number // 28:02}-{1 + number % 28:02}",
        language="zh",
        headings=(),
        text=text,
        path="lamps.txt",
    )


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    embedder = load_embedder()
    folders = [tmp_path_factory.mktemp(name) for name in ("full", "empty")]
    for folder, articles in zip(
        folders, ((FERRY, WELLS, *map(numbered, range(60))), ()), strict=True
    ):
        with Index.open(folder, embedder, create=True) as index:
            index.add(articles)
    with ExitStack() as stack:
        full, empty = (stack.enter_context(Assistant.open(folder)) for folder in folders)
        apps = [
            create_app(full, Settings()),
            create_app(full, Settings(allow_upload="no")),
            create_app(empty, Settings()),
        ]
        yield Addresses(*(stack.enter_context(serving(app)) for app in apps))


@pytest.fixture
def listed(page: Page, addresses: Addresses) -> Page:
    page.goto(f"{addresses.full}/?lang=zh#/articles")
    page.locator(".listed li").first.wait_for()
    return page


def row(page: Page, title: str) -> Locator:
    return page.locator(".listed li", has_text=title)


def narrow(page: Page, name: str, value: str) -> None:
    page.locator(f"#articles [name={name}]").fill(value)


def file(name: str, title: str) -> FilePayload:
    content = f"{title}\n记者 李四\n\n{LAMPS * 8}"
    return {"name": name, "mimeType": "text/plain", "buffer": content.encode()}


def test_as_many_are_listed_as_are_scrolled_to(listed: Page) -> None:
    expect(listed.locator(".stated")).to_contain_text("显示 50 篇")
    first = listed.locator(".listed li").first
    expect(first).to_contain_text("2026-05-18")  # the newest
    listed.locator("#articles .more").scroll_into_view_if_needed()
    expect(listed.locator(".listed li").nth(60)).to_be_attached()
    expect(listed.locator("#articles .more")).to_be_hidden()


def test_words_narrow_the_list_as_they_are_typed(listed: Page) -> None:
    listed.locator("#articles [name=query]").press_sequentially("渡线")
    expect(listed.locator(".stated")).to_have_text("共 1 篇，显示 1 篇")
    narrow(listed, "query", "没有的词")
    expect(listed.locator(".stated")).to_contain_text("没有符合条件的文章")
    listed.locator(".stated button").click()
    expect(listed.locator(".stated")).to_contain_text("显示 50 篇")
    expect(listed.locator("#articles [name=query]")).to_be_focused()
    expect(listed.locator("#articles [name=query]")).to_have_value("")


def test_dates_authors_and_an_order_narrow_it(listed: Page) -> None:
    narrow(listed, "author", "何小满")
    narrow(listed, "from", "2024-01-01")
    narrow(listed, "to", "2024-01-06")
    listed.locator("#articles [name=sort]").select_option("oldest")
    expect(listed.locator(".stated")).to_have_text("共 3 篇，显示 3 篇")
    expect(listed.locator(".listed h2")).to_have_text([f"第{n:02}号巷子的灯" for n in (1, 3, 5)])
    options = listed.locator("#articles-source option")
    assert "灯下周报" in [option.get_attribute("value") for option in options.all()]


def test_an_article_opens_in_the_reader(listed: Page) -> None:
    listed.get_by_role("link", name="一条渡线的去与留").click()
    expect(listed.locator("#reader h1")).to_have_text("一条渡线的去与留")
    expect(listed.locator("#reader article")).to_contain_text("船工老周")


def test_what_is_removed_comes_back_by_keyboard(listed: Page) -> None:
    narrow(listed, "query", "第10号")
    expect(listed.locator(".listed li")).to_have_count(1)
    listed.get_by_role("button", name="移除《第10号巷子的灯》").press("Enter")
    undo = listed.locator(".removal button")
    expect(undo).to_be_focused()
    expect(row(listed, "第10号")).to_have_count(0)
    expect(listed.locator(".removal")).to_contain_text("已移除《第10号巷子的灯》")
    undo.press("Enter")
    expect(row(listed, "第10号")).to_have_count(1)
    expect(listed.locator(".removal")).to_be_hidden()


def test_the_way_back_goes_when_nobody_is_at_it(page: Page, addresses: Addresses) -> None:
    page.clock.install()
    page.goto(f"{addresses.full}/?lang=zh#/articles")
    page.get_by_role("button", name="移除《第59号巷子的灯》").click()
    undo = page.locator(".removal button")
    expect(undo).to_be_focused()
    page.clock.run_for(20_000)
    expect(undo).to_be_visible()  # somebody is at it
    page.mouse.move(0, 0)
    page.locator("#articles [name=query]").focus()
    page.clock.run_for(9_000)
    expect(undo).to_be_hidden()


def test_files_are_added_one_after_another_with_a_report_each(listed: Page) -> None:
    before = listed.locator("#top .count").text_content()
    broken: FilePayload = {
        "name": "坏.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.4 broken",
    }
    listed.locator("#articles input[type=file]").set_input_files(
        [file("新.txt", "新来的灯"), broken]
    )
    first, second = listed.locator(".uploads > li").all()
    expect(first.locator(".state")).to_have_text("新增 1 篇")
    expect(first.locator(".sign")).to_have_text("✓")
    expect(second.locator(".state")).to_have_text("没能读取")
    expect(second.locator(".sign")).to_have_text("✕")
    expect(second.locator(".problems")).to_contain_text("已损坏")
    narrow(listed, "query", "新来的灯")
    expect(row(listed, "新来的灯")).to_have_count(1)
    expect(listed.locator("#top .count")).not_to_have_text(before or "")
    listed.locator(".adding .clear").click()
    expect(listed.locator(".uploads > li")).to_have_count(0)


def test_a_file_can_be_dropped(listed: Page) -> None:
    drop = """(section, text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], "拖来.txt"));
        const how = { dataTransfer, bubbles: true, cancelable: true };
        section.dispatchEvent(new DragEvent("drop", how));
    }"""
    listed.locator("#articles").evaluate(drop, f"拖来的船\n记者 李四\n\n{BOATS * 9}")
    expect(listed.locator(".uploads .state")).to_have_text("新增 1 篇")


def test_what_is_on_its_way_can_be_cancelled(listed: Page) -> None:
    listed.route("**/api/articles?name=*", lambda route: None)  # never answered
    listed.locator("#articles input[type=file]").set_input_files(
        [file("一.txt", "一"), file("二.txt", "二")]
    )
    first, second = listed.locator(".uploads > li").all()
    expect(second.locator(".state")).to_have_text("等候中")
    second.get_by_role("button", name="取消 二.txt").click()
    expect(second.locator(".state")).to_have_text("已取消")
    first.get_by_role("button", name="取消 一.txt").click()
    expect(first.locator(".state")).to_have_text("已取消")


def test_bars_tell_their_values(listed: Page) -> None:
    listed.locator(".statistics summary").click()
    bars = listed.get_by_role("img", name="来源")
    bars.focus()
    told = listed.locator("figure", has=bars).locator(".told-value")
    expect(told).to_contain_text("灯下周报 · 文章 ")
    bars.press("ArrowRight")
    expect(told).to_contain_text("· 文章 1 篇")
    rows = listed.locator(".statistics table").nth(1).locator("tr")
    expect(rows).to_have_count(3)


def test_where_nothing_may_change_nothing_offers_it(page: Page, addresses: Addresses) -> None:
    page.goto(f"{addresses.fixed}/?lang=zh#/articles")
    page.locator(".listed li").first.wait_for()
    expect(page.locator("#articles .remove")).to_have_count(0)
    expect(page.locator("#articles .adding")).to_have_count(0)


def test_an_empty_library_offers_to_add(page: Page, addresses: Addresses) -> None:
    page.goto(f"{addresses.empty}/?lang=en#/articles")
    expect(page.locator(".stated")).to_have_text("The library is empty")
    expect(page.locator("#articles .choose")).to_be_visible()
    expect(page.locator("#articles .narrowing")).to_be_hidden()


def test_it_speaks_the_other_language_and_keeps_what_was_typed(listed: Page) -> None:
    narrow(listed, "query", "Fourteen")
    expect(listed.locator(".listed li")).to_have_count(1)
    listed.locator("#language").click()
    expect(listed.locator(".stated")).to_have_text("1 found, 1 shown")
    expect(listed.locator("#articles [name=query]")).to_have_value("Fourteen")
    expect(listed.get_by_role("button", name="Remove “Fourteen wells”")).to_be_visible()


def test_it_fits_a_phone(visits: Visits, addresses: Addresses) -> None:
    page = visits.open(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{addresses.full}/?lang=zh#/articles")
    page.locator(".listed li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
