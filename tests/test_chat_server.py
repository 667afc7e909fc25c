"""The server as a process: where it says that it is, what it logs, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from scripted import QUESTION, ScriptedAssistant

from chat.settings import Settings
from chat.web.server import serve
from ingest.errors import SettingError

TESTS = Path(__file__).parent
PATIENCE = 60  # seconds for what takes few
STREAM = {"Accept": "text/event-stream"}

# ``wenjin serve`` with an assistant that knows a few answers by heart, and goes on with them when
# it is told to.
PROGRAM = """
import sys, threading
from contextlib import nullcontext
from chat.cli import serving
from chat.cli.context import Context
from chat.settings import Settings
from scripted import WaitingAssistant

class Scripted(Context):
    def open_assistant(self):
        return nullcontext(assistant)

class Patient(WaitingAssistant):
    def article(self, wanted):
        if wanted == "broken":
            raise RuntimeError("nobody foresaw this")
        return super().article(wanted)

    def listen(self):
        sys.stdin.readline()
        self.go.set()

assistant = Patient()
threading.Thread(target=assistant.listen, daemon=True).start()
sys.exit(serving.serve(None, Scripted(Settings(port={port}, log_format="{log}"), "en")))
"""


def test_a_busy_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match=rf"port {port} .*--port") as raised:
            serve(ScriptedAssistant(), Settings(port=port))  # type: ignore[arg-type]
    assert f"端口 {port}" in raised.value.chinese


class _Process:
    """A server in a process of its own."""

    def __init__(self, folder: Path, log: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        program = PROGRAM.format(port=port, log=log)
        path = os.pathsep.join((str(TESTS.parent), str(TESTS / "browser"), str(TESTS)))
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={"PYTHONPATH": path, "PATH": "", "PYTHONUTF8": "1", "TMPDIR": str(folder)},
        )
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline() for _ in range(2)]

    def send(self, sent: signal.Signals) -> None:
        self.process.send_signal(sent)

    def go_on(self) -> None:
        """Have it answer."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def listens(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=PATIENCE).is_success
        except httpx.TransportError:
            return False

    def ended(self) -> tuple[int, str]:
        """Its exit code, and what it wrote to its log."""
        rest, errors = self.process.communicate(timeout=PATIENCE)
        assert rest == ""
        return self.process.returncode, errors


@contextmanager
def started(folder: Path, log: str = "text") -> Iterator[_Process]:
    server = _Process(folder, log)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()


@contextmanager
def asking(url: str) -> Iterator[Iterator[str]]:
    """The lines of an answer, of which the first has come."""
    body = {"question": QUESTION}
    with httpx.stream(
        "POST", f"{url}/api/ask", json=body, headers=STREAM, timeout=PATIENCE
    ) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: found"
        yield lines


def until(met: Callable[[], object]) -> None:
    """Wait for that."""
    end = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < end


def test_it_logs_and_lets_an_answer_under_way_come_to_its_end(tmp_path: Path) -> None:
    with started(tmp_path, "json") as server:
        assert server.said == [
            f"问津在这里：{server.url}（按 Ctrl-C 停止）\n",
            f"Wenjin is here: {server.url} (Ctrl-C stops it)\n",
        ]
        given = {"X-Request-ID": "edge-0001"}
        failed = httpx.get(f"{server.url}/articles/broken", headers=given, timeout=PATIENCE)
        assert failed.status_code == 500
        assert "edge-0001" in failed.text  # proxies of this machine are trusted
        with asking(server.url) as answer:
            server.send(signal.SIGINT)
            until(lambda: not server.listens())
            server.go_on()
            assert "event: done" in answer
        code, log = server.ended()
    assert code == 0
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines()]
    requests = [line for line in lines if line["logger"] == "wenjin.requests"]
    assert (requests[0]["path"], requests[0]["status"]) == ("/articles/broken", 500)
    assert (requests[-1]["path"], requests[-1]["status"]) == ("/api/ask", 200)
    (error,) = [line for line in lines if line["level"] == "ERROR"]
    assert error["id"] == requests[0]["id"] == "edge-0001"
    assert "RuntimeError: nobody foresaw this" in error["traceback"]


def half_an_upload(server: _Process) -> socket.socket:
    """A connection on which half of a file has been sent, and taken."""
    address = urlsplit(server.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
    head = f"POST /api/articles?name=a.txt HTTP/1.1\r\nHost: {address.netloc}\r\n"
    connection.sendall(f"{head}Content-Length: 100\r\n\r\nhalf".encode())
    until(lambda: list(server.folder.glob("wenjin-*/upload")))
    return connection


def test_what_does_not_come_to_its_end_is_told_that_the_server_stops(tmp_path: Path) -> None:
    with started(tmp_path) as server, asking(server.url) as answer, half_an_upload(server):
        server.send(signal.SIGTERM)
        assert "event: error" in answer
        record = json.loads(next(answer).removeprefix("data: "))
        assert record["error"]["en"].startswith("the server is stopping")
        code, _ = server.ended()  # though the answer is still being worked on
        assert code == 0
        assert list(tmp_path.glob("wenjin-*")) == []  # nothing of the upload is left


def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path) -> None:
    with started(tmp_path) as server, asking(server.url):
        server.send(signal.SIGINT)
        until(lambda: not server.listens())
        server.send(signal.SIGINT)
        assert server.ended()[0] == 130
