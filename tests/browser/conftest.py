"""Two servers, one with the scripted articles and one without any, and a Chromium that may not
leave this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from scripted import ENGLISH_QUESTION, QUESTION, ScriptedAssistant, WaitingAssistant
from serving import CHROMIUM, LAUNCH, Visits, serving
from sites import Site, serving_site

from chat.settings import Settings
from chat.web.api import create_app


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if CHROMIUM is None and os.environ.get("CI") != "true":
        pytest.skip("no chromium on this machine")
    return LAUNCH


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Another site, whose pages may ask."""
    with serving_site() as site:
        yield site


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    settings = Settings(origins=site.url)
    app = create_app(ScriptedAssistant(), settings, examples=(QUESTION, ENGLISH_QUESTION))
    with serving(app) as url:
        yield url


@pytest.fixture(scope="session")
def empty_address() -> Iterator[str]:
    with serving(create_app(ScriptedAssistant(()), Settings())) as url:
        yield url


@pytest.fixture(scope="session")
def _cached(browser: Browser) -> Iterator[BrowserContext]:
    """One cache for all, as Gradio's scripts weigh most of a test; nothing else is kept in it."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visits(browser: Browser, _cached: BrowserContext) -> Iterator[Visits]:
    """Fails the test if a page asks another host for anything, or if a script of ours fails."""
    made = Visits(browser, _cached)
    yield made
    assert made.elsewhere == []
    assert made.errors == []


@pytest.fixture
def page(visits: Visits) -> Iterator[Page]:
    page = visits.open()
    yield page
    page.close()


@pytest.fixture
def chat(page: Page, address: str) -> Page:
    """The page in Chinese, before the first question."""
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    return page


@pytest.fixture
def assistant() -> WaitingAssistant:
    return WaitingAssistant()


@pytest.fixture
def waiting(page: Page, assistant: WaitingAssistant) -> Iterator[Page]:
    """The page in Chinese, whose answers wait for a word of the test, or for its end."""
    with serving(create_app(assistant, Settings())) as address:
        page.goto(f"{address}/?lang=zh")
        page.locator(".welcome").wait_for()
        yield page
        assistant.go.set()
