"""The dialog that asks for the administrator's token when articles are changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from scripted import FERRY, WELLS
from serving import serving

from chat.assistant import Assistant
from chat.settings import ADMIN_TOKEN, Settings
from chat.web.api import create_app
from index.embed import load_embedder
from index.index import Index

pytestmark = pytest.mark.browser

TOKEN = "a-token-of-the-test-0123456789"
FILE = {
    "name": "lamps.txt",
    "mimeType": "text/plain",
    "buffer": f"路灯\n记者 李四\n\n{'石门镇给每条巷子都装上了路灯。' * 9}".encode(),
}


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that others reach, too: who changes its library needs the token."""
    monkeypatch.setenv(ADMIN_TOKEN, TOKEN)
    with Index.open(tmp_path, load_embedder(), create=True) as index:
        index.add([FERRY, WELLS])
    with (
        Assistant.open(tmp_path) as assistant,
        serving(create_app(assistant, Settings(allow_upload="yes"))) as address,
    ):
        yield address


def test_changes_ask_for_the_token_once(page: Page, guarded: str) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{guarded}/?lang=zh#/articles")
    removals = page.locator(".listed .remove")
    dialog = page.get_by_role("dialog", name="管理口令")

    page.locator("input[type=file]").set_input_files([FILE, {**FILE, "name": "more.txt"}])
    dialog.get_by_text("取消").click()
    expect(page.locator(".uploads [data-state=failed]")).to_have_count(2)
    assert "POST" not in sent  # no file was sent for nothing

    removals.first.click()
    expect(dialog.get_by_label("管理口令")).to_be_focused()
    found = Axe().run(page, options={"rules": {"page-has-heading-one": {"enabled": False}}})
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".removal")).to_contain_text("口令")  # why it is still there
    expect(removals).to_have_count(2)

    removals.first.click()
    page.keyboard.type("another-token-0123456789")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("口令不正确")
    page.keyboard.type(TOKEN)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(removals).to_have_count(1)
    page.locator(".removal button").click()  # puts it back: the token is known by now
    expect(removals).to_have_count(2)

    page.reload()
    page.locator("input[type=file]").set_input_files([FILE])
    expect(page.locator(".uploads .state")).to_contain_text("新增")
    expect(removals).to_have_count(3)
    assert page.evaluate("Object.values(localStorage).join()").count(TOKEN) == 0
