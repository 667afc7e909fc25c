"""PDFs of newspaper pages made out of articles with known truth, printed by Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from page_pdf import GeneratedPdf, generate_pdf_pages
from page_scores import PageOutcome, compact, compare, share, table
from playwright.sync_api import Browser
from serving import CHROMIUM, LAUNCH

SEED = 20261122  # the reader was written without looking at pages of this seed
PAGES = 60
ENOUGH = {"body": 0.92, "title": 0.92, "authors": 0.95}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if CHROMIUM is None and os.environ.get("CI") != "true":
        pytest.skip("no chromium on this machine")
    return LAUNCH


@pytest.fixture(scope="module")
def results(browser: Browser, show: Callable[[str], None]) -> list[PageOutcome]:
    found = [compare(page) for page in generate_pdf_pages(SEED, PAGES, browser)]
    show(table(outcome for result in found for outcome in result.articles))
    show(f"articles that don't exist: {sum(result.invented for result in found)}")
    return found


@pytest.mark.parametrize("part", ENOUGH)
def test_enough_articles_are_right(results: list[PageOutcome], part: str) -> None:
    outcomes = [outcome for result in results for outcome in result.articles]
    assert share([getattr(outcome, part) for outcome in outcomes]) >= ENOUGH[part]


def test_few_articles_are_invented(results: list[PageOutcome]) -> None:
    articles = sum(len(result.articles) for result in results)
    assert sum(result.invented for result in results) <= (1 - ENOUGH["body"]) * articles


@pytest.fixture(scope="module")
def pages(browser: Browser) -> list[GeneratedPdf]:
    return list(generate_pdf_pages(5, 3, browser))


def test_pages_hold_the_same_for_the_same_seed(pages: list[GeneratedPdf], browser: Browser) -> None:
    again, other = (list(generate_pdf_pages(seed, 3, browser)) for seed in (5, 6))
    assert [page.truth for page in again] == [page.truth for page in pages]
    assert [page.truth for page in other] != [page.truth for page in pages]


def test_a_page_holds_every_character_of_its_articles(pages: list[GeneratedPdf]) -> None:
    for page in pages:
        document = pypdfium2.PdfDocument(page.data)
        text = "".join(
            sorted(compact("".join(p.get_textpage().get_text_range() for p in document)))
        )
        for article in page.truth:
            body = sorted(compact("".join(article.paragraphs)))
            assert all(body.count(one) <= text.count(one) for one in set(body))
