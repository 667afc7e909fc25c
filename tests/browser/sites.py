"""Other sites, whose pages have the widget on them and let in nothing but Wenjin."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Locator, Page
from serving import serving

DEMO = Path(__file__).parents[2] / "docs" / "widget.html"
AS_WRITTEN = "http://127.0.0.1:7860"  # where the demo page looks for its widget
ENDED = re.compile("查找了|文章里没有说|Articles searched")
TITLE = "问问柳溪周报"

# What has the focus, also inside the widget's own tree.
FOCUSED = """() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.className || active?.localName;
}"""


class Site:
    """A site on a port of its own; its pages are put there by tests."""

    def __init__(self) -> None:
        self.url = ""
        self.app = FastAPI()
        self._pages: list[HTMLResponse] = []
        self.app.get("/{number}")(self._page)

    def _page(self, number: int) -> HTMLResponse:
        return self._pages[number]

    def put(self, html: str, policy: str | None = None) -> str:
        """A page's address; its policy lets nothing in unless ``policy`` does."""
        headers = {} if policy is None else {"Content-Security-Policy": policy}
        self._pages.append(HTMLResponse(html, headers=headers))
        return f"{self.url}/{len(self._pages) - 1}"

    def demo(self, server: str, attributes: str | None = None, style: str = "") -> str:
        """The page of the docs, with Wenjin at ``server``, under the strictest policy that can be.
        ``attributes`` are put in place of its script's own, ``style`` is added to the page's.
        """
        html = DEMO.read_text(encoding="utf-8").replace(AS_WRITTEN, server)
        if attributes is not None:
            html = re.sub(r'(<script src="\S+").*?>', rf"\1 {attributes}>", html, count=1)
        html = html.replace("</style>", f"{style}</style>", 1)
        sheet = re.search(r"<style>(.*?)</style>", html, re.S)[1]  # type: ignore[index]
        digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
        return self.put(
            html,
            f"default-src 'none'; script-src {server}; connect-src {server}; "
            f"style-src 'sha256-{digest}'; require-trusted-types-for 'script'",
        )


@contextmanager
def serving_site() -> Iterator[Site]:
    """Serve a site that has no pages yet."""
    site = Site()
    with serving(site.app) as site.url:
        yield site


class Widget:
    """The widget on a page, and what a reader does with it."""

    def __init__(self, page: Page, name: str = TITLE) -> None:
        self.page = page
        self.launch = page.get_by_role("button", name=name, exact=True)
        self.panel = page.get_by_role("dialog", name=name)
        self.box = self.panel.get_by_role("textbox")
        self.turn = self.panel.locator(".turn").last
        self.sentences = self.turn.locator(".sentence")
        self.marks = self.turn.locator(".mark")
        self.card = self.turn.get_by_role("group").filter(has=page.locator("blockquote"))
        self.end = self.turn.locator(".end")

    def open(self) -> Widget:
        """Click the button."""
        self.launch.click()
        self.box.wait_for()
        return self

    def ask(self, question: str) -> None:
        """Ask, and wait until the answer is whole, or said to be none."""
        count = self.panel.locator(".turn").count()
        self.box.fill(question)
        self.box.press("Enter")
        turn = self.panel.locator(".turn").nth(count)
        turn.locator(".end").get_by_text(
            re.compile("查找了|文章里没有说|Articles searched")
        ).wait_for()

    def button(self, name: str) -> Locator:
        """One of its buttons."""
        return self.panel.get_by_role("button", name=name, exact=True)

    def focused(self) -> Any:
        """The class or the name of what has the focus on the page."""
        return self.page.evaluate(FOCUSED)
