"""The whole road: the sample pages become a library, a reader asks, and sees the proof."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from serving import ask, serving

from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.api import create_app
from index.embed import load_embedder
from index.index import Index
from ingest.read import find_files, read_file

pytestmark = pytest.mark.browser

PAGES = Path(__file__).parents[2] / "samples" / "pages"
QUESTION = "青岭县供水管网漏水的比例这几年降了多少？"
EVIDENCE = "管网漏损率由2021年的23.6%降到2024年4月的11.2%"


@pytest.fixture(scope="module")
def library_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("library")
    with Index.open(folder, load_embedder(), create=True) as index:
        index.add(article for path in find_files([PAGES]) for article in read_file(path).articles)
    with Assistant.open(folder) as assistant, serving(create_app(assistant, Settings())) as url:
        yield url


def test_an_answer_leads_to_its_sentence_in_the_article(page: Page, library_address: str) -> None:
    page.goto(f"{library_address}/?lang=zh")
    page.locator(".welcome").wait_for()
    ask(page, QUESTION)
    source = page.locator("mark", has_text=EVIDENCE)
    expect(source).to_be_visible()
    expect(page.locator(".card", has=source)).to_contain_text("沈砚秋")
    source.locator(".number").click()
    expect(page.locator("#reader mark:not(.weak)")).to_contain_text(EVIDENCE)
    expect(page.locator("#reader mark:not(.weak)")).to_be_in_viewport()
    expect(page.locator("#reader h1")).to_have_text("水库见底之后，更要算好节水账")
