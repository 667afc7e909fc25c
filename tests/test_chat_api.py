"""The server: routes, errors, headers, and how it starts and stops."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from scripted import FERRY, LIBRARY, QUESTION, REPRINT, ScriptedAssistant

from chat.settings import Settings
from chat.web.api import READING_POLICY, create_app, widget_script
from chat.web.server import serve
from ingest.errors import LibraryBusy, ModelError, SettingError, WenjinError
from ingest.types import Article

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(ScriptedAssistant(), Settings())) as client:
        yield client


def test_the_page_and_its_frame_answer(client: TestClient) -> None:
    for path in ("/", "/embed?lang=zh", "/embed/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "问津 Wenjin" in answer.text


def test_the_icon_is_ours(client: TestClient) -> None:
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_an_article_has_a_page(client: TestClient) -> None:
    answer = client.get(f"/articles/{FERRY.id}?start=0&end=8&lang=en")
    assert answer.status_code == 200
    assert '<mark id="quote">每天清晨五点半，</mark>' in answer.text
    assert "Back to Wenjin" in answer.text
    assert answer.headers["content-security-policy"] == READING_POLICY


def test_an_article_s_page_leads_to_its_reprints(client: TestClient) -> None:
    page = client.get(f"/articles/{LIBRARY.id}?lang=en").text
    assert f'href="../articles/{REPRINT.id}?' in page
    assert "Also printed in" in page


@pytest.mark.parametrize("span", ["", "?start=5&end=2", "?start=99999&end=100000"])
def test_a_span_that_is_none_highlights_nothing(client: TestClient, span: str) -> None:
    answer = client.get(f"/articles/{FERRY.id}{span}")
    assert answer.status_code == 200
    assert "<mark" not in answer.text


def test_a_span_that_is_no_number_is_refused(client: TestClient) -> None:
    assert client.get(f"/articles/{FERRY.id}?start=-1").status_code == 422
    assert client.get(f"/articles/{FERRY.id}?end=x").status_code == 422


@pytest.mark.parametrize(
    ("accept", "said"),
    [("zh-CN,zh;q=0.9", "没有编号为 none 的文章"), ("en", "no article has the id none")],
)
def test_an_unknown_article_is_404_in_the_reader_s_language(
    client: TestClient, accept: str, said: str
) -> None:
    answer = client.get("/articles/none", headers={"Accept-Language": accept})
    assert answer.status_code == 404
    assert said in answer.text


class _Failing(ScriptedAssistant):
    def __init__(self, error: WenjinError) -> None:
        super().__init__()
        self._error = error

    def article(self, wanted: str) -> Article:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status"), [(LibraryBusy("busy", "忙"), 503), (ModelError("missing", "没有"), 500)]
)
def test_errors_have_their_status(error: WenjinError, status: int) -> None:
    client = TestClient(create_app(_Failing(error), Settings(language="en")))
    answer = client.get("/articles/any")
    assert answer.status_code == status
    assert error.english in answer.text


@pytest.mark.parametrize("path", ["/", "/embed/", "/healthz", "/widget.js", "/articles/none"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_the_widget_has_its_words(client: TestClient) -> None:
    answer = client.get("/widget.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == widget_script()
    assert "问津：向文章提问" in answer.text
    assert "__TEXTS__" not in answer.text


def test_a_busy_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match=rf"port {port} .*--port") as raised:
            serve(ScriptedAssistant(), Settings(port=port))
    assert f"端口 {port}" in raised.value.chinese


PROGRAM = """
from chat.web.server import serve
from chat.settings import Settings
from scripted import ScriptedAssistant
serve(ScriptedAssistant(), Settings(port={port}))
print("stopped")
"""


def test_the_server_says_where_it_is_and_stops_quietly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(port=port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(TESTS / "browser"), "PATH": "", "PYTHONUTF8": "1"},
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(2)]
    url = f"http://127.0.0.1:{port}"
    assert lines == [
        f"问津在这里：{url}（按 Ctrl-C 停止）\n",
        f"Wenjin is here: {url} (Ctrl-C stops it)\n",
    ]
    heartbeat = f"{url}/gradio_api/heartbeat/someone"  # a stream that never ends by itself
    with httpx.stream("GET", heartbeat, timeout=20) as stream:
        assert stream.status_code == 200
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    assert (rest, errors, process.returncode) == ("stopped\n", "", 0)


def test_examples_are_on_the_page() -> None:
    client = TestClient(create_app(ScriptedAssistant(), Settings(), examples=(QUESTION,)))
    assert client.get("/api/library").json()["examples"] == [QUESTION]
