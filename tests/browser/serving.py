"""A server in a thread, a Chromium, and what a reader does with them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as NotYet

PATIENCE = 30_000  # milliseconds for what takes one, on a machine with much else to do
expect.set_options(timeout=PATIENCE)

# What a test has left in the browser's storage is no business of the next one's.
FORGET = """
try {
  if (!sessionStorage.getItem("test")) localStorage.clear();
  sessionStorage.setItem("test", "begun");
} catch {}
"""

CHROMIUM = shutil.which("chromium")
LAUNCH: dict[str, Any] = {
    "executable_path": CHROMIUM,
    "timeout": 2 * PATIENCE,
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve ``app`` on a free port of this machine; gives its address without a last slash."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE / 1000)
        listener.close()
    assert not thread.is_alive(), "the server doesn't stop"


class Visits:
    """Opens pages, and notes what they should never do."""

    def __init__(self, browser: Browser, cached: BrowserContext) -> None:
        self._browser = browser
        self._cached = cached
        self.elsewhere: list[str] = []
        self.errors: list[str] = []

    def open(self, **options: Any) -> Page:
        """A page; with ``options`` (as of ``new_context``) it begins with an empty cache."""
        page = self._browser.new_page(**options) if options else self._cached.new_page()
        if not options:
            page.add_init_script(FORGET)
        page.set_default_timeout(PATIENCE)
        self._watch(page)
        return page

    def _watch(self, page: Page) -> None:
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("popup", self._watch)

    def _note(self, url: str) -> None:
        if urlsplit(url).hostname not in {"127.0.0.1", None}:  # None: data and blob
            self.elsewhere.append(url)


def ask(page: Page, question: str) -> None:
    """Type the question, send it with Enter, and wait until the answer is whole."""
    turn = page.locator(f"#turn-{page.locator('.turn').count() + 1}")
    box = page.locator("#question textarea")
    box.fill(question)
    for _ in range(5):  # Gradio may lose what is sent while it cancels an answer
        box.press("Enter")
        with suppress(NotYet):
            turn.wait_for(timeout=5_000)
            break
    turn.locator(".facts, .failed").wait_for()


def begin(page: Page, question: str) -> None:
    """Ask, and wait until something is found."""
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    page.get_by_text("正在核对原文").wait_for()
