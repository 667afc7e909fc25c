"""A server that dies, and comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from scripted import QUESTION, UNANSWERABLE, ScriptedAssistant, WaitingAssistant
from serving import PATIENCE, Visits, ask, begin

from chat.settings import Settings
from chat.web.api import create_app

pytestmark = pytest.mark.browser


class Server:
    """One that can be killed, and started again at the same address."""

    def __init__(self, assistant: ScriptedAssistant) -> None:
        self.assistant = assistant
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        app = create_app(self.assistant, Settings())
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=0)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()

    def _run(self, listener: socket.socket) -> None:
        with listener:
            self._server.run(sockets=[listener])

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(PATIENCE / 1000)
        assert not self._thread.is_alive()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(ScriptedAssistant())
    yield server
    server.stop()


@pytest.fixture
def chat(visits: Visits, server: Server) -> Iterator[Page]:
    page = visits.open()
    page.goto(f"{server.address}/?lang=zh")
    page.locator(".welcome").wait_for()
    yield page
    page.close()


def test_a_dead_server_is_noticed_and_the_question_asked_again(chat: Page, server: Server) -> None:
    ask(chat, UNANSWERABLE)
    chat.evaluate("window.unspoilt = true")
    server.stop()
    ask(chat, QUESTION)
    expect(chat.locator("#turn-2 .failed")).to_be_visible()
    expect(chat.locator("#trouble")).to_contain_text("正在重新连接")
    expect(chat.locator("#told")).to_contain_text("正在重新连接")
    server.start()
    expect(chat.locator("#trouble")).to_contain_text("又连上了")
    chat.locator("#trouble").get_by_role("button", name="再问一次").click()
    expect(chat.locator("#turn-2 .sentence")).to_have_count(4)
    expect(chat.locator("#turn-1 .refusal")).to_be_visible()
    expect(chat.locator("#trouble")).to_be_hidden()
    expect(chat.locator(".toast-body:visible")).to_have_count(0)
    assert chat.evaluate("window.unspoilt")  # it wasn't loaded anew


def test_what_is_said_about_it_is_in_the_reader_s_language(chat: Page, server: Server) -> None:
    chat.get_by_role("button", name="EN").click()  # while the text can still be had
    expect(chat.locator(".welcome")).to_contain_text("What would you")
    server.stop()
    ask(chat, QUESTION)
    expect(chat.locator("#trouble")).to_contain_text("The connection to Wenjin is lost")
    chat.get_by_role("button", name="中文").click()
    expect(chat.locator("#trouble")).to_contain_text("正在重新连接")
    server.start()
    expect(chat.locator("#trouble")).to_contain_text("又连上了")


def test_what_fails_in_passing_needs_no_word_when_it_is_over(chat: Page, server: Server) -> None:
    ask(chat, QUESTION)
    server.stop()
    chat.evaluate("dispatchEvent(new Event('offline'))")
    expect(chat.locator("#trouble")).to_contain_text("正在重新连接")
    server.start()
    expect(chat.locator("#trouble")).to_be_hidden()
    expect(chat.locator("#turn-1 .sentence")).to_have_count(4)


def test_a_server_that_dies_in_the_middle_of_an_answer(visits: Visits) -> None:
    assistant = WaitingAssistant()
    server = Server(assistant)
    page = visits.open()
    page.goto(f"{server.address}/?lang=zh")
    page.locator(".welcome").wait_for()
    begin(page, QUESTION)
    server._server.should_exit = server._server.force_exit = True
    expect(page.locator("#turn-1 .failed")).to_be_visible()
    assistant.go.set()
    server.stop()
    expect(page.locator("#trouble")).to_be_visible()
    server.start()
    page.locator("#trouble").get_by_role("button", name="再问一次").click()
    expect(page.locator("#turn-1 .sentence")).to_have_count(4)
    page.close()
    server.stop()


def test_an_empty_library_is_found_filled_after_a_restart(visits: Visits) -> None:
    server = Server(ScriptedAssistant(()))
    page = visits.open()
    page.goto(f"{server.address}/?lang=zh")
    expect(page.locator(".empty")).to_be_visible()
    server.stop()
    expect(page.locator("#trouble")).to_be_visible()
    server.assistant = ScriptedAssistant()
    server.start()
    expect(page.locator(".welcome")).to_contain_text("想查什么")
    expect(page.locator("#trouble")).to_be_hidden()
    page.close()
    server.stop()
