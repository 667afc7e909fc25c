"""Pictures of the page in its states, at three widths, light and dark.

``python tests/browser/screenshots.py FOLDER`` shows the scripted library of the tests;
``--address http://127.0.0.1:7860 --question … --english …`` a Wenjin that runs.
``--widths 390 --schemes dark`` takes only some.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from scripted import (
    DISPUTED_QUESTION,
    ENGLISH_QUESTION,
    FERRY,
    LONG_QUESTION,
    QUESTION,
    UNANSWERABLE,
    ScriptedAssistant,
    WaitingAssistant,
)
from serving import LAUNCH, ask, begin, serving

from chat.assistant import Assistant
from chat.settings import Settings
from chat.types import Event, Loading
from chat.web.api import create_app
from index.embed import load_embedder
from index.index import Index
from ingest.types import article_id
from retriever.types import Query

SIZES = {390: 844, 1024: 768, 1600: 900}
SCHEMES = ("light", "dark")


class Camera:
    """Takes pictures of a page, named after its width, its colours, and its state."""

    def __init__(self, page: Page, folder: Path, name: str) -> None:
        self.page = page
        self._path = folder / name

    def take(self, state: str) -> None:
        self.page.evaluate("document.fonts.ready.then(() => true)")
        self.page.screenshot(path=f"{self._path}-{state}.png")

    def go(self, address: str, language: str = "zh") -> None:
        self.page.goto(f"{address}/?lang={language}")
        self.page.locator(".welcome").wait_for()


def open_page(browser: Browser, width: int, scheme: str) -> Page:
    phone = width < 600
    page = browser.new_page(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=scheme,
        reduced_motion="reduce",
        has_touch=phone,
        is_mobile=phone,
    )
    page.add_init_script("localStorage.clear()")  # so that no conversation comes back
    return page


def take_answers(camera: Camera, address: str, options: argparse.Namespace) -> None:
    page = camera.page
    camera.go(address)
    camera.take("welcome")
    ask(page, options.question)
    page.locator(".mark").first.hover()
    camera.take("answer")
    page.locator("a.number").first.click()
    expect(page.locator("#reader mark:not(.weak)").first).to_be_in_viewport()
    camera.take("article")
    page.locator("#reader .close").click()
    ask(page, options.refused)
    camera.take("refusal")
    ask(page, "长" * 2001)
    camera.take("error")
    page.evaluate("location.hash = '#/about'")
    camera.take("about")
    camera.go(address, "en")
    ask(page, options.english)
    camera.take("english")


def take_turns(camera: Camera, address: str) -> None:
    page = camera.page
    camera.go(address)
    ask(page, QUESTION)
    page.locator(".why").click()
    camera.take("why")
    page.locator(".tool.rewrite").press("Enter")
    page.locator(".turn").scroll_into_view_if_needed()
    camera.take("editing")
    page.context.set_offline(True)
    page.locator("#trouble span").wait_for()
    camera.take("offline")
    page.context.set_offline(False)


def take_library(camera: Camera, address: str, folder: Path) -> None:
    page = camera.page
    page.goto(f"{address}/?lang=zh#/articles")
    page.locator(".listed li").nth(20).wait_for()
    page.locator(".statistics summary").click()
    camera.take("articles")
    files = [folder / "新来的一页.txt", folder / "坏了的一页.pdf"]
    files[0].write_text(f"新来的灯\n记者 李四\n\n{FERRY.text}", encoding="utf-8")
    files[1].write_bytes(b"%PDF-1.4 broken")
    page.locator("#articles input[type=file]").set_input_files(files)
    page.locator(".uploads > [data-state=failed]").wait_for()
    page.locator(".statistics summary").click()
    page.locator(".listed .remove").nth(1).click()
    page.locator(".removal button").wait_for()
    camera.take("uploads")
    page.locator(".removal button").click()


def take_scripted(camera: Camera, address: str, empty: str) -> None:
    page = camera.page
    for state, question in (("long", LONG_QUESTION), ("disagreement", DISPUTED_QUESTION)):
        camera.go(address)
        ask(page, question)
        camera.take(state)
    camera.go(empty)
    camera.take("empty")


def take_streaming(camera: Camera) -> None:
    assistant = WaitingAssistant()
    with serving(create_app(assistant, Settings())) as address:
        camera.go(address)
        begin(camera.page, QUESTION)
        camera.take("streaming")
        camera.page.locator("#send").click()
        camera.page.get_by_text("已停止").first.wait_for()
        camera.take("stopped")
        assistant.go.set()


class LoadingAssistant(WaitingAssistant):
    """Loads a model before it answers."""

    def _events(self, question: str, query: Query) -> Iterator[Event]:
        found, *answer = super(WaitingAssistant, self)._events(question, query)
        yield from (found, Loading("Qwen/Qwen3-0.6B"))
        self.go.wait(60)
        yield from answer


def take_loading(camera: Camera) -> None:
    assistant = LoadingAssistant()
    with serving(create_app(assistant, Settings())) as address:
        camera.go(address)
        camera.page.locator("#question textarea").fill(QUESTION)
        camera.page.locator("#send").click()
        camera.page.get_by_text("正在载入模型").first.wait_for()
        camera.take("loading")
        assistant.go.set()


@contextmanager
def many(folder: Path) -> Iterator[str]:
    """A library of sixty articles that can be changed."""
    with Index.open(folder, load_embedder(), create=True) as index:
        for number in range(60):
            title, text = (
                f"{FERRY.title}（{number}）",
                f"{number}。{FERRY.text[: 60 * number + 60]}",
            )
            day = f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}"
            article = replace(FERRY, id=article_id(title, text), title=title, text=text)
            index.add([replace(article, headings=(), published=day)])
    with Assistant.open(folder) as assistant, serving(create_app(assistant, Settings())) as url:
        yield url


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address")
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--english", default=ENGLISH_QUESTION)
    parser.add_argument("--refused", default=UNANSWERABLE)
    parser.add_argument("--widths", type=int, nargs="+", default=[*SIZES], choices=SIZES)
    parser.add_argument("--schemes", nargs="+", default=SCHEMES, choices=SCHEMES)
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    options.folder.mkdir(parents=True, exist_ok=True)
    examples = (QUESTION, ENGLISH_QUESTION)
    with ExitStack() as stack:
        app = create_app(ScriptedAssistant(), Settings(), examples=examples)
        scripted = stack.enter_context(serving(app))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        library = stack.enter_context(many(folder / "library"))
        empty = stack.enter_context(serving(create_app(ScriptedAssistant(()), Settings())))
        browser = stack.enter_context(sync_playwright()).chromium.launch(**LAUNCH)
        for scheme in options.schemes:
            for width in options.widths:
                page = open_page(browser, width, scheme)
                camera = Camera(page, options.folder, f"{width}-{scheme}")
                take_answers(camera, options.address or scripted, options)
                if not options.address:
                    take_scripted(camera, scripted, empty)
                    take_turns(camera, scripted)
                    take_streaming(camera)
                    take_loading(camera)
                    take_library(camera, library, folder)
                page.close()


if __name__ == "__main__":
    main()
