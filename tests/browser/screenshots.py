"""Pictures of the page in its states, at three widths, light and dark.

``python tests/browser/screenshots.py FOLDER`` shows the scripted library of the tests;
``--address http://127.0.0.1:7860 --question … --english …`` a Wenjin that runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from scripted import ARTICLES, ENGLISH_QUESTION, QUESTION, UNANSWERABLE, ScriptedAssistant
from serving import LAUNCH, ask, serving

from chat.settings import Settings
from chat.web.api import create_app
from ingest.types import Article

SIZES = {390: 844, 1024: 768, 1600: 900}


def open_page(browser: Browser, width: int, scheme: str) -> Page:
    viewport = {"width": width, "height": SIZES[width]}
    return browser.new_page(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")


def take(page: Page, path: Path) -> None:
    page.wait_for_timeout(300)  # for fonts
    page.screenshot(path=path)


def picture_states(page: Page, options: argparse.Namespace, address: str, name: str) -> None:
    def picture(state: str) -> None:
        take(page, options.folder / f"{name}-{state}.png")

    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    picture("welcome")
    ask(page, options.question)
    page.locator(".mark").first.hover()
    picture("answer")
    page.locator("a.open").first.click()
    page.locator("#reader mark").first.wait_for()
    picture("article")
    page.locator("#reader .close").click()
    ask(page, options.refused)
    picture("refusal")
    page.locator("#language").click()
    page.get_by_text("Sources").first.wait_for()
    ask(page, options.english)
    picture("english")


def picture_empty(page: Page, options: argparse.Namespace, address: str, name: str) -> None:
    page.goto(f"{address}/?lang=zh")
    page.locator(".welcome").wait_for()
    take(page, options.folder / f"{name}-empty.png")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address")
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--english", default=ENGLISH_QUESTION)
    parser.add_argument("--refused", default=UNANSWERABLE)
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    options.folder.mkdir(parents=True, exist_ok=True)

    def serve(articles: Sequence[Article]) -> str:
        app = create_app(
            ScriptedAssistant(articles), Settings(), examples=(QUESTION, ENGLISH_QUESTION)
        )
        return stack.enter_context(serving(app))

    with ExitStack() as stack:
        address = options.address or serve(ARTICLES)
        empty = serve(())
        browser = stack.enter_context(sync_playwright()).chromium.launch(**LAUNCH)
        for scheme in ("light", "dark"):
            for width in SIZES:
                page = open_page(browser, width, scheme)
                picture_states(page, options, address, f"{width}-{scheme}")
                picture_empty(page, options, empty, f"{width}-{scheme}")
                page.close()


if __name__ == "__main__":
    main()
