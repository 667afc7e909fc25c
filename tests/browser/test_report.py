"""The report's page: a file that stands alone, filters and sorts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from serving import Visits

from chat.evaluation.report_html import reports_page
from retriever.report import Figure, Report

pytestmark = pytest.mark.browser

PLANTED = "</script><script>document.title = 'planted'</script><img src=//a.example/x>"
REPORT = Report(
    "answers",
    (
        Figure("character_f1", {"1": 0.5, "2": 0.9, "3": 0.1}),
        Figure("auroc", {}, whole=0.9, bounds=(0.8, 0.95)),
    ),
    (
        {"id": "1", "question": PLANTED, "answerable": True, "refused": False, "failed": False},
        {"id": "2", "question": "票价？", "answerable": True, "refused": True, "failed": True},
        {"id": "3", "question": "谁？", "answerable": False, "refused": False, "failed": True},
        {"id": "4", "question": "几时？", "answerable": False, "refused": True, "failed": False},
    ),
    {"library": "library"},
    {"recall by k": [(1, 0.5), (5, 0.8)], "reliability": [(0.1, 0.3), (0.8, 0.6)]},
)


@pytest.fixture
def report(tmp_path: Path, page: Page) -> Page:
    file = tmp_path / "report.html"
    file.write_text(reports_page([REPORT], "zh"), encoding="utf-8")
    page.goto(file.as_uri())
    return page


def shown(page: Page) -> list[str]:
    """The ids of the questions that can be seen, in order."""
    return page.locator("#rows tbody tr:visible th > small").all_text_contents()


def test_questions_are_filtered(report: Page) -> None:
    assert shown(report) == ["1", "2", "3", "4"]
    report.locator("[name=failed]").check()
    assert shown(report) == ["2", "3"]
    report.locator("[name=answerable][value=unanswerable]").check()
    assert shown(report) == ["3"]
    report.locator("[name=failed]").uncheck()
    report.locator("[name=refused][value=refused]").check()
    assert shown(report) == ["4"]
    expect(report.locator("#count")).to_have_text("1 / 4")


def test_questions_are_searched(report: Page) -> None:
    report.locator("[name=text]").fill("票价")
    assert shown(report) == ["2"]
    report.locator("[name=text]").press("Enter")
    assert shown(report) == ["2"]


def test_questions_are_sorted_and_what_is_not_known_comes_last(report: Page) -> None:
    head = report.locator("#rows thead th").last
    head.click()
    assert shown(report) == ["3", "1", "2", "4"]
    head.press("Enter")
    assert shown(report) == ["2", "1", "3", "4"]
    report.locator("#rows thead th").first.click()
    assert shown(report) == ["1", "2", "3", "4"]


def test_the_language_is_changed_in_the_page(report: Page) -> None:
    heading = report.locator("#answers h2")
    expect(heading.locator(":visible")).to_have_text("回答")
    report.locator("#language").click()
    expect(heading.locator(":visible")).to_have_text("Answers")


def test_nothing_planted_runs_and_nothing_is_fetched(report: Page, visits: Visits) -> None:
    expect(report.locator("#rows th").nth(2)).to_contain_text("<img src=")
    assert report.title() == "问津评测报告"
    expect(report.locator("img")).to_have_count(0)
    assert visits.elsewhere == []


def test_plots_are_drawn(report: Page) -> None:
    expect(report.locator("svg.plot")).to_have_count(2)
    box = report.locator("svg.plot .line").first.bounding_box()
    assert box is not None
    assert box["width"] > 100


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_does_not_scroll_sideways(report: Page, width: int) -> None:
    report.set_viewport_size({"width": width, "height": 800})
    assert report.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_dark_is_dark(report: Page) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light = report.evaluate(colour)
    report.emulate_media(color_scheme="dark")
    assert report.evaluate(colour) != light
